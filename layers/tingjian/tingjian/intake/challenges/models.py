"""A proof of work that a page or a script solves by itself: no account, no third party. Pure."""

import hashlib
from datetime import datetime, timedelta

from tingjian.platform.models import Frozen

BITS = 17
"""A hundred and thirty thousand hashes on average: about a second in a browser, hours for ten thousand requests."""
LIFE = timedelta(minutes=10)
LONGEST_COUNTER = 20


class Challenge(Frozen):
    """Find a counter so that SHA-256 of `challenge:counter` begins with `bits` zero bits.

    Then send the request again with the header `Tingjian-Work: challenge:counter`.
    """

    challenge: str
    bits: int
    expires_at: datetime


def is_solved(challenge: str, counter: str, bits: int) -> bool:
    if not (counter.isascii() and counter.isdigit() and len(counter) <= LONGEST_COUNTER):
        return False
    digest = hashlib.sha256(f"{challenge}:{counter}".encode()).digest()
    return int.from_bytes(digest, "big") >> (256 - bits) == 0
