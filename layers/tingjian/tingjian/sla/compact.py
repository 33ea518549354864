"""Clocks as text: about 60 bytes a clock, 120 as a list. Every kilobyte of a ticket costs a write unit.

The text is a mark of the format and the clocks, joined by `;`, their parts by `|`. Instants are milliseconds in base
36, since 1970 or since the clock's start. A part that equals the one of the clock before is left out. Older text has no
mark and the same format; it begins with a letter, since a policy's id does.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from tingjian.sla.clocks import BREACH, EPOCH, Clock, ClockName, Pause, Standstill, Step

MARK = "1~"
CLOCK_CODES: dict[ClockName, str] = {
    "first_response": "f",
    "next_response": "n",
    "resolution": "r",
    "handoff": "h",
    "feedback_answer": "b",
    "promise": "p",
}
STANDSTILL_CODES: dict[Standstill, str] = {"waiting": "w", "resolved": "r"}
CLOCK_OF = {code: name for name, code in CLOCK_CODES.items()}
STANDSTILL_OF = {code: name for name, code in STANDSTILL_CODES.items()}
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
MILLISECOND = timedelta(milliseconds=1)


class UnknownFormatError(ValueError):
    """Clocks are stored in a format that this release does not know."""


def clocks_text(clocks: Iterable[Clock]) -> str:
    rows = [_parts(clock) for clock in clocks]
    shared = [row[:SHARED] for row in rows]
    short = [
        ["" if part == b else part for part, b in zip(parts, before, strict=True)] if before else parts
        for parts, before in zip(shared, [None, *shared], strict=False)
    ]
    written = ("|".join((*head, *row[SHARED:])).rstrip("|") for head, row in zip(short, rows, strict=True))
    return MARK + ";".join(written) if rows else ""


def clocks_from_text(text: str) -> tuple[Clock, ...]:
    """The clocks of their short form. Raises UnknownFormatError for one that a later release wrote."""
    rows = text.removeprefix(MARK)
    if rows and not rows[0].isalpha():
        raise UnknownFormatError(text.partition("~")[0])
    return tuple(_clocks(rows)) if rows else ()


SHARED, PARTS = 5, 12


def _parts(clock: Clock) -> list[str]:
    start = clock.started_at
    steps = (
        f"{step.share}:{_since(start, step.at)}" + (f":{_since(start, step.fired_at)}" if step.fired_at else "")
        for step in clock.steps
    )
    pauses = (f"{_since(start, pause.start)}:{_since(start, pause.end)}" for pause in clock.pauses)
    return [
        clock.policy,
        str(clock.policy_version),
        clock.calendar,
        str(clock.calendar_version),
        _since(EPOCH, start),
        CLOCK_CODES[clock.name],
        str(clock.target_minutes),
        "".join(STANDSTILL_CODES[category] for category in clock.pauses_in),
        ",".join(steps),
        ",".join(pauses),
        _since(start, clock.met_at),
        _since(start, clock.stopped_at),
    ]


def _clocks(text: str) -> Iterator[Clock]:
    before = [""] * SHARED
    for row in text.split(";"):
        parts = row.split("|")
        parts += [""] * (PARTS - len(parts))
        before = [part or same for part, same in zip(parts, before, strict=False)]
        yield _clock(before, parts)


def _clock(shared: list[str], parts: list[str]) -> Clock:
    policy, policy_version, calendar, calendar_version, started = shared
    start = _instant(EPOCH, started)
    steps = tuple(_step(start, *written.split(":")) for written in parts[8].split(","))
    pauses = tuple(_pause(start, *written.split(":")) for written in parts[9].split(",") if written)
    met_at = _instant(start, parts[10]) if parts[10] else None
    stood_still = pauses and pauses[-1].end in {None, met_at}
    # Nothing is validated again: this text is written here alone, and tickets are read more often than anything else.
    return Clock.model_construct(
        name=CLOCK_OF[parts[5]],
        policy=policy,
        policy_version=int(policy_version),
        calendar=calendar,
        calendar_version=int(calendar_version),
        target_minutes=int(parts[6]),
        pauses_in=tuple(STANDSTILL_OF[code] for code in parts[7]),
        started_at=start,
        due_at=None if stood_still else next(step.at for step in steps if step.share == BREACH),
        steps=steps,
        pauses=pauses,
        met_at=met_at,
        stopped_at=_instant(start, parts[11]) if parts[11] else None,
    )


def _step(start: datetime, share: str, at: str, fired: str = "") -> Step:
    return Step.model_construct(
        share=int(share), at=_instant(start, at), fired_at=_instant(start, fired) if fired else None
    )


def _pause(start: datetime, begin: str, end: str) -> Pause:
    return Pause.model_construct(start=_instant(start, begin), end=_instant(start, end) if end else None)


def _since(start: datetime, moment: datetime | None) -> str:
    """Milliseconds from one instant to another in base 36; nothing for none."""
    if moment is None:
        return ""
    left = (moment - start) // MILLISECOND
    sign, left = ("-", -left) if left < 0 else ("", left)
    digits = ""
    while left or not digits:
        left, digit = divmod(left, 36)
        digits = DIGITS[digit] + digits
    return sign + digits


def _instant(start: datetime, digits: str) -> datetime:
    return start + MILLISECOND * int(digits, 36)
