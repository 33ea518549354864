"""Edits with their reasons. Pure."""

from tingjian.intake.customers.edits import EditCustomer
from tingjian.intake.reveals.models import AccessReason
from tingjian.platform.models import Frozen, Line


class EditBody(EditCustomer):
    """What to change, and why: a reason of the list, and the words that make it plain."""

    reason: AccessReason
    text: Line

    @property
    def changes(self) -> EditCustomer:
        """The changes without the reason."""
        given = {name: getattr(self, name) for name in self.model_fields_set if name not in {"reason", "text"}}
        return EditCustomer.model_validate(given)


class RestoreBody(Frozen):
    """Why a lost contact is put back."""

    reason: AccessReason
    text: Line
