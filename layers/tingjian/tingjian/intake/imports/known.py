"""What the centre knows that a file may name: people, teams and types, found by any of their names. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tingjian.intake.types.models import TicketType
from tingjian.people.staff.models import Staff, Team
from tingjian.platform.folding import folded

IMPORTED_ID = re.compile(r"[0-9a-f]{20}")


def matched_form(text: str) -> str:
    """The form in which names are compared: width, case, spaces and invisible signs do not count."""
    return folded(text).casefold()


@dataclass(frozen=True, slots=True)
class Known:
    """Ids by matched form. `teams` and `types` are None where nothing is known, and then any key will do.

    `working` are the people who can be given work, by team.
    """

    people: Mapping[str, str] = field(default_factory=dict)
    teams: Mapping[str, str] | None = None
    types: Mapping[str, str] | None = None
    kinds: Mapping[str, TicketType] = field(default_factory=dict)
    working: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def person(self, name: str) -> str | None:
        """The member of staff with this name, address or number; None where nobody or more than one has it."""
        return self.people.get(matched_form(name))

    def can_own(self, person: str, team: str) -> bool:
        return person in self.working.get(team, ())


def known_of(staff: Iterable[Staff], teams: Iterable[Team], types: Iterable[TicketType]) -> Known:
    """What these are known by. Former colleagues whom another import has added are left out."""
    people: dict[str, set[str]] = {}
    working: dict[str, set[str]] = {}
    active = {team.id for team in teams if team.active and team.kind == "team"}
    for person in staff:
        if was_imported(person):
            continue
        for name in {matched_form(name) for name in (person.id, person.name, person.email) if name}:
            people.setdefault(name, set()).add(person.id)
        for team in active & set(person.teams) if person.active else ():
            working.setdefault(team, set()).add(person.id)
    return Known(
        people={name: next(iter(ids)) for name, ids in people.items() if len(ids) == 1},
        teams={matched_form(name): team.id for team in teams if team.id in active for name in (team.id, team.name)},
        types={
            matched_form(name): kind.key for kind in types if kind.active for name in (kind.key, *kind.labels.values())
        },
        kinds={kind.key: kind for kind in types},
        working={team: frozenset(ids) for team, ids in working.items()},
    )


def was_imported(person: Staff) -> bool:
    """Whether an import added this person: inactive, without a way to sign in, with an id made of a name."""
    return not (person.active or person.email or person.subject) and IMPORTED_ID.fullmatch(person.id) is not None
