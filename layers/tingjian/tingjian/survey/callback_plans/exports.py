"""An export: the callbacks of a plan as a file, phones masked unless somebody may see them and says why. Pure."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from tingjian.intake.reveals.models import AccessReason
from tingjian.platform.errors import ConflictError, NotFoundError
from tingjian.platform.models import Frozen, Line

ExportForm = Literal["csv", "xlsx"]
ExportState = Literal["queued", "made"]
COLUMNS = (
    "number", "name", "phone", "email", "order", "note", "person", "state", "calls", "result", "opened_at", "due_at",
    "done_at", "customer", "callback",
)  # fmt: skip


class ExportNotFoundError(NotFoundError):
    """There is no export with this id in the plan."""

    code = "callback_export_not_found"


class ExportNotMadeError(ConflictError):
    """The file is not there yet."""

    code = "callback_export_not_made"


class ExportBody(Frozen):
    """Which file. Full phones and addresses need the right to reveal them, a reason of the list and words."""

    form: ExportForm = "xlsx"
    contacts: Literal["masked", "full"] = "masked"
    reason: AccessReason | None = None
    text: Line | None = None


class Export(Frozen):
    """A stored export. `cursor` is where its next page begins, `parts` how many pages are stored."""

    id: str
    version: int
    hash: str = Field(default="", exclude=True)
    plan: str
    form: ExportForm
    full: bool
    reason: AccessReason | None = None
    text: str | None = None
    state: ExportState = "queued"
    language: str = "zh-CN"
    by: str
    asked_at: datetime
    made_at: datetime | None = None
    rows: int = 0
    parts: int = 0
    cursor: str | None = None
    gathered: bool = False

    @property
    def entity(self) -> str:
        return f"callback-export#{self.id}"

    def facts(self) -> dict[str, object]:
        return {
            "plan": self.plan,
            "form": self.form,
            "full": self.full,
            "reason": self.reason,
            "state": self.state,
            "rows": self.rows,
        }

    def next(self, **update: object) -> "Export":
        return self.model_copy(update={**update, "version": self.version + 1})


class ExportView(Frozen):
    """An export and whether its file is there."""

    id: str
    plan: str
    form: ExportForm
    full: bool
    state: ExportState
    by: str
    by_name: str | None = None
    asked_at: datetime
    made_at: datetime | None = None
    rows: int

    @property
    def location(self) -> str:
        return f"/v1/callback-plans/{self.plan}/exports/{self.id}"
