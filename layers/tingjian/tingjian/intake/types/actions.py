from collections.abc import Sequence
from datetime import datetime

from tingjian.intake.types.events import TicketTypeAdded, TicketTypeChanged
from tingjian.intake.types.models import TicketType, TypeBody
from tingjian.intake.types.storage import COLLECTION, current_type, type_write
from tingjian.people.staff.destinations import require_open_team
from tingjian.people.staff.storage import find_team
from tingjian.platform.errors import FieldError, InvalidInputError, invalid
from tingjian.platform.events import Actor
from tingjian.platform.records import record_change
from tingjian.platform.store import Store, Write


def put_type(
    store: Store,
    key: str,
    body: TypeBody,
    *,
    expected: int | None,
    actor: Actor,
    now: datetime,
    beside: Sequence[Write] = (),
) -> TicketType:
    """Add or change a type. Raises StaleError, or InvalidInputError for an unknown team or fields that clash."""
    if body.active:
        require_open_team(store, body.team)
    elif find_team(store, body.team) is None:
        raise invalid("team", "unknown", value=body.team)
    keys = [field.key for field in body.fields]
    wrong = [FieldError(f"fields.{n}.key", "duplicate") for n, name in enumerate(keys) if name in keys[:n]]
    wrong += [
        FieldError(f"fields.{n}.choices", "missing")
        for n, field in enumerate(body.fields)
        if field.kind == "choice" and not field.choices
    ]
    if wrong:
        raise InvalidInputError(wrong)
    before = current_type(store, key)
    kind = TicketType(**body.model_dump(), key=key, version=(before.version if before else 0) + 1)
    record_change(
        store,
        entity=f"type#{key}",
        fact=TicketTypeChanged if before else TicketTypeAdded,
        writes=[type_write(kind), *beside],
        version=kind.version,
        expected=expected,
        data={"team": body.team, "active": body.active, "fields": keys},
        actor=actor,
        now=now,
    )
    store.forget(COLLECTION)
    return kind
