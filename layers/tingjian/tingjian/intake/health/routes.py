from tingjian.intake.health.models import Health
from tingjian.platform.http import Here, Html, public, resolver

app = resolver()
REFERENCE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Tingjian API</title>
<meta http-equiv="refresh" content="0; url=/app/docs/index.html">
<p><a href="/app/docs/index.html">Tingjian API reference</a></p></html>"""


@app.get("/v1/health", **public())
def health(call: Here) -> Health:  # noqa: ARG001 - every route gets its call
    """Say that the service answers."""
    return Health()


@app.get("/v1/docs", **public())
def docs(call: Here) -> Html:  # noqa: ARG001 - every route gets its call
    """Show the reference page of this API."""
    return Html(REFERENCE)
