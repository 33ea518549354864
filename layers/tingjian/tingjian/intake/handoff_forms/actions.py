from datetime import datetime

from tingjian.intake.handoff_forms.events import HandoffFormAdded, HandoffFormChanged
from tingjian.intake.handoff_forms.models import HandoffForm, HandoffFormBody
from tingjian.intake.handoff_forms.storage import COLLECTION, current_form, form_write
from tingjian.people.staff.storage import find_team
from tingjian.platform.errors import FieldError, InvalidInputError, invalid
from tingjian.platform.events import Actor
from tingjian.platform.records import record_change
from tingjian.platform.store import Store


def put_form(
    store: Store, department: str, body: HandoffFormBody, *, expected: int | None, actor: Actor, now: datetime
) -> HandoffForm:
    """Add or change the form of a department. Raises StaleError, InvalidInputError for what is no department."""
    team = find_team(store, department, fits=lambda team: team.kind == "department")
    if team is None or team.kind != "department":
        raise invalid("department", "unknown", value=department)
    keys = [field.key for field in body.fields]
    wrong = [FieldError(f"fields.{n}.key", "duplicate") for n, key in enumerate(keys) if key in keys[:n]]
    wrong += [
        FieldError(f"fields.{n}.choices", "missing")
        for n, field in enumerate(body.fields)
        if field.kind == "choice" and not field.choices
    ]
    if wrong:
        raise InvalidInputError(wrong)
    before = current_form(store, department)
    form = HandoffForm(**body.model_dump(), department=department, version=(before.version if before else 0) + 1)
    record_change(
        store,
        entity=f"handoff-form#{department}",
        fact=HandoffFormChanged if before else HandoffFormAdded,
        writes=[form_write(form)],
        version=form.version,
        expected=expected,
        data={"department": department, "fields": keys, "verify": body.verify},
        actor=actor,
        now=now,
    )
    store.forget(COLLECTION)
    return form
