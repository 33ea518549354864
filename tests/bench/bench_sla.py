"""Working time: `add` and `between` beside three libraries that are used for it, on the same questions in one run.

    python -m tests.bench.bench_sla

The calendar is the plainest that all can express: Monday to Friday, 09:00 to 17:00 in Shanghai, with China's holidays
and without make-up days, which none of them can. Every answer of every side is compared before anything is timed. The
comparators are asked in the way that costs them least: rules and offsets are made once, holidays are sets, and those
that know no zones get naive times. Ours gets instants in UTC, as everywhere in the product.
"""

from __future__ import annotations

import argparse
import random
import sys
import time as clock
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tests.bench.measure import demand, machine, publish, save, shuffled_rounds, summarize, table
from tingjian.sla import WorkCalendar
from tingjian.sla.china import china_year

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.bench.measure import Summary

# They are needed for this bench alone and carry no types.
PEERS = ("businesstimedelta", "business_duration", "pandas", "pytz")

ZONE = "Asia/Shanghai"
OPENS, CLOSES = time(9), time(17)
QUESTIONS = 40
ROUNDS = 15
REPEATS = 25  # Ours is asked so often in one sample, because a single pass is too short to time.
SPANS = {"1 day": (1, 5), "30 days": (30, 170), "1 year": (365, 1990), "20 years": (7305, 41_000)}
COMPARED = ("30 days", "1 year")
GOAL = 20

OURS, DELTA, DURATION, PANDAS = "Tingjian", "businesstimedelta", "business-duration", "pandas CustomBusinessHour"

Answers = list[Any]
Side = tuple[int, "Callable[[], Answers]"]


def holidays() -> list[date]:
    """China's holidays of three years that fall on a weekday."""
    return [day for year in (2025, 2026, 2027) for day in china_year(year).closed if day.weekday() in range(5)]


def starts() -> list[datetime]:
    """Local times inside opening hours of the first half of 2025, never on the hour: sides differ at closing."""
    chance = random.Random(20250101)  # noqa: S311 -- the same questions in every run
    closed, days = set(holidays()), [date(2025, 1, 1) + timedelta(days=number) for number in range(180)]
    open_days = [day for day in days if day.weekday() in range(5) and day not in closed]
    return [
        datetime.combine(chance.choice(open_days), time(chance.randrange(9, 17), chance.randrange(1, 60)))
        for _ in range(QUESTIONS)
    ]


class Comparison:
    """All sides with the same calendar and the same questions."""

    def __init__(self) -> None:
        """Make what each side makes once."""
        self.delta, duration, self.pandas, pytz = (import_module(name) for name in PEERS)
        self.duration: Callable[..., Any] = duration.businessDuration
        zone, closed = ZoneInfo(ZONE), holidays()
        self.naive = starts()
        self.aware = [start.replace(tzinfo=zone).astimezone(UTC) for start in self.naive]
        self.holidays = set(closed)
        self.ours = made(closed)
        peer_zone = pytz.timezone(ZONE)
        day = self.delta.WorkDayRule(start_time=OPENS, end_time=CLOSES, working_days=[0, 1, 2, 3, 4], tz=peer_zone)
        self.rules = self.delta.Rules([day, self.delta.HolidayRule(self.holidays, tz=peer_zone)])
        self.stamps = [self.pandas.Timestamp(start) for start in self.naive]

    def adds(self, hours: int) -> dict[str, Side]:
        """Open hours added to every start: how often in a sample, and the work."""
        offset = self.pandas.offsets.CustomBusinessHour(
            n=hours, start=OPENS, end=CLOSES, holidays=sorted(self.holidays)
        )
        amount = self.delta.BusinessTimeDelta(self.rules, hours=hours)
        return {
            OURS: (REPEATS, lambda: [self.ours.add(start, hours * 60) for start in self.aware]),
            DELTA: (1, lambda: [start + amount for start in self.aware]),
            PANDAS: (1, lambda: [stamp + offset for stamp in self.stamps]),
        }

    def betweens(self, days: int) -> dict[str, Side]:
        """The open time from every start to the same time of day so many days later."""
        span = timedelta(days=days)
        aware = [(start, start + span) for start in self.aware]
        naive = [(start, start + span) for start in self.naive]
        return {
            OURS: (REPEATS, lambda: [self.ours.between(*pair) for pair in aware]),
            DELTA: (1, lambda: [self.rules.difference(*pair) for pair in aware]),
            DURATION: (1, lambda: [self._duration(*pair) for pair in naive]),
        }

    def _duration(self, start: datetime, end: datetime) -> float:
        return float(self.duration(start, end, OPENS, CLOSES, holidaylist=self.holidays, unit="sec"))

    def check(self) -> None:
        """Every side gives the same answer to every question."""
        for days, hours in (SPANS[name] for name in COMPARED):
            agree({name: map(wall, work()) for name, (_, work) in self.adds(hours).items()}, "add")
            agree({name: map(seconds, work()) for name, (_, work) in self.betweens(days).items()}, "between")


def made(closed: Iterable[date | str]) -> WorkCalendar:
    """Our calendar."""
    span = (OPENS.isoformat("minutes"), CLOSES.isoformat("minutes"))
    hours = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), (span,))
    return WorkCalendar(timezone=ZONE, hours=hours, closed=closed)


def wall(answer: datetime) -> datetime:
    """The local time of a deadline, from any side."""
    return answer.astimezone(ZoneInfo(ZONE)).replace(tzinfo=None) if answer.tzinfo else answer


def seconds(answer: Any) -> float:
    """A length of time from any side."""
    answer = getattr(answer, "timedelta", answer)
    return answer.total_seconds() if isinstance(answer, timedelta) else float(answer)


def agree(answers: dict[str, Iterable[Any]], question: str) -> None:
    """Stop the bench when two sides differ."""
    ours = list(answers.pop(OURS))
    demand(len(ours) == QUESTIONS and len(set(ours)) > 1, f"{question}: no real questions")
    for name, theirs in answers.items():
        demand(list(theirs) == ours, f"{question}: {name} disagrees with ours")


def timed(side: Side) -> Callable[[], float]:
    """A sample: microseconds for one question."""
    repeats, work = side

    def sample() -> float:
        began = clock.perf_counter()
        for _ in range(repeats):
            answers = work()
        took = clock.perf_counter() - began
        demand(len(answers) == QUESTIONS, "questions were left out")
        return took / repeats / QUESTIONS * 1e6

    return sample


def first_answer(days: int, hours: int) -> Callable[[], float]:
    """A sample: microseconds for a calendar of three years' holidays and its first two answers."""
    closed, start = [day.isoformat() for day in holidays()], starts()[0].replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC)

    def sample() -> float:
        began = clock.perf_counter()
        fresh = made(closed)
        deadline, open_time = fresh.add(start, hours * 60), fresh.between(start, start + timedelta(days=days))
        took = clock.perf_counter() - began
        demand(deadline > start and open_time > timedelta(), "no answer")
        return took * 1e6

    return sample


def scenarios(comparison: Comparison) -> dict[str, Callable[[], float]]:
    """What is timed, by `question, span, side`."""
    found: dict[str, Callable[[], float]] = {}
    for span, (days, hours) in SPANS.items():
        for question, sides in (("add", comparison.adds(hours)), ("between", comparison.betweens(days))):
            kept = sides if span in COMPARED else {OURS: sides[OURS]}
            found |= {f"{question}, {span}, {name}": timed(side) for name, side in kept.items()}
    return found | {f"make, {span}, {OURS}": first_answer(*SPANS[span]) for span in COMPARED}


def fastest(samples: dict[str, list[float]], question: str, span: str) -> tuple[str, Summary]:
    """The comparator with the lowest median, and how many times as long it takes as ours, round by round."""
    prefix = f"{question}, {span}, "
    peers = {key: values for key, values in samples.items() if key.startswith(prefix) and not key.endswith(OURS)}
    best = min(peers, key=lambda key: summarize(peers[key]).median)
    pairs = zip(peers[best], samples[prefix + OURS], strict=True)
    return best.removeprefix(prefix), summarize([theirs / ours for theirs, ours in pairs])


def growth(samples: dict[str, list[float]], question: str, side: str) -> Summary:
    """How many times as long a year takes as 30 days."""
    short, long = (samples[f"{question}, {span}, {side}"] for span in COMPARED)
    return summarize([one / other for one, other in zip(long, short, strict=True)])


def report(samples: dict[str, list[float]], where: str, rounds: int) -> tuple[str, bool]:
    """The section of the page, and whether the goal is met."""
    rows = []
    for question in ("add", "between"):
        for side in (OURS, DELTA, PANDAS if question == "add" else DURATION):
            times = [summarize(samples[f"{question}, {span}, {side}"]).text(1) for span in COMPARED]
            rows.append([f"`{question}`", side, *times, f"{growth(samples, question, side).median:.2f}"])
    ours = [
        [f"`{question}`", *(summarize(samples[f"{question}, {span}, {OURS}"]).text(1) for span in SPANS)]
        for question in ("add", "between")
    ]
    found = {question: fastest(samples, question, "30 days") for question in ("add", "between")}
    met = all(times.median >= GOAL for _, times in found.values())
    verdicts = [f"`{question}`: {times.text(0)} times {name}" for question, (name, times) in found.items()]
    first = summarize(samples[f"make, 30 days, {OURS}"]).text(0)
    text = f"""
## Working time, beside three libraries

{where}

Microseconds a question: median (quartiles) of {rounds} shuffled rounds of {QUESTIONS} questions. Monday to Friday,
09:00 to 17:00 in Shanghai with China's holidays; all sides gave the same {QUESTIONS} answers to each question first.
business-duration knows no `add`, pandas no `between`.

{table(["question", "side", "30 days", "1 year", "growth"], rows)}

At 30 days, the fastest comparator takes, round by round, this many times our time (goal: {GOAL}):
{"; ".join(verdicts)}. The goal is {"met" if met else "missed"}.

Ours alone, by span:

{table(["question", *SPANS], ours)}

Making the calendar with {len(holidays())} closed dates and asking it twice for the first time: {first} µs.
"""
    return text, met


def main() -> int:
    """Run, write the section when asked to, and say whether the goal was met."""
    options = argparse.ArgumentParser(description="Working time, beside three libraries.")
    options.add_argument("--rounds", type=int, default=ROUNDS)
    options.add_argument("--publish", action="store_true", help="write the section of docs/benchmarks.md")
    given = options.parse_args()
    before = machine()
    comparison = Comparison()
    comparison.check()
    samples = shuffled_rounds(scenarios(comparison), given.rounds)
    text, met = report(samples, before.text(), given.rounds)
    save("sla", before, {name: asdict(summarize(values)) for name, values in samples.items()})
    if given.publish:
        publish("sla", text)
    sys.stdout.write(text)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
