"""Versions: If-Match names the one that an edit was made on, ETag the one that is answered."""

from tingjian.platform.errors import invalid

DIGITS = 9


def version_of(header: str | None) -> int | None:
    """The version that an If-Match header names; None without one. Raises InvalidInputError for what is none."""
    if header is None:
        return None
    digits = header.removeprefix("W/").strip('"')
    if not (digits.isascii() and digits.isdigit() and len(digits) <= DIGITS):
        raise invalid("If-Match", "version")
    return int(digits)


def etag_of(answer: object) -> dict[str, str]:
    version, location = getattr(answer, "version", None), getattr(answer, "location", None)
    etag = {} if version is None else {"ETag": f'"{version}"'}
    return etag if location is None else etag | {"Location": location}
