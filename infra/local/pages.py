"""Put the console's pages into the web bucket."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import mimetypes
from pathlib import Path

from infra.local.deployment import client, write_atomically
from infra.local.settings import ROOT, Settings

CONSOLE = ROOT / "console"
TEXT = ("text/", "application/javascript", "application/json", "image/svg+xml")


def upload(settings: Settings, bucket: str) -> int:
    """Upload each page that is new or has changed since the last time, under `app/`; return how many."""
    seen_file = settings.home / "pages.json"
    seen = json.loads(seen_file.read_text()) if seen_file.exists() else {}
    pages = pages_by_key()
    marks = {key: f"{bucket}:{hashlib.sha256(path.read_bytes()).hexdigest()}" for key, path in pages.items()}
    fresh = [key for key, mark in marks.items() if seen.get(key) != mark]
    if fresh:
        store = client("s3", settings)
        for key in fresh:
            path = pages[key]
            store.put_object(Bucket=bucket, Key=key, Body=path.read_bytes(), ContentType=content_type(path))
        write_atomically(seen_file, marks)
    return len(fresh)


def pages_by_key() -> dict[str, Path]:
    """List object keys and the files behind them: the console's own, and what the reference page of the API shows."""
    console = {f"app/{path.relative_to(CONSOLE).as_posix()}": path for path in page_files()}
    return console | {f"app/docs/{path.name}": path for path in reference_files()}


def page_files() -> list[Path]:
    files = CONSOLE.rglob("*") if CONSOLE.exists() else ()
    return sorted(path for path in files if path.is_file() and not path.name.startswith(".") and path.suffix != ".md")


def reference_files() -> list[Path]:
    """List the OpenAPI document, and Swagger UI as it comes inside the installed Powertools: nothing of it is ours."""
    powertools = importlib.util.find_spec("aws_lambda_powertools")
    if powertools is None or powertools.origin is None:
        return []
    swagger = Path(powertools.origin).parent / "event_handler" / "openapi" / "swagger_ui"
    files = [ROOT / "docs" / "openapi.json", *swagger.glob("*.js"), *swagger.glob("*.css")]
    return [path for path in files if path.is_file()]


def content_type(path: Path) -> str:
    """Return the media type of a file, with the character set where it is text."""
    kind = {".js": "application/javascript", ".mjs": "application/javascript"}.get(path.suffix)
    kind = kind or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith(TEXT) else kind
