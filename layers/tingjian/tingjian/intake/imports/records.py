"""Rows of a file as it has them, of whatever kind the file is."""

import io
from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol


class UnreadableLogError(Exception):
    """The file as a whole cannot be imported; `code` is a key under `field.` in the catalogue."""

    def __init__(self, code: str, **parameters: object) -> None:
        super().__init__(code, parameters)
        self.code, self.parameters = code, parameters


class FileRow(NamedTuple):
    """A row as the file has it; no cells for one that is too long to be read."""

    first_line: int
    last_line: int
    cells: list[str] | None


class Records(Protocol):
    """The rows of a file. `lines` is the last one that was read; `ragged` files leave out empty cells at the end."""

    lines: int
    ragged: bool

    def __iter__(self) -> Iterator[FileRow]:
        """The rows that follow."""

    def skip(self, lines: int) -> None:
        """Go on behind so many lines of the file."""


class ForwardStream(io.RawIOBase):
    """A stream that is only read forward, as S3 gives it, for `io.BufferedReader`."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as there is something."""
        data = self._body.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
