"""Written times as instants: the forms in which tables of the world write them. Pure; docs/import.md lists them.

A date alone has no hour: it is its midnight, and `exact` is false, so that nothing is measured with it.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

DateOrder = Literal["ymd", "dmy", "mdy"]

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
AHEAD = timedelta(minutes=5)
"""How far the clocks of two desks may differ."""
SERIAL_START = date(1899, 12, 30)
SERIALS = (20_000, 80_000)
"""Excel's days that are taken for dates: 1954 to 2119."""
DAY_SECONDS = 86_400
CENTURY_PIVOT = 69
NOON, HALF_DAY, DAY_HOURS = 12, 12, 24
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MORNING, AFTERNOON = ("上午", "凌晨", "早上", "清晨", "am", "a.m."), ("下午", "晚上", "中午", "傍晚", "pm", "p.m.")
OFFSETS = {"z": 0, "utc": 0, "gmt": 0, "hkt": 8, "jst": 9, "cet": 1, "cest": 2, "est": -5, "edt": -4} | {
    "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7
}  # fmt: skip
"""Abbreviations that mean one zone only. Others (CST, IST, BST) must be one of the mapping's own zone."""

_WEEKDAY = re.compile(
    r"\(?(?:星期|礼拜|禮拜|周|週)[一二三四五六日天]\)?|\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\b\.?,?", re.IGNORECASE
)
_DATES = (
    re.compile(r"(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})(?:\s*[日号號])?(?!\d)"),
    re.compile(r"(?P<d>\d{1,2})[-/.\s]\s*(?P<n>[A-Za-z]{3,9})\.?[-/.,\s]\s*(?P<y>\d{4}|\d{2})(?!\d)"),
    re.compile(r"(?P<n>[A-Za-z]{3,9})\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y>\d{4})(?!\d)"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?=[T\s])"),
    re.compile(r"(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<c>\d{4}|\d{2})(?!\d)"),
)
_HALF = r"(?:上午|凌晨|早上|清晨|下午|晚上|中午|傍晚|[ap]\.?m\.?)"
_TIME = re.compile(
    rf"[T,\s]*(?P<before>{_HALF})?\s*(?P<h>\d{{1,2}})\s*[:时時点點]\s*(?P<i>\d{{1,2}})?\s*"
    rf"(?:[:分]\s*(?:(?P<s>\d{{1,2}})(?:[.,](?P<f>\d+))?\s*秒?)?)?\s*(?P<after>{_HALF})?",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"\(?(?:utc|gmt)?\s*(?P<sign>[+-])\s*(?P<h>\d{1,2})(?::?(?P<m>\d{2}))?\)?", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_MIDNIGHT = re.compile(r"[T\s]+0{1,2}:00(?::00(?:\.0+)?)?$")
_LONG_FRACTION = re.compile(r"([.,]\d{6})\d+")
EPOCH_DIGITS = {10: 1, 13: 1_000, 16: 1_000_000, 19: 1_000_000_000}
COMPACT = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}


class UnreadableTimeError(ValueError):
    """The text is no time that can be read for certain; `reason` is one of the reject file."""

    def __init__(self, reason: str = "bad_time") -> None:
        super().__init__(reason)
        self.reason = reason


class Moment(NamedTuple):
    """An instant in UTC. `late` is its second pass where local clocks showed the time twice."""

    at: datetime
    exact: bool = True
    late: datetime | None = None


def read_moment(
    cells: Sequence[str],
    *,
    formats: Sequence[str] = (),
    zone: ZoneInfo | None,
    order: DateOrder | None = None,
    now: datetime | None = None,
) -> Moment | None:
    """The instant that one cell says, or date and time in several; None where they are empty.

    Raises UnreadableTimeError: `bad_time`, `ambiguous_date` for days and months that may be exchanged, `future_time`.
    """
    parts = [clean for cell in cells if (clean := _folded(cell))]
    if not parts:
        return None
    text = _joined(parts)
    try:
        found = _by_format(text, formats, zone) if formats else _by_itself(text, zone, order)
    except (ValueError, OverflowError) as error:
        raise error if isinstance(error, UnreadableTimeError) else UnreadableTimeError from error
    if found.at < EARLIEST:
        raise UnreadableTimeError
    if now is not None and found.at > now + AHEAD:
        raise UnreadableTimeError("future_time")
    return found


def _folded(cell: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", cell).split())


def _joined(parts: Sequence[str]) -> str:
    if len(parts) > 1 and all(map(_NUMBER.fullmatch, parts)) and "." in parts[-1]:
        return str(sum(map(float, parts)))  # Excel's day and its part of a day.
    first, *rest = parts
    return " ".join([_MIDNIGHT.sub("", first), *rest]) if rest else first


def _by_format(text: str, formats: Sequence[str], zone: ZoneInfo | None) -> Moment:
    text = _LONG_FRACTION.sub(r"\1", text)
    for chinese, english in (("上午", "AM"), ("下午", "PM")):
        text = text.replace(chinese, english)
    for form in formats:
        try:
            written = datetime.strptime(text, form)  # noqa: DTZ007 - the zone comes next
        except ValueError:
            continue
        return _placed(written, written.tzinfo or zone, exact="%H" in form or "%I" in form or "%c" in form)
    raise UnreadableTimeError


def _by_itself(text: str, zone: ZoneInfo | None, order: DateOrder | None) -> Moment:
    if _NUMBER.fullmatch(text):
        return _from_number(text, zone)
    text = _WEEKDAY.sub(" ", text).strip()
    for form in _DATES:
        if found := form.match(text):
            day = _day(found.groupdict(), order)
            return _with_time(day, text[found.end() :], zone)
    raise UnreadableTimeError


def _from_number(text: str, zone: ZoneInfo | None) -> Moment:
    whole, _, fraction = text.partition(".")
    if len(whole) in EPOCH_DIGITS:
        micros = int(whole + (fraction + "000000")[:6]) if len(whole) == 10 else 0  # noqa: PLR2004 - seconds
        micros = micros or int(whole) * 1_000_000 // EPOCH_DIGITS[len(whole)]
        return Moment(EARLIEST + timedelta(microseconds=micros))
    if len(whole) in COMPACT and not fraction:
        written = datetime.strptime(whole, COMPACT[len(whole)])  # noqa: DTZ007 - the zone comes next
        return _placed(written, zone, exact=len(whole) > 8)  # noqa: PLR2004 - a day alone
    serial = float(text)
    if not SERIALS[0] <= serial < SERIALS[1]:
        raise UnreadableTimeError
    seconds = round((serial % 1) * DAY_SECONDS, 3)
    day = datetime.combine(SERIAL_START + timedelta(days=int(serial)), datetime.min.time())
    return _placed(day + timedelta(seconds=round(seconds)), zone, exact=seconds > 0)


def _day(found: dict[str, str | None], order: DateOrder | None) -> date:
    if "a" in found:
        return _day_of_three(found, order)
    name = found.get("n")
    month = 1 + MONTHS.index(name[:3].lower()) if name else int(found["m"] or 0)
    return date(_year(found["y"] or ""), month, int(found["d"] or 0))


def _day_of_three(found: dict[str, str | None], order: DateOrder | None) -> date:
    """The day of three numbers of which the last may be a year: told by the order, or by a day above twelve."""
    a, b, c = (found[name] or "" for name in "abc")
    if order == "ymd" and len(c) < 4:  # noqa: PLR2004 - digits of a year
        return date(_year(a), int(b), int(c))
    if order is None:
        if len(c) < 4 or (int(a) <= NOON and int(b) <= NOON and a != b):  # noqa: PLR2004
            raise UnreadableTimeError("ambiguous_date")
        order = "mdy" if int(b) > NOON else "dmy"
    day, month = (a, b) if order == "dmy" else (b, a)
    return date(_year(c), int(month), int(day))


def _year(text: str) -> int:
    year = int(text)
    if len(text) == 4:  # noqa: PLR2004 - digits of a year
        return year
    return year + (2000 if year < CENTURY_PIVOT else 1900)


def _with_time(day: date, rest: str, zone: ZoneInfo | None) -> Moment:
    midnight = datetime.combine(day, datetime.min.time())
    found = _TIME.match(rest)
    if found is None:
        return _placed(midnight, _zone_named(rest, zone, midnight), exact=False)
    hour = _hour(int(found["h"]), (found["before"] or found["after"] or "").lower().replace(".", ""))
    fraction = int((found["f"] or "0")[:6].ljust(6, "0"))
    written = midnight + timedelta(
        hours=hour, minutes=_below_sixty(found["i"]), seconds=_below_sixty(found["s"]), microseconds=fraction
    )
    return _placed(written, _zone_named(rest[found.end() :], zone, written), exact=True)


def _hour(hour: int, half: str) -> int:
    if hour > DAY_HOURS:
        raise UnreadableTimeError
    if half in AFTERNOON and hour < NOON and not (half == "中午" and hour == NOON - 1):
        return hour + HALF_DAY
    return 0 if half in MORNING and hour == NOON else hour


def _below_sixty(text: str | None) -> int:
    number = int(text or 0)
    if number >= 60:  # noqa: PLR2004 - minutes and seconds
        raise UnreadableTimeError
    return number


def _zone_named(text: str, zone: ZoneInfo | None, written: datetime) -> tzinfo | None:
    """The zone that stands behind a time; the mapping's own where none does."""
    name = text.strip().strip("()[]").strip()
    if not name:
        return zone
    if name.lower() in OFFSETS:
        return timezone(timedelta(hours=OFFSETS[name.lower()]))
    if found := _OFFSET.fullmatch(name):
        size = timedelta(hours=int(found["h"]), minutes=int(found["m"] or 0))
        return timezone(size if found["sign"] == "+" else -size)
    if zone is not None and name.upper() == written.replace(tzinfo=zone).tzname():
        return zone
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise UnreadableTimeError from error


def _placed(written: datetime, zone: tzinfo | None, *, exact: bool) -> Moment:
    """The instant of a local time; one that does not occur moves forward by the length of the gap."""
    if zone is None:
        raise UnreadableTimeError("zone_missing")
    first, second = (written.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return Moment(first, exact, second if second > first else None)
