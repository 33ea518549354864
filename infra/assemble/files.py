"""Files that are written: whole ones, and blocks between two marks in files that people write."""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

COMMAND = "make assemble"
FIRST = "assembled: {name} (written by `python -m infra.assemble`; do not edit)"
LAST = "end of assembled: {name}"


class AssemblyError(Exception):
    """The assembly cannot go on; its text is a sentence."""


class MarkMissingError(AssemblyError):
    """A file has no marks for the block that belongs into it."""


def with_block(text: str, name: str, block: str, *, comment: str = "# {}") -> str:
    """The text with the block between its marks. Raises MarkMissingError for a text without them."""
    lines = text.splitlines(keepends=True)
    first, last = comment.format(FIRST.format(name=name)), comment.format(LAST.format(name=name))
    places = [place for place, line in enumerate(lines) if line.strip() in {first, last}]
    if len(places) != 2:  # noqa: PLR2004 - the first mark and the last
        raise MarkMissingError(f"There must be one line `{first}` and one line `{last}`.")
    start, end = places
    return "".join(lines[: start + 1]) + block + "".join(lines[end:])


def formatted(source: str) -> str:
    command = [sys.executable, "-m", "ruff", "format", "--line-length", "120", "-"]
    return subprocess.run(command, input=source, capture_output=True, text=True, check=True).stdout


def table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines).replace("|  |", "| |").replace("|  |", "| |")


def differing(root: Path, texts: dict[str, str]) -> list[str]:
    """The files that are not what they should be."""
    return [name for name, text in texts.items() if _text_of(root / name) != text]


def _text_of(path: Path) -> str | None:
    return path.read_text("utf-8") if path.exists() else None


def write(root: Path, texts: dict[str, str]) -> list[str]:
    changed = differing(root, texts)
    for name in changed:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(texts[name], encoding="utf-8")
    return changed
