"""What a department must be told when it is asked, and must tell when it is done (scope row 14). Pure."""

from pydantic import Field

from tingjian.intake.types.models import FIELD_LIMIT, FieldDefinition, TicketType
from tingjian.platform.models import Frozen, Identifier


class HandoffFormBody(Frozen):
    """The fields of a department's hand-offs, and whether each is verified before it counts as done.

    A field is required when the department is asked (`open`), when it reports the work done (`resolve`), or when a
    supervisor verifies it (`close`).
    """

    fields: tuple[FieldDefinition, ...] = Field(default=(), max_length=FIELD_LIMIT)
    verify: bool = False


class HandoffForm(HandoffFormBody):
    """The stored form of a department; version 0 before somebody wrote one."""

    department: Identifier
    version: int

    @property
    def kind(self) -> TicketType:
        """The form as what fields are checked by."""
        return TicketType(key="handoff", version=self.version, labels={}, team=self.department, fields=self.fields)


class HandoffFormList(Frozen):
    """The forms of all departments that have one."""

    items: tuple[HandoffForm, ...]
