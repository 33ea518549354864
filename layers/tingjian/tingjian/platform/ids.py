"""Identifiers: random ones, ones derived from an idempotency key, and numbers that can be said on the phone."""

import hashlib
import re
import secrets

from tingjian.platform.errors import invalid

NUMBER_DIGITS = 12
ALPHABET = "23456789abcdefghijkmnpqrstuvwxyz"
"""Thirty-two letters and digits that nobody mistakes for one another."""


def random_id() -> str:
    """A random identifier of 20 URL-safe letters and digits, 100 bits."""
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in secrets.token_bytes(20))


def derived_id(*parts: str) -> str:
    """The identifier that belongs to these parts, always the same: 20 hexadecimal digits, 80 bits."""
    return fingerprint(*parts)[:20]


def fingerprint(*parts: str) -> str:
    """SHA-256 over the parts, each length-prefixed so that no two lists collide, as 64 hexadecimal digits."""
    digest = hashlib.sha256()
    for part in parts:
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(4, "big") + encoded)
    return digest.hexdigest()


def number_from(seed: str) -> str:
    """A speakable number of 12 digits: 11 from the seed, and a check digit (Luhn) that catches a misheard one."""
    body = f"{1 + int(fingerprint('number', seed), 16) % 9}{int(fingerprint('rest', seed), 16) % 10**10:010d}"
    return body + _check_digit(body)


def is_number(text: str) -> bool:
    """Whether the text is a number whose check digit holds."""
    return len(text) == NUMBER_DIGITS and text.isascii() and text.isdigit() and _check_digit(text[:-1]) == text[-1]


def spoken_number(number: str) -> str:
    """The number in groups of four, as it is read out: `4827-3951-0664`."""
    return "-".join(number[i : i + 4] for i in range(0, len(number), 4))


def _check_digit(body: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - Luhn casts out nines
    return str(-total % 10)


def slug(text: str, field: str) -> str:
    """A key that an administrator chose: lower case, digits, dashes, 40 at most. Raises InvalidInputError."""
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,39}", text):
        raise invalid(field, "string_pattern_mismatch")
    return text
