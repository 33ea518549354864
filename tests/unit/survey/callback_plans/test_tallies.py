"""Counts that follow the callbacks."""

from hypothesis import given
from hypothesis import strategies as st

from tingjian.survey.callback_plans.tallies import STATES, Counts, Tally

PLACES = st.tuples(st.sampled_from([None, "chen", "lin"]), st.sampled_from(STATES))


@given(moves=st.lists(st.tuples(st.integers(0, 9), PLACES), max_size=60))
def test_counts_are_those_of_where_each_callback_stands(moves: list[tuple[int, tuple[str | None, str]]]) -> None:
    tally, standing = Tally(), dict[int, tuple[str | None, str]]()
    for number, place in moves:
        tally = tally.with_move(standing.get(number), place)  # type: ignore[arg-type]
        standing[number] = place

    assert tally.counts.total == len(standing)
    for state in STATES:
        assert getattr(tally.counts, state) == sum(place[1] == state for place in standing.values())
    assert sum((counts.total for counts in tally.people.values()), 0) == len(standing)
    assert all(counts != Counts() for counts in tally.people.values())
