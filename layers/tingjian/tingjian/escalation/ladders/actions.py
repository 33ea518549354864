from datetime import datetime

from tingjian.escalation.ladders.events import LadderAdded, LadderChanged, LadderRemoved
from tingjian.escalation.ladders.models import Ladder, LadderBody
from tingjian.escalation.ladders.storage import current_ladder, find_ladder, ladder_writes, list_ladders, load_ladder
from tingjian.intake.handoffs.requests import is_department
from tingjian.people.staff.storage import find_staff
from tingjian.platform.errors import FieldError, InvalidInputError, invalid
from tingjian.platform.events import Actor
from tingjian.platform.records import record_change
from tingjian.platform.store import Store
from tingjian.sla.policies.steps import LADDERS


def put_ladder(
    store: Store, ladder_id: str, body: LadderBody, *, expected: int | None, actor: Actor, now: datetime
) -> Ladder:
    """Add or change a ladder.

    Raises StaleError, or InvalidInputError for one that tells nobody, names somebody who is not there, or covers some
    of the same clocks as another that says just as much about them.
    """
    body.check()
    _check_people_and_departments(store, body)
    before = current_ladder(store, ladder_id)
    ladder = Ladder(**dict(body), id=ladder_id, version=(before.version if before else 0) + 1)
    _check_ties(store, ladder)
    if expected == 0 and find_ladder(store, ladder_id) is None:
        expected = None  # There may have been one before it, whose versions are counted on.
    record_change(
        store,
        entity=f"ladder#{ladder_id}",
        fact=LadderChanged if before else LadderAdded,
        writes=ladder_writes(ladder),
        version=ladder.version,
        expected=expected,
        data={"shares": ladder.scale.shares, "active": ladder.active},
        actor=actor,
        now=now,
    )
    store.forget(LADDERS)
    return ladder


def remove_ladder(store: Store, ladder_id: str, *, expected: int | None, actor: Actor, now: datetime) -> None:
    """Delete a ladder; clocks follow the next one that covers them, or the built-in one. Raises LadderNotFoundError."""
    store.forget(LADDERS)
    before = load_ladder(store, ladder_id)
    after = before.model_copy(update={"version": before.version + 1, "active": False})
    record_change(
        store,
        entity=f"ladder#{ladder_id}",
        fact=LadderRemoved,
        writes=ladder_writes(after, deleted=True),
        version=after.version,
        expected=expected,
        data={},
        actor=actor,
        now=now,
    )
    store.forget(LADDERS)


def _check_people_and_departments(store: Store, body: LadderBody) -> None:
    """Raise InvalidInputError that names every person and department that is not there."""
    wrong = []
    for place, rung in enumerate(body.rungs):
        for number, name in enumerate(rung.people):
            person = find_staff(store, name, fits=lambda person: person.active)
            if person is None or not person.active:
                wrong.append(FieldError(f"rungs.{place}.people.{number}", "unknown", value=name))
        if rung.task and not is_department(store, rung.task.department):
            wrong.append(FieldError(f"rungs.{place}.task.department", "unknown", value=rung.task.department))
    if wrong:
        raise InvalidInputError(wrong)


def _check_ties(store: Store, ladder: Ladder) -> None:
    store.renew(LADDERS)  # A ladder that another process saved just now may be the one that ties.
    for other in list_ladders(store):
        if other.id == ladder.id or not (other.active and ladder.active):
            continue
        if other.reach.specificity == ladder.reach.specificity and other.reach.overlaps(ladder.reach):
            raise invalid("reach", "ladder_tie", ladder=other.name)
