"""Forms of departments: one small collection, cached for seconds."""

from collections.abc import Callable

from tingjian.intake.handoff_forms.models import HandoffForm
from tingjian.platform.items import Item
from tingjian.platform.store import Store, Write

COLLECTION = "handoff-forms"


def list_forms(store: Store) -> list[HandoffForm]:
    """All forms, at most 15 seconds old."""
    return store.members(COLLECTION, form_from_item)


def find_form(store: Store, department: str, *, fits: Callable[[HandoffForm], bool] | None = None) -> HandoffForm:
    """The form of a department; an empty one where there is none. One that does not fit is read again."""
    # Most departments have no form. The copy is asked by itself, so that its silence costs no read.
    known = next((form for form in list_forms(store) if form.department == department), None)
    if known is not None and (fits is None or fits(known)):
        return known
    if known is None and fits is None:
        return HandoffForm(department=department, version=0)
    return current_form(store, department) or HandoffForm(department=department, version=0)


def current_form(store: Store, department: str) -> HandoffForm | None:
    """The form as it is now, for an edit."""
    return store.current_member(COLLECTION, department, form_from_item)


def form_write(form: HandoffForm) -> Write:
    item = {"pk": COLLECTION, "sk": form.department} | form.model_dump(exclude={"department"})
    return Write("desk", item, expect=form.version - 1)


def form_from_item(item: Item) -> HandoffForm:
    fields = {name: value for name, value in item.items() if name not in {"pk", "sk"}}
    return HandoffForm.model_validate(fields | {"department": item["sk"]})
