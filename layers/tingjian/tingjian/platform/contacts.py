"""Phones and e-mail addresses in their one form. Pure."""

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from tingjian.platform.errors import invalid
from tingjian.platform.folding import folded

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

EMAIL = re.compile(r"^[^@\s<>()\[\],;:\"\\]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")
EMAIL_LENGTH = 254
PHONE_LENGTH = 32
MASKS = frozenset("*\N{FULLWIDTH ASTERISK}")
EXTENSION_MARK = ";ext="
NAMED_EXTENSION = re.compile(
    r"(?P<number>.*?\d[\d ()-]*)[\s,;]*"
    r"(?:转|轉|分机|分機|内线|內線|extension|extn|ext|x|#)[\s.:=号號]*(?P<extension>\d{1,6})\s*",
    re.IGNORECASE,
)
DASHED_EXTENSION = re.compile(r"(?P<number>.*\d)\s*[-\N{EN DASH}\N{EM DASH}]\s*(?P<extension>\d{1,6})\s*")
CHINA = 86
CHINESE_FORM = re.compile(r"1[3-9]\d{9}|(?:10|2\d)\d{8}|[3-9]\d{2}\d{7,8}")
"""A mobile number; a landline behind the area code of three or four digits, its zero left out."""
SHORTEST_ABROAD = 7


def normalised_phone(phone: str, *, field: str, region: str = "CN", extension: bool = True) -> str:
    """The phone in E.164 form, an extension after it (`+8613812345678`, `+861062345678;ext=801`).

    Raises InvalidInputError that names the field: for what is no number, a masked one, and, without `extension`, a
    number that has one.
    """
    _refuse_masked(phone, field)
    number, inner = _split_extension(folded(phone), region)
    if number is None or (inner and not extension):
        raise invalid(field, "phone")
    return f"{number}{EXTENSION_MARK}{inner}" if inner else number


def base_number(phone: str) -> str:
    """The number of a normalised phone without its extension."""
    return phone.partition(EXTENSION_MARK)[0]


def has_extension(phone: str) -> bool:
    """Whether a person must dial further, so that no text message can arrive."""
    return EXTENSION_MARK in phone


def _split_extension(phone: str, region: str) -> tuple[str | None, str]:
    """The number in E.164 form, None if it is none, and the extension, empty without one."""
    if found := NAMED_EXTENSION.fullmatch(phone):
        return _e164(found["number"], region), found["extension"]
    number = _e164(phone, region)
    # A dash parts groups of digits as well. Only what is no number as a whole has an extension behind the last one.
    if number is None and (found := DASHED_EXTENSION.fullmatch(phone)):
        return _e164(found["number"], region), found["extension"]
    return number, ""


def _e164(phone: str, region: str) -> str | None:
    """The number in E.164 form, of a range that the library knows or of the form of a number; None if it is neither."""
    import phonenumbers  # noqa: PLC0415 - its tables are large, and most requests carry no phone

    try:
        parsed = phonenumbers.parse(phone, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed) and not _has_form(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _refuse_masked(contact: str, field: str) -> None:
    """Raise InvalidInputError for a masked value: whoever sends one back would destroy what it hides."""
    if MASKS & set(contact):
        raise invalid(field, "masked")


def is_known_phone(phone: str) -> bool:
    """Whether the library knows the range of a phone in E.164 form; new ranges are given out before it does."""
    import phonenumbers  # noqa: PLC0415 - see above

    return phonenumbers.is_valid_number(phonenumbers.parse(base_number(phone)))


def _has_form(parsed: "PhoneNumber") -> bool:
    """Whether a number of an unknown range may be one: by China's plan, elsewhere by its length."""
    import phonenumbers  # noqa: PLC0415 - see above

    national = phonenumbers.national_significant_number(parsed)
    if parsed.country_code == CHINA:
        return bool(CHINESE_FORM.fullmatch(national))
    return (
        len(national) >= SHORTEST_ABROAD
        and phonenumbers.is_possible_number_with_reason(parsed) == phonenumbers.ValidationResult.IS_POSSIBLE
    )


def normalised_email(email: str, *, field: str) -> str:
    """The address in lower case, a domain of other letters in its ASCII form (`xn--…`), in which mail is sent.

    Raises InvalidInputError that names the field.
    """
    _refuse_masked(email, field)
    name, _, domain = folded(email).lower().rpartition("@")
    cleaned = f"{name}@{_ascii_domain(domain)}"
    if len(cleaned) > EMAIL_LENGTH or not cleaned.isprintable() or not EMAIL.match(cleaned):
        raise invalid(field, "email")
    return cleaned


def _ascii_domain(domain: str) -> str:
    """The domain as mail is sent to it; one that has no such form stays as it is, which is no address."""
    if domain.isascii():
        return domain
    try:
        return domain.replace("\u3002", ".").encode("idna").decode()
    except UnicodeError:
        return domain


def is_phone_of(phone: str, countries: Collection[str]) -> bool:
    """Whether a phone in E.164 form belongs to one of these countries (ISO codes)."""
    import phonenumbers  # noqa: PLC0415 - its tables are large, and most requests carry no phone

    try:
        parsed = phonenumbers.parse(base_number(phone))
    except phonenumbers.NumberParseException:
        return False
    # Several countries share a code; a number of none that is known, such as a new range, counts for the main one.
    region = phonenumbers.region_code_for_number(parsed)
    return (region or phonenumbers.region_code_for_country_code(parsed.country_code or 0)) in countries
