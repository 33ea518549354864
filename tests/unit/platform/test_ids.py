"""Identifiers: speakable numbers whose check digit catches slips, and derived ones that no other parts run into."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tingjian.platform.errors import InvalidInputError
from tingjian.platform.ids import derived_id, fingerprint, is_number, number_from, random_id, slug, spoken_number

seeds = st.text(max_size=40)


@given(seeds)
def test_number_has_twelve_digits_and_a_check_digit_that_holds(seed: str) -> None:
    number = number_from(seed)

    assert is_number(number)
    assert number[0] != "0"
    assert number_from(seed) == number


@given(seeds, st.integers(0, 11), st.integers(1, 9))
def test_number_with_one_digit_misheard_is_none(seed: str, place: int, change: int) -> None:
    number = number_from(seed)
    wrong = str((int(number[place]) + change) % 10)

    assert not is_number(number[:place] + wrong + number[place + 1 :])


@given(seeds, st.integers(0, 10))
def test_number_with_two_neighbours_swapped_is_none_but_for_nine_and_nought(seed: str, place: int) -> None:
    number = number_from(seed)
    one, other = number[place], number[place + 1]

    swapped = number[:place] + other + one + number[place + 2 :]

    assert is_number(swapped) is (one == other or {one, other} == {"0", "9"})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "12345678901",
        "1234567890123",
        "\uff14\uff18\uff12\uff17\uff13\uff19\uff15\uff11\uff10\uff16\uff16\uff14",
        "48273951066x",
        "-" * 12,
    ],
)
def test_text_that_is_no_number_is_none(text: str) -> None:
    assert not is_number(text)


def test_number_is_said_in_groups_of_four() -> None:
    assert spoken_number("482739510664") == "4827-3951-0664"


def test_numbers_of_many_seeds_differ() -> None:
    assert len({number_from(str(seed)) for seed in range(20_000)}) == 20_000


@given(st.lists(st.text(max_size=6), max_size=5), st.lists(st.text(max_size=6), max_size=5))
def test_different_parts_never_run_into_one(some: list[str], others: list[str]) -> None:
    assert (fingerprint(*some) == fingerprint(*others)) is (some == others)


def test_parts_are_not_glued_together() -> None:
    cut = [(("ab", "c"), ("a", "bc")), (("abc",), ("a", "b", "c")), (("", "a"), ("a", "")), ((), ("",))]

    assert [one for one, other in cut if derived_id(*one) == derived_id(*other)] == []


def test_random_ids_are_long_plain_and_never_the_same() -> None:
    ids = [random_id() for _ in range(1000)]

    assert len(set(ids)) == 1000
    assert {len(identifier) for identifier in ids} == {20}
    assert not set(itertools.chain.from_iterable(ids)) & set("01loO-_")


@pytest.mark.parametrize("text", ["a", "a" * 40, "late_order", "t-1"])
def test_slug_stays_as_it_is(text: str) -> None:
    assert slug(text, "key") == text


@pytest.mark.parametrize("text", ["", "A", "1a", "a" * 41, "a b", "a/b", "a#b", "ä", "a\n"])
def test_slug_that_is_none_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        slug(text, "key")

    assert caught.value.errors[0].field == "key"
