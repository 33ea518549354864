"""What holds for any calendar: its own laws, and agreement with the plain stepper, most of all where clocks change."""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.unit.sla.stepper import WEEKDAYS, Pauses, Spans, Stepper
from tingjian.sla import OpenTimeExhaustedError, WorkCalendar

# A date near which the zone's clock changes, or none does: forward, back, by half an hour, at midnight, by a whole day.
ZONES = [
    ("UTC", date(2025, 6, 2)),
    ("Asia/Shanghai", date(2025, 10, 1)),
    ("Asia/Kolkata", date(2025, 3, 30)),
    ("Europe/Rome", date(2025, 3, 30)),
    ("Europe/Rome", date(2025, 10, 26)),
    ("America/New_York", date(2025, 3, 9)),
    ("America/New_York", date(2025, 11, 2)),
    ("Australia/Lord_Howe", date(2025, 4, 6)),
    ("Australia/Lord_Howe", date(2025, 10, 5)),
    ("America/Santiago", date(2025, 4, 6)),
    ("America/Santiago", date(2025, 9, 7)),
    ("Africa/Casablanca", date(2025, 2, 23)),
    ("Asia/Gaza", date(2011, 8, 30)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Pacific/Kwajalein", date(1993, 8, 21)),
]
STEP = timedelta(minutes=5)
STEPS_A_DAY = 288
NIGHT, MORNING = 264, 72  # 22:00 and 06:00 in steps.


class Case(NamedTuple):
    timezone: str
    near: datetime
    hours: dict[str, Spans]
    closed: list[date]
    extra: dict[date, Spans]

    def calendar(self) -> WorkCalendar:
        return WorkCalendar(timezone=self.timezone, hours=self.hours, closed=self.closed, extra=self.extra)

    def stepper(self) -> Stepper:
        return Stepper(self.timezone, self.hours, self.closed, self.extra, STEP)


def clock(step: int) -> str:
    return f"{step // 12:02}:{step % 12 * 5:02}"


@st.composite
def days(draw: st.DrawFn) -> Spans:
    """Up to three spans from 06:00 to 22:00, at times a night; or the whole day."""
    if draw(st.integers(0, 9)) == 0:
        return [["00:00", "24:00"]]
    edges = sorted(draw(st.sets(st.integers(MORNING, NIGHT), max_size=6)))
    spans = [[clock(begin), clock(end)] for begin, end in zip(edges[::2], edges[1::2], strict=False)]
    if draw(st.booleans()):
        spans.append([clock(draw(st.integers(NIGHT, STEPS_A_DAY - 1))), clock(draw(st.integers(0, MORNING)))])
    early = draw(st.integers(0, MORNING - 1))
    if draw(st.integers(0, 4)) == 0:
        spans.append([clock(early), clock(draw(st.integers(early + 1, MORNING)))])
    return draw(st.permutations(spans))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    timezone, near = draw(st.sampled_from(ZONES))
    dates = st.integers(-12, 12).map(lambda number: near + timedelta(days=number))
    case = Case(
        timezone,
        datetime.combine(near, datetime.min.time(), UTC),
        {name: draw(days()) for name in draw(st.sets(st.sampled_from(WEEKDAYS)))},
        sorted(draw(st.sets(dates, max_size=6))),
        draw(st.dictionaries(dates, days(), max_size=4)),
    )
    try:
        case.calendar()
    except ValueError:
        assume(False)  # noqa: FBT003 - spans that overlap, or no open time
    return case


def instants(case: Case, unit: timedelta = STEP) -> st.SearchStrategy[datetime]:
    most = 8 * timedelta(days=1) // unit
    return st.integers(-most, most).map(lambda number: case.near + number * unit)


@st.composite
def pauses_of(draw: st.DrawFn, case: Case, unit: timedelta = STEP) -> Pauses:
    edges = [
        sorted(draw(st.tuples(instants(case, unit), instants(case, unit)))) for _ in range(draw(st.integers(0, 3)))
    ]
    return [(first, last) for first, last in edges]


def deadline(made: WorkCalendar, start: datetime, minutes: float, pauses: Pauses) -> datetime:
    try:
        return made.add(start, minutes, pauses)
    except OpenTimeExhaustedError:
        assume(False)  # noqa: FBT003 - a calendar of a few dates has no deadline
        raise


relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
patient = settings(relaxed, max_examples=150)


@patient
@given(st.data())
def test_between_agrees_with_the_stepper(data: st.DataObject) -> None:
    case = data.draw(cases())
    start, end = data.draw(instants(case)), data.draw(instants(case))
    pauses = data.draw(pauses_of(case))

    assert case.calendar().between(start, end, pauses) == case.stepper().between(start, end, pauses)


@patient
@given(st.data())
def test_add_agrees_with_the_stepper(data: st.DataObject) -> None:
    case = data.draw(cases())
    start, pauses = data.draw(instants(case)), data.draw(pauses_of(case))
    amount = data.draw(st.integers(1, 1000)) * STEP
    expected = case.stepper().add(start, amount, pauses, until=case.near + timedelta(days=12))
    assume(expected is not None)

    assert case.calendar().add(start, amount / timedelta(minutes=1), pauses) == expected


@relaxed
@given(st.data(), st.integers(0, 400_000))
def test_between_gives_back_what_add_was_given(data: st.DataObject, seconds: int) -> None:
    case = data.draw(cases())
    unit = timedelta(microseconds=1_000_003)
    start, pauses = data.draw(instants(case, unit)), data.draw(pauses_of(case, unit))
    made = case.calendar()

    end = deadline(made, start, seconds / 60, pauses)

    assert end >= start
    assert made.between(start, end, pauses) == timedelta(seconds=seconds)


@relaxed
@given(st.data(), st.integers(0, 5_000), st.integers(1, 5_000))
def test_adding_in_two_steps_equals_adding_once(data: st.DataObject, first: int, second: int) -> None:
    case = data.draw(cases())
    start, pauses = data.draw(instants(case)), data.draw(pauses_of(case))
    made = case.calendar()

    once = deadline(made, start, first + second, pauses)

    assert made.add(made.add(start, first, pauses), second, pauses) == once


@relaxed
@given(st.data(), st.integers(0, 5_000))
def test_a_pause_never_brings_a_deadline_forward(data: st.DataObject, minutes: int) -> None:
    case = data.draw(cases())
    start, pauses, more = data.draw(instants(case)), data.draw(pauses_of(case)), data.draw(pauses_of(case))
    made = case.calendar()

    assert deadline(made, start, minutes, pauses + more) >= made.add(start, minutes, pauses)


@relaxed
@given(st.data())
def test_open_time_of_two_neighbouring_spans_adds_up(data: st.DataObject) -> None:
    case = data.draw(cases())
    start, middle, end = sorted(data.draw(instants(case, timedelta(seconds=7))) for _ in range(3))
    made = case.calendar()

    assert made.between(start, middle) + made.between(middle, end) == made.between(start, end)


@relaxed
@given(st.data(), st.integers(0, 5_000))
def test_explanation_tiles_the_time_and_its_sum_is_the_target(data: st.DataObject, minutes: int) -> None:
    case = data.draw(cases())
    start, pauses = data.draw(instants(case)), data.draw(pauses_of(case))
    made = case.calendar()
    end = deadline(made, start, minutes, pauses)

    told = made.explain(start, minutes, pauses)

    edges = [start, *(span.ends_at for span in told.spans)]
    assert [span.begins_at for span in told.spans] == edges[:-1]
    assert edges[-1] == told.end_at == end
    assert told.counted == made.between(start, end, pauses) == timedelta(minutes=minutes)


@relaxed
@given(st.data())
def test_explanation_of_an_interval_has_the_sum_of_between(data: st.DataObject) -> None:
    case = data.draw(cases())
    start, end, pauses = data.draw(instants(case)), data.draw(instants(case)), data.draw(pauses_of(case))
    made = case.calendar()

    told = made.explain(start, end=end, pauses=pauses)

    assert told.counted == made.between(start, end, pauses)
    assert told.counted + told.skipped == max(end - start, timedelta())
