"""Phones and e-mail addresses in their one form. Pure."""

import re

from tingjian.platform.errors import invalid

EMAIL = re.compile(r"^[^@\s<>()\[\],;:\"\\]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")
EMAIL_LENGTH = 254
PHONE_LENGTH = 32


def normalised_phone(phone: str, *, field: str, region: str = "CN") -> str:
    """The phone in E.164 form (`+8613812345678`). Raises InvalidInputError that names the field."""
    import phonenumbers  # noqa: PLC0415 - its tables are large, and most requests carry no phone

    try:
        parsed = phonenumbers.parse(phone, region)
    except phonenumbers.NumberParseException as error:
        raise invalid(field, "phone") from error
    if not phonenumbers.is_possible_number(parsed) or not phonenumbers.is_valid_number(parsed):
        raise invalid(field, "phone")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def normalised_email(email: str, *, field: str) -> str:
    """The address in lower case. Raises InvalidInputError that names the field."""
    cleaned = email.strip().lower()
    if len(cleaned) > EMAIL_LENGTH or not cleaned.isprintable() or not EMAIL.match(cleaned):
        raise invalid(field, "email")
    return cleaned
