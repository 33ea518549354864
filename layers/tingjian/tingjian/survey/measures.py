"""What surveys measure, each with the range that its number of answers allows: shares, NPS, CSAT. Pure.

A share has Wilson's score interval (1927). NPS has the adjusted Wald interval of three imagined answers (Rocks 2016):
three quarters of one promoting, as much detracting, the rest passive. Both hold their confidence where few answered.
"""

from collections.abc import Iterable
from math import sqrt
from statistics import NormalDist
from typing import Literal, NamedTuple

NpsGroup = Literal["promoter", "passive", "detractor"]

LOWEST_SCORE, HIGHEST_SCORE = 1, 5
LOWEST_NPS, HIGHEST_NPS = 0, 10
PROMOTER_FROM, PASSIVE_FROM = 9, 7
IMAGINED, IMAGINED_AT_EACH_END = 3, 0.75


class Interval(NamedTuple):
    """Between which shares the true one lies, from 0 to 1."""

    low: float
    high: float


class Nps(NamedTuple):
    """The Net Promoter Score, in points from -100 to 100, and between which the true one lies."""

    score: float
    low: float
    high: float


class Share(NamedTuple):
    """How many of `n` were satisfied (K4), the share from 0 to 1, and between which the true one lies."""

    satisfied: int
    n: int
    share: float
    low: float
    high: float


def wilson(successes: int, n: int, confidence: float = 0.95) -> Interval | None:
    """Wilson's interval of a share; None where nobody was counted. Raises ValueError for counts that cannot be."""
    _require_counts(successes=successes, n=n)
    if successes > n:
        message = f"{successes} successes of {n}"
        raise ValueError(message)
    z = _quantile(confidence)
    if n == 0:
        return None
    share, weight = successes / n, z * z / n
    centre = (share + weight / 2) / (1 + weight)
    reach = z * sqrt(share * (1 - share) / n + weight / (4 * n)) / (1 + weight)
    # Centre and reach are equal at an end, but not to the last digit.
    low = 0.0 if successes == 0 else max(centre - reach, 0.0)
    high = 1.0 if successes == n else min(centre + reach, 1.0)
    return Interval(low, high)


def nps(promoters: int, passives: int, detractors: int, confidence: float = 0.95) -> Nps | None:
    """The Net Promoter Score; None where nobody answered. Raises ValueError for counts that cannot be.

    The interval lies about the adjusted centre, not about the score, and ends at -100 and 100.
    """
    _require_counts(promoters=promoters, passives=passives, detractors=detractors)
    z, n = _quantile(confidence), promoters + passives + detractors
    if n == 0:
        return None
    adjusted = n + IMAGINED
    promoting = (promoters + IMAGINED_AT_EACH_END) / adjusted
    detracting = (detractors + IMAGINED_AT_EACH_END) / adjusted
    centre = promoting - detracting
    reach = z * sqrt((promoting + detracting - centre * centre) / adjusted)
    return Nps(
        score=100 * (promoters - detractors) / n,
        low=max(100 * (centre - reach), -100.0),
        high=min(100 * (centre + reach), 100.0),
    )


def nps_group(score: int) -> NpsGroup:
    """Whom a score from 0 to 10 makes of the customer. Raises ValueError for what is no such whole number."""
    _require_whole(score, LOWEST_NPS, HIGHEST_NPS)
    if score >= PROMOTER_FROM:
        return "promoter"
    return "passive" if score >= PASSIVE_FROM else "detractor"


def csat(scores: Iterable[int], satisfied_from: int = 4) -> Share | None:
    """The share of satisfied scores from 1 to 5; None where nobody answered.

    Raises ValueError for what is no such whole number.
    """
    given = list(scores)
    for score in (*given, satisfied_from):
        _require_whole(score, LOWEST_SCORE, HIGHEST_SCORE)
    satisfied = sum(score >= satisfied_from for score in given)
    interval = wilson(satisfied, len(given))
    return Share(satisfied, len(given), satisfied / len(given), *interval) if interval else None


def _quantile(confidence: float) -> float:
    """How many standard deviations to each side hold this share of a normal distribution."""
    if not 0 < confidence < 1:
        message = f"{confidence} is no confidence between 0 and 1"
        raise ValueError(message)
    # The tail keeps the digits that a confidence close to 1 has lost.
    return -NormalDist().inv_cdf((1 - confidence) / 2)


def _require_counts(**counts: int) -> None:
    for name, count in counts.items():
        if type(count) is not int or count < 0:
            message = f"{name} is no count"
            raise ValueError(message)


def _require_whole(score: int, lowest: int, highest: int) -> None:
    if type(score) is not int or not lowest <= score <= highest:
        message = f"{score!r} is no whole number from {lowest} to {highest}"
        raise ValueError(message)
