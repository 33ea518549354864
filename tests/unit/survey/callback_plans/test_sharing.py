"""Sharing out: even, in any pages, the same for the same seed."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tingjian.survey.callback_plans.sharing import shares

PEOPLE = st.lists(st.sampled_from([f"p{number}" for number in range(30)]), min_size=1, max_size=20, unique=True)
SEEDS = st.text(max_size=20)


@given(people=PEOPLE, seed=SEEDS, count=st.integers(0, 300))
def test_counts_differ_by_one_at_most(people: list[str], seed: str, count: int) -> None:
    counted = Counter(shares(0, count, people, seed))

    each = [counted[person] for person in people]
    assert max(each) - min(each) <= 1
    assert sum(each) == count


@given(people=PEOPLE, seed=SEEDS, cuts=st.lists(st.integers(0, 40), max_size=8))
def test_pages_of_any_size_give_the_same_split_as_the_whole(people: list[str], seed: str, cuts: list[int]) -> None:
    paged: list[str | None] = []
    for cut in cuts:
        paged += shares(len(paged), cut, people, seed)

    assert paged == shares(0, sum(cuts), people, seed)


@given(people=PEOPLE, seed=SEEDS, count=st.integers(0, 100))
def test_order_in_which_people_are_named_does_not_matter(people: list[str], seed: str, count: int) -> None:
    assert shares(0, count, people, seed) == shares(0, count, people[::-1], seed)


def test_another_seed_gives_another_split() -> None:
    people = ["chen", "lin", "sun"]

    assert shares(0, 60, people, "one") != shares(0, 60, people, "two")


def test_nobody_gets_anything_where_there_is_nobody() -> None:
    assert shares(5, 2, [], "seed") == [None, None]
