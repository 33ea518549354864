"""Clocks as text: nothing is lost, every code has its place in a table, and old text stays readable."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tingjian.sla.clocks import BREACH, CLOCKS, Clock, Pause, Standstill, Step
from tingjian.sla.compact import CLOCK_CODES, STANDSTILL_CODES, UnknownFormatError, clocks_from_text, clocks_text

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ROWS = "default|3|always|1|mm8h21s0|f|60||80:1pq80,100:255s0;|||||r|480|wr|80:dpts0,100:h5a80|12kw0:"
"""The clocks below as the first release wrote them."""
STORED = (
    Clock(
        name="first_response",
        policy="default",
        policy_version=3,
        calendar="always",
        calendar_version=1,
        target_minutes=60,
        pauses_in=(),
        started_at=NOW,
        due_at=NOW + timedelta(minutes=60),
        steps=(Step(share=80, at=NOW + timedelta(minutes=48)), Step(share=100, at=NOW + timedelta(minutes=60))),
    ),
    Clock(
        name="resolution",
        policy="default",
        policy_version=3,
        calendar="always",
        calendar_version=1,
        target_minutes=480,
        pauses_in=("waiting", "resolved"),
        started_at=NOW,
        due_at=None,
        steps=(Step(share=80, at=NOW + timedelta(minutes=384)), Step(share=100, at=NOW + timedelta(minutes=480))),
        pauses=(Pause(start=NOW + timedelta(minutes=30)),),
    ),
)


def test_text_of_the_first_release_is_read() -> None:
    assert clocks_from_text(ROWS) == STORED


def test_text_begins_with_the_mark_of_its_format() -> None:
    assert clocks_text(STORED) == "1~" + ROWS
    assert clocks_from_text("1~" + ROWS) == STORED


def test_no_clocks_are_no_text() -> None:
    assert (clocks_text([]), clocks_from_text("")) == ("", ())


@pytest.mark.parametrize("text", ["2~" + ROWS, "10~x", "~", "{"])
def test_text_of_a_format_that_is_not_known_is_refused(text: str) -> None:
    with pytest.raises(UnknownFormatError):
        clocks_from_text(text)


def test_every_clock_and_category_has_a_code_of_its_own() -> None:
    assert (CLOCK_CODES) == {
        "first_response": "f",
        "next_response": "n",
        "resolution": "r",
        "handoff": "h",
        "feedback_answer": "b",
        "promise": "p",
    }
    assert set(CLOCK_CODES) == set(CLOCKS)
    assert STANDSTILL_CODES == {"waiting": "w", "resolved": "r"}
    assert set(STANDSTILL_CODES) == set(get_args(Standstill))


MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001 - as bounds
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)
SLUGS = st.from_regex(r"[a-z][a-z0-9_-]{0,39}", fullmatch=True)


@st.composite
def clocks(draw: st.DrawFn) -> Clock:
    """A clock of any history: steps fired or not, stood still or not, met, stopped."""
    started_at = draw(MOMENTS)
    shares = sorted({BREACH, *draw(st.lists(st.integers(1, 1000), max_size=3))})
    fired_at = st.none() | MOMENTS
    steps = tuple(Step(share=share, at=draw(MOMENTS), fired_at=draw(fired_at)) for share in shares)
    pauses = [Pause(start=draw(MOMENTS), end=draw(MOMENTS)) for _ in range(draw(st.integers(0, 3)))]
    met_at = draw(st.none() | MOMENTS)
    still = draw(st.booleans())
    if still:
        pauses.append(Pause(start=draw(MOMENTS), end=met_at))
    stands = bool(pauses) and pauses[-1].end in {None, met_at}
    return Clock(
        name=draw(st.sampled_from(CLOCKS)),
        policy=draw(SLUGS),
        policy_version=draw(st.integers(1, 10**6)),
        calendar=draw(SLUGS),
        calendar_version=draw(st.integers(1, 10**6)),
        target_minutes=draw(st.integers(0, 10**7)),
        pauses_in=tuple(draw(st.lists(st.sampled_from(get_args(Standstill)), unique=True))),
        started_at=started_at,
        due_at=None if stands else next(step.at for step in steps if step.share == BREACH),
        steps=steps,
        pauses=tuple(pauses),
        met_at=met_at,
        stopped_at=draw(st.none() | MOMENTS),
    )


@given(st.lists(clocks(), max_size=4))
def test_clocks_come_back_as_they_were(given_clocks: list[Clock]) -> None:
    text = clocks_text(given_clocks)

    assert clocks_from_text(text) == tuple(given_clocks)
    assert clocks_from_text(text.removeprefix("1~")) == tuple(given_clocks)
