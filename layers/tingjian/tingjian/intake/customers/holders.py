"""Who is known by a phone or an address: often one, sometimes a family. Pure.

A holder keeps what is needed to tell people apart without reading them: a keyed hash of the name, the level, and which
of the customer's contacts it is.
"""

from collections.abc import Sequence
from typing import NamedTuple

from tingjian.intake.customers.contact_points import ContactKind, Standing
from tingjian.intake.customers.models import Resemblance
from tingjian.platform.items import Key
from tingjian.platform.models import Frozen

MOST_HOLDERS = 10
MOST_HINTS = 3
ORDER: tuple[Standing, ...] = ("verified", "first", "claimed")


class Holder(Frozen):
    """A customer who has the contact. `name` is the hash of its name, empty when nobody said one."""

    customer: str
    contact: str
    level: str
    name: str = ""
    standing: Standing = "verified"


class Lookup(NamedTuple):
    """Everybody who is known by one phone or address, in the order in which they came; version 0 before the first."""

    key: Key
    kind: ContactKind
    holders: tuple[Holder, ...] = ()
    version: int = 0

    @property
    def mark(self) -> tuple[str, str]:
        """Kind and keyed hash of the contact."""
        return self.kind, self.key.pk.rpartition("#")[2]

    def held_by(self, customer: str) -> Holder | None:
        return next((holder for holder in self.holders if holder.customer == customer), None)

    def with_holder(self, holder: Holder) -> "Lookup":
        """With this holder, in the place that its customer has; the same when there are as many as there may be."""
        if self.held_by(holder.customer):
            held = tuple(holder if known.customer == holder.customer else known for known in self.holders)
            return self._replace(holders=held)
        return self._replace(holders=(*self.holders, holder)) if len(self.holders) < MOST_HOLDERS else self

    def without_holder(self, customer: str) -> "Lookup":
        return self._replace(holders=tuple(holder for holder in self.holders if holder.customer != customer))


class Match(NamedTuple):
    """Who asks, if that is clear, and whom else the contacts hint at."""

    customer: str | None
    hints: tuple[Resemblance, ...] = ()


def match_holders(lookups: Sequence[Lookup], name: str) -> Match:
    """Whom a request's contacts belong to: the one customer who has all those that are known, and no other name.

    Contacts that contradict each other join nobody (docs/decisions/0019-who-is-who.md). Neither does a contact that
    somebody only claimed.
    """
    known = [lookup for lookup in lookups if lookup.holders]
    if not known:
        return Match(None)
    found = [customer for customer in _customers(known) if _has_all(customer, known, name)]
    # A sort keeps the order of those that are alike: then who came first is meant.
    found.sort(key=lambda customer: _best_standing(customer, known))
    if name:
        found.sort(key=lambda customer: not any(_is_named(customer, lookup, name) for lookup in known))
    if found and ORDER[_best_standing(found[0], known)] != "claimed":
        return Match(found[0])
    return Match(None, _hints(known))


def _customers(known: Sequence[Lookup]) -> list[str]:
    return list(dict.fromkeys(holder.customer for lookup in known for holder in lookup.holders))


def _has_all(customer: str, known: Sequence[Lookup], name: str) -> bool:
    held = [lookup.held_by(customer) for lookup in known]
    return all(holder and (not name or holder.name in {"", name}) for holder in held)


def _is_named(customer: str, lookup: Lookup, name: str) -> bool:
    holder = lookup.held_by(customer)
    return holder is not None and holder.name == name


def _best_standing(customer: str, known: Sequence[Lookup]) -> int:
    held = [lookup.held_by(customer) for lookup in known]
    return min(ORDER.index(holder.standing) for holder in held if holder)


def _hints(known: Sequence[Lookup]) -> tuple[Resemblance, ...]:
    """The first holders of each contact, those who are surest first."""
    sure = sorted(_customers(known), key=lambda customer: _best_standing(customer, known))
    return tuple(
        Resemblance(customer=customer, by=tuple(lookup.kind for lookup in known if lookup.held_by(customer)))
        for customer in sure[:MOST_HINTS]
    )
