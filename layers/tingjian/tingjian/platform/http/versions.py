"""Versions: If-Match names the one that an edit was made on, ETag the one that is answered."""

from collections.abc import Mapping

from tingjian.platform.errors import VersionRequiredError, invalid

DIGITS = 9
REPLACING = frozenset({"PUT", "PATCH"})
"""Methods that write over what somebody else may have written since the caller read it."""


def version_of(method: str, headers: Mapping[str, str]) -> int | None:
    """The version that the caller acts on; 0 is that of a thing which is not there yet (`If-None-Match: *`).

    Raises VersionRequiredError for a method that replaces without naming one, InvalidInputError for what is none.
    """
    header = headers.get("if-match")
    if header is None:
        if headers.get("if-none-match") == "*":
            return 0
        if method in REPLACING:
            raise VersionRequiredError
        return None
    digits = header.removeprefix("W/").strip('"')
    if not (digits.isascii() and digits.isdigit() and len(digits) <= DIGITS):
        raise invalid("If-Match", "version")
    return int(digits)


def etag_of(answer: object) -> dict[str, str]:
    version, location = getattr(answer, "version", None), getattr(answer, "location", None)
    etag = {} if version is None else {"ETag": f'"{version}"'}
    return etag if location is None else etag | {"Location": location}
