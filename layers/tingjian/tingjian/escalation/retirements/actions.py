"""Retiring: what points at a thing goes to its successor first, then the thing is switched off, then its tickets move.

In this order nothing ever points at something that is off, and whoever asks again after a crash goes on.
"""

from collections.abc import Sequence
from datetime import datetime

from tingjian.escalation.ladders.storage import list_ladders
from tingjian.escalation.retirements.models import Retirement, RetirementKind, RetirementView, Uses
from tingjian.escalation.retirements.moving import advance_retirement
from tingjian.escalation.retirements.storage import find_retirement, open_numbers, retirement_write
from tingjian.intake.handoffs.storage import list_handoffs
from tingjian.intake.tickets.storage import row_from_item
from tingjian.intake.types.actions import put_type
from tingjian.intake.types.models import TypeBody
from tingjian.intake.types.storage import COLLECTION, list_types, require_type
from tingjian.people.staff.actions import put_staff, put_team
from tingjian.people.staff.destinations import require_open_team
from tingjian.people.staff.models import Staff, StaffBody, Team, TeamBody
from tingjian.people.staff.ranks import require_editable
from tingjian.people.staff.rights import EDIT_STAFF
from tingjian.people.staff.storage import STAFF, TEAMS, current_staff, current_team, find_staff, list_teams
from tingjian.people.staff.uses import StillUsedError
from tingjian.platform.errors import NotFoundError, invalid
from tingjian.platform.events import Actor
from tingjian.platform.places import ACTIVE
from tingjian.platform.rights import Caller
from tingjian.platform.store import Store, Write
from tingjian.sla.policies.storage import list_policies

AT_ONCE = 100
COUNTED = 1000
PAGE = 250


class RetiredNotFoundError(NotFoundError):
    """There is no such team, person or type."""

    code = "nothing_to_retire"


def uses_of(store: Store, kind: RetirementKind, subject: str) -> Uses:
    """What points at it; the ids and names are those that readers know. Few calls: what is open is counted to 1,000."""
    store.renew(TEAMS, STAFF, COLLECTION)
    tickets, more = _count(store, kind, subject)
    types = [one.key for one in list_types(store) if kind == "team" and one.team == subject and one.active]
    posts = [team.name for team in list_teams(store) if kind == "person" and subject in {team.lead, team.manager}]
    handoffs: Sequence[object] = ()
    if kind == "team":
        handoffs, _ = list_handoffs(store, [subject], finished=False, limit=100, after=None)
    policies = [
        one.name
        for one in list_policies(store)
        if subject in {"team": one.match.teams, "type": one.match.types}.get(kind, ())
    ]
    ladders = [
        one.name
        for one in list_ladders(store)
        if subject in {"team": one.reach.teams, "type": one.reach.types}.get(kind, ())
        or (kind == "person" and any(subject in rung.people for rung in one.rungs))
    ]
    return Uses(
        tickets=tickets,
        more=more,
        handoffs=len(handoffs),
        types=tuple(types),
        posts=tuple(posts),
        policies=tuple(policies),
        ladders=tuple(ladders),
    )


def retire_team(store: Store, team_id: str, to: str | None, *, actor: Actor, now: datetime) -> RetirementView:
    """Switch a team off; its types, its tickets and what comes later go to another.

    Raises InvalidInputError without one that takes tickets while something points at it, and for a department
    StillUsedError while hand-offs to it are open.
    """
    team = current_team(store, team_id)
    if team is None:
        raise RetiredNotFoundError
    uses = uses_of(store, "team", team_id)
    if team.kind == "department" and uses.handoffs:
        raise StillUsedError(members={"handoffs": uses.handoffs})
    if to is None and (uses.tickets or uses.types):
        raise invalid("to", "missing")
    if to is not None and team.kind == "team" and (to == team_id or require_open_team(store, to, field="to") is None):
        raise invalid("to", "unknown", value=to)
    for kind in list_types(store) if to else ():
        if kind.team == team_id:
            body = TypeBody.model_validate(kind.model_dump(include=set(TypeBody.model_fields)) | {"team": to})
            put_type(store, kind.key, body, expected=kind.version, actor=actor, now=now)

    def switch_off(beside: Sequence[Write]) -> Team:
        body = TeamBody.model_validate(team.model_dump(include=set(TeamBody.model_fields)) | {"active": False})
        return put_team(store, team_id, body, expected=team.version, actor=actor, now=now, successor=to, beside=beside)

    return _retire(store, "team", team_id, to, uses, switch_off if team.active else None, actor=actor, now=now)


def retire_person(
    store: Store, staff_id: str, to: str | None, *, actor: Actor, now: datetime, editor: Caller | None = None
) -> RetirementView:
    """Switch a person off; posts and tickets go to somebody else, or to nobody and into the queues.

    Raises AccessDeniedError for an `editor` who may not edit the person.
    """
    person = current_staff(store, staff_id)
    if person is None:
        raise RetiredNotFoundError
    if editor:
        require_editable(editor, person, staff_id, person, right=EDIT_STAFF.name)
    heir = find_staff(store, to, fits=lambda one: one.active) if to else None
    if to is not None and (heir is None or to == staff_id):
        raise invalid("to", "unknown", value=to)
    if heir and not heir.active:
        raise invalid("to", "works_elsewhere", name=heir.name)
    uses = uses_of(store, "person", staff_id)
    for team in list_teams(store):
        posts = {name: to for name in ("lead", "manager") if getattr(team, name) == staff_id}
        if posts:
            body = TeamBody.model_validate(team.model_dump(include=set(TeamBody.model_fields)) | posts)
            put_team(store, team.id, body, expected=team.version, actor=actor, now=now)

    def switch_off(beside: Sequence[Write]) -> Staff:
        body = StaffBody.model_validate(person.model_dump(include=set(StaffBody.model_fields)) | {"active": False})
        return put_staff(store, staff_id, body, expected=person.version, actor=actor, now=now, beside=beside)

    return _retire(store, "person", staff_id, to, uses, switch_off if person.active else None, actor=actor, now=now)


def retire_type(store: Store, key: str, to: str | None, *, actor: Actor, now: datetime) -> RetirementView:
    """Switch a type off; its open tickets go on by it, or become those of another with the fields that this one has."""
    kind = require_type(store, key)
    if to is not None and (to == key or not require_type(store, to).active):
        raise invalid("to", "unknown", value=to)
    uses = uses_of(store, "type", key)

    def switch_off(beside: Sequence[Write]) -> object:
        body = TypeBody.model_validate(kind.model_dump(include=set(TypeBody.model_fields)) | {"active": False})
        return put_type(store, key, body, expected=kind.version, actor=actor, now=now, beside=beside)

    return _retire(store, "type", key, to, uses, switch_off if kind.active else None, actor=actor, now=now)


def _retire(  # noqa: PLR0917 - what a retirement is made of
    store: Store,
    kind: RetirementKind,
    subject: str,
    to: str | None,
    uses: Uses,
    switch_off: object,
    *,
    actor: Actor,
    now: datetime,
) -> RetirementView:
    before = find_retirement(store, f"{kind}.{subject}")
    version = (before.version if before else 0) + 1
    retirement = Retirement(kind=kind, subject=subject, to=to, version=version, by=str(actor), asked_at=now)
    stored = retirement_write(retirement, now)
    if callable(switch_off):
        switch_off([stored])
    else:
        store.transact([stored])
    after = advance_retirement(store, retirement, limit=AT_ONCE, now=now)
    state = "done" if after.finished_at else "running"
    return RetirementView(kind=kind, subject=subject, to=to, state=state, moved=after.moved, uses=uses)


def _count(store: Store, kind: RetirementKind, subject: str) -> tuple[int, bool]:
    if kind != "type":
        index, place = "queue" if kind == "team" else "owner", (subject, None)
        found = 0
        at: tuple[str, str | None] | None = place
        while at is not None and found < COUNTED:
            numbers, at = open_numbers(store, index, [subject], at, PAGE)
            found += len(numbers)
        return found, at is not None
    found = 0
    for team in list_teams(store):
        page = store.query(team.id, index="queue", prefix=ACTIVE, where={"type": subject}, limit=COUNTED)
        found += sum(row_from_item(item).type == subject for item in page.items if item["sk"] == "ticket")
    return min(found, COUNTED), found > COUNTED
