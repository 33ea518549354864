"""The rights of webhooks, which cover their deliveries too."""

from tingjian.platform.rights import ALL, Right

EDIT_WEBHOOKS = Right("webhooks.edit", {"admin": ALL, "director": ALL})
