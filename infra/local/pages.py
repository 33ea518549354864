"""Put the console's pages into the web bucket."""

from __future__ import annotations

import hashlib
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
    pages = {path: f"{bucket}:{hashlib.sha256(path.read_bytes()).hexdigest()}" for path in page_files()}
    fresh = [path for path in pages if seen.get(key(path)) != pages[path]]
    if fresh:
        store = client("s3", settings)
        for path in fresh:
            store.put_object(Bucket=bucket, Key=key(path), Body=path.read_bytes(), ContentType=content_type(path))
        write_atomically(seen_file, {key(path): mark for path, mark in pages.items()})
    return len(fresh)


def page_files() -> list[Path]:
    """List the console's files, hidden ones and notes left out."""
    files = CONSOLE.rglob("*") if CONSOLE.exists() else ()
    return sorted(path for path in files if path.is_file() and not path.name.startswith(".") and path.suffix != ".md")


def key(path: Path) -> str:
    """Return the object key of a page."""
    return f"app/{path.relative_to(CONSOLE).as_posix()}"


def content_type(path: Path) -> str:
    """Return the media type of a file, with the character set where it is text."""
    kind = {".js": "application/javascript", ".mjs": "application/javascript"}.get(path.suffix)
    kind = kind or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith(TEXT) else kind
