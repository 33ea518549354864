"""Lists as their readers see them."""

from tingjian.people.staff.storage import find_staff
from tingjian.platform import texts
from tingjian.platform.store import Store
from tingjian.platform.texts import Language
from tingjian.survey.callback_plans.call_lists import CallList, CallListView


def list_view(store: Store, listed: CallList, language: Language) -> CallListView:
    """A list with the name of who made it, and why it failed in the reader's language."""
    person = find_staff(store, listed.by)
    shared = {name: getattr(listed, name) for name in CallListView.model_fields if hasattr(listed, name)}
    failed = listed.failure
    reason = texts.text(f"field.{failed}", language, **listed.failure_parameters) if failed else None
    return CallListView(**shared, by_name=person.name if person else None, reason=reason, reason_code=failed)
