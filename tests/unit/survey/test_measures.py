"""What surveys measure, against published values and against the definitions themselves."""

from fractions import Fraction
from math import isclose, nextafter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tingjian.survey.measures import csat, nps, nps_group, wilson

Z95 = 1.959963984540054
COUNTS = st.integers(0, 10_000)


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        # Newcombe 1998, Statistics in Medicine 17, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_what_newcombe_published(successes: int, n: int, low: float, high: float) -> None:
    found = wilson(successes, n)

    assert found is not None
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_nothing_asked_is_no_data() -> None:
    assert wilson(0, 0) is None
    assert nps(0, 0, 0) is None
    assert csat([]) is None


@given(st.integers(1, 1_000_000))
def test_wilson_is_exact_at_the_ends(n: int) -> None:
    none, every = wilson(0, n), wilson(n, n)

    assert none is not None
    assert every is not None
    assert none.low == 0
    assert every.high == 1
    assert 0 < none.high < 1
    assert isclose(every.low, 1 - none.high, abs_tol=1e-12)


@given(st.integers(1, 5_000), st.data())
def test_ends_of_wilson_are_where_the_score_test_just_rejects(n: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(1, n))
    found = wilson(successes, n)

    assert found is not None
    assert 0 <= found.low <= successes / n <= found.high <= 1
    deviation = (successes / n - found.low) / (found.low * (1 - found.low) / n) ** 0.5
    assert isclose(deviation, Z95, rel_tol=1e-6)


@given(COUNTS, COUNTS, COUNTS)
def test_nps_lies_about_the_adjusted_centre(promoters: int, passives: int, detractors: int) -> None:
    found = nps(promoters, passives, detractors)
    n = promoters + passives + detractors
    if n == 0:
        assert found is None
        return
    assert found is not None
    assert isclose(found.score, float(Fraction(100 * (promoters - detractors), n)), abs_tol=1e-9)
    up, down = (Fraction(count) + Fraction(3, 4) for count in (promoters, detractors))
    centre = (up - down) / (n + 3)
    variance = ((up + down) / (n + 3) - centre**2) / (n + 3)
    reach = Z95 * float(variance) ** 0.5
    assert isclose(found.low, max(100 * (float(centre) - reach), -100), abs_tol=1e-7)
    assert isclose(found.high, min(100 * (float(centre) + reach), 100), abs_tol=1e-7)


@given(COUNTS, COUNTS, COUNTS)
def test_nps_turns_round_with_the_answers(promoters: int, passives: int, detractors: int) -> None:
    found, turned = nps(promoters, passives, detractors), nps(detractors, passives, promoters)

    assert (found is None) == (turned is None)
    if found and turned:
        assert (found.score, found.low) == (-turned.score, -turned.high)


def test_few_answers_of_one_kind_leave_the_score_open() -> None:
    one = nps(1, 0, 0)

    assert one is not None
    assert one.score == 100
    assert one.low < 0 < one.high < 100


@given(st.floats(0.5, 0.98), st.integers(1, 500), st.data())
def test_more_confidence_is_a_wider_range(confidence: float, n: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(1, n))
    narrow, wide = wilson(successes, n, confidence), wilson(successes, n, confidence + 0.015)

    assert narrow is not None
    assert wide is not None
    assert wide.low < narrow.low
    assert wide.high >= narrow.high


def test_scores_fall_into_three_groups() -> None:
    groups = [nps_group(score) for score in range(11)]

    assert groups == ["detractor"] * 7 + ["passive"] * 2 + ["promoter"] * 2


@pytest.mark.parametrize("score", [-1, 11, 9.5, 9.0, True, "9", None, float("nan")])
def test_what_is_no_score_has_no_group(score: int) -> None:
    with pytest.raises(ValueError, match="whole number"):
        nps_group(score)


def test_csat_counts_four_and_five() -> None:
    found, range_of_it = csat([5, 4, 3, 2, 1]), wilson(2, 5)

    assert found is not None
    assert range_of_it is not None
    assert found == (2, 5, 0.4, *range_of_it)
    assert csat(iter([3]), satisfied_from=3) == (1, 1, 1.0, *(wilson(1, 1) or ()))


@pytest.mark.parametrize("scores", [[6], [0], [4.5], [True], [5, None]])
def test_csat_refuses_what_is_no_score(scores: list[int]) -> None:
    with pytest.raises(ValueError, match="whole number"):
        csat(scores)


@pytest.mark.parametrize(("successes", "n"), [(2, 1), (-1, 3), (0, -1), (1.0, 3), (True, 3)])
def test_counts_that_cannot_be_are_refused(successes: int, n: int) -> None:
    with pytest.raises(ValueError, match=r"successes|count"):
        wilson(successes, n)


@pytest.mark.parametrize("confidence", [0, 1, -0.5, 95, float("nan")])
def test_confidence_lies_between_nothing_and_everything(confidence: float) -> None:
    for ask in (lambda: wilson(1, 2, confidence), lambda: nps(1, 0, 1, confidence)):
        with pytest.raises(ValueError, match="confidence"):
            ask()


def test_confidence_may_come_close_to_everything() -> None:
    found = wilson(1, 2, nextafter(1, 0))

    assert found is not None
    assert 0 <= found.low < found.high <= 1
