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
CHINA = 86
CHINESE_FORM = re.compile(r"1[3-9]\d{9}|(?:10|2\d)\d{8}|[3-9]\d{2}\d{7,8}")
"""A mobile number; a landline behind the area code of three or four digits, its zero left out."""
SHORTEST_ABROAD = 7


def normalised_phone(phone: str, *, field: str, region: str = "CN") -> str:
    """The phone in E.164 form (`+8613812345678`), of a range that the library knows or of the form of a number.

    Raises InvalidInputError that names the field.
    """
    import phonenumbers  # noqa: PLC0415 - its tables are large, and most requests carry no phone

    try:
        parsed = phonenumbers.parse(folded(phone), region)
    except phonenumbers.NumberParseException as error:
        raise invalid(field, "phone") from error
    if not phonenumbers.is_valid_number(parsed) and not _has_form(parsed):
        raise invalid(field, "phone")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def is_known_phone(phone: str) -> bool:
    """Whether the library knows the range of a phone in E.164 form; new ranges are given out before it does."""
    import phonenumbers  # noqa: PLC0415 - see above

    return phonenumbers.is_valid_number(phonenumbers.parse(phone))


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
        parsed = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return False
    # Several countries share a code; a number of none that is known, such as a new range, counts for the main one.
    region = phonenumbers.region_code_for_number(parsed)
    return (region or phonenumbers.region_code_for_country_code(parsed.country_code or 0)) in countries
