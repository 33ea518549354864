"""Sharing callbacks out: evenly, by a seed, in pages of any size; and giving on what somebody leaves behind. Pure."""

from collections.abc import Sequence

from tingjian.platform.ids import fingerprint


def person_at(position: int, people: Sequence[str], seed: str) -> str:
    """Whose the callback at this position is, counted from 0; the order in which people are given does not matter.

    Each block of as many positions as there are people holds everybody once, in an order drawn from the seed. So the
    counts of any first so many positions differ by one at most, and a page can be shared out without the others.
    """
    block, place = divmod(position, len(people))
    return _drawn(people, f"{seed}/{block}")[place]


def shares(first: int, count: int, people: Sequence[str], seed: str) -> list[str | None]:
    """Whose the callbacks at the positions from `first` on are; nobody's where there are no people."""
    if not people:
        return [None] * count
    return [person_at(position, people, seed) for position in range(first, first + count)]


def _drawn(people: Sequence[str], seed: str) -> list[str]:
    return sorted(set(people), key=lambda person: fingerprint("share", seed, person))
