# mypy: disable-error-code="import-not-found"
"""Routes of the peer's site."""

from django.urls import include, path

urlpatterns = [path("", include("helpdesk.urls", namespace="helpdesk"))]
