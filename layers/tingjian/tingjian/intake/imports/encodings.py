"""What kind of file the first bytes speak for."""

import codecs
import io
import unicodedata
import zlib

from tingjian.intake.imports.columns import FileKind
from tingjian.intake.imports.log_reader import LogReader
from tingjian.intake.imports.mappings import LogMapping
from tingjian.intake.imports.records import UnreadableLogError
from tingjian.intake.imports.text_files import GZIP_MAGIC, encoding_error

HEAD_BYTES = 64 * 1024
GZIP_WINDOW = 31
ZIP_MAGIC, OLD_EXCEL_MAGIC = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
CHINESE, CHINESE_SHARE = ("CJK", "FULLWIDTH", "IDEOGRAPHIC"), 0.8
SPARSE = 0.3
"""The share of zero bytes by which UTF-16 without a mark is known."""
COMMON: dict[FileKind, tuple[str, range]] = {
    "gb18030": ("gb2312", range(0xB0, 0xD8)),
    "big5": ("big5", range(0xA4, 0xC7)),
}
"""The lead bytes of the characters that are in common use, by the standard that orders them so."""


def check_head(head: bytes, mapping: LogMapping, *, whole: bool) -> FileKind:
    """Check a file by its first bytes; what kind it is. `whole` says that there are no more bytes.

    Raises UnreadableLogError for what can be seen there: no header, other columns, another encoding, no rows.
    """
    if head.startswith(OLD_EXCEL_MAGIC):
        raise UnreadableLogError("old_workbook")
    if head.startswith(ZIP_MAGIC):
        return "xlsx"  # Its list of contents stands at its end: the worker says what is wrong with it.
    plain = _plain_head(head)
    complete = whole and plain is head
    encoding = mapping.format.encoding or detect_encoding(plain, complete=complete)
    try:
        codecs.getincrementaldecoder(encoding)().decode(plain, final=complete)
    except UnicodeDecodeError as error:
        raise encoding_error(encoding, error, 0) from error
    except UnicodeError as error:
        raise UnreadableLogError("wrong_encoding", encoding=encoding, line=1) from error
    reader = LogReader(io.BufferedReader(io.BytesIO(head)), mapping, encoding)
    if whole and next(reader.rows(), None) is None:
        raise UnreadableLogError("no_rows")
    return encoding


def detect_encoding(head: bytes, *, complete: bool) -> FileKind:
    """The encoding that the first bytes of a plain file speak for. Raises UnreadableLogError when none is certain."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head[1::2].count(0) > SPARSE * len(head) / 2:
        return "utf-16-le"
    if head[::2].count(0) > SPARSE * len(head) / 2:
        return "utf-16-be"
    if _decoded(head, "utf-8", complete=complete) is not None:
        return "utf-8"
    scores: dict[FileKind, float] = {name: _common_share(head, name, complete=complete) for name in COMMON}
    best = max(scores, key=lambda name: scores[name])
    if scores[best] < CHINESE_SHARE:
        raise UnreadableLogError("unknown_encoding")
    return best


def _common_share(head: bytes, encoding: FileKind, *, complete: bool) -> float:
    """Which share of the foreign characters are Chinese ones in common use, if the bytes are in this encoding."""
    text = _decoded(head, encoding, complete=complete)
    foreign = [sign for sign in text or "" if not sign.isascii()]
    if not foreign:
        return 0.0
    standard, leads = COMMON[encoding]
    known = [sign.encode(standard, "ignore")[:1] for sign in foreign if unicodedata.name(sign, "").startswith(CHINESE)]
    rare = sum(lead != b"" and lead[0] not in leads and lead[0] >= leads.start for lead in known)
    return (len(known) - rare - known.count(b"") / 2) / len(foreign)


def _decoded(head: bytes, encoding: str, *, complete: bool) -> str | None:
    try:
        return codecs.getincrementaldecoder(encoding)().decode(head, final=complete)
    except UnicodeDecodeError:
        return None


def _plain_head(head: bytes) -> bytes:
    if not head.startswith(GZIP_MAGIC):
        return head
    try:
        return zlib.decompressobj(GZIP_WINDOW).decompress(head, HEAD_BYTES)
    except zlib.error as error:
        raise UnreadableLogError("broken_gzip") from error
