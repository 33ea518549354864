"""The one folding: what people type alike is matched and stored alike. Pure.

`folded` is for what is matched: numbers, phones, addresses, orders. Texts that people read stay as they were written,
but for characters that show nothing or turn the rest of a line around (`readable_line`, `readable_text`).
"""

import re
import unicodedata

FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufe00-\ufe0f\U000e0000-\U000e0fff"
"""Letters, marks and symbols that show nothing: Hangul fillers, the empty Braille pattern, selectors."""
FORMATS = "\u00ad\u061c\u0600-\u0605\u06dd\u070f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
INVISIBLE = re.compile(f"[{FILLERS}{FORMATS}]")
NOTHING_TO_SEE = re.compile(rf"[\s{FILLERS}{FORMATS}]*")
TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Bidirectional controls that show the characters after them in another order."""
HIDDEN_IN_A_LINE = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
"""What joins or varies the characters of an emoji or a script is not among them."""
DASHES = re.compile("[\u02d7\u058a\u2010-\u2015\u2043\u2212\u2e3a\u2e3b\u301c\u30fc\ufe58]")
BLANKS = re.compile(r"\s+")


def folded(text: str) -> str:
    """The text in its compatibility form (NFKC), its digits and dashes in ASCII, without what shows nothing."""
    if text.isascii():
        return text.strip()
    compatible = INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return BLANKS.sub(" ", DASHES.sub("-", "".join(map(_ascii_digit, compatible)))).strip()


def folded_order(text: str) -> str:
    """An order number as it is matched: folded, in capitals."""
    return folded(text).upper()


def readable_line(text: str) -> str:
    """A line without characters that show nothing or turn it around; empty if nothing is left to see."""
    if text.isascii():
        return text
    return "" if NOTHING_TO_SEE.fullmatch(text) else HIDDEN_IN_A_LINE.sub("", text)


def readable_text(text: str) -> str:
    """A text without characters that turn it around; empty if nothing is left to see."""
    if text.isascii():
        return text
    return "" if NOTHING_TO_SEE.fullmatch(text) else TURNS.sub("", text)


def _ascii_digit(character: str) -> str:
    return str(unicodedata.digit(character)) if unicodedata.category(character) == "Nd" else character
