"""A list of people to be called, imported as a file; how far it was worked off, and how it is shown. Pure."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from tingjian.intake.attachments.models import UploadSlot
from tingjian.platform.errors import ConflictError, NotFoundError
from tingjian.platform.models import Frozen, Line
from tingjian.survey.callback_plans.columns import ListColumns
from tingjian.survey.callback_plans.rows import is_area_code
from tingjian.survey.callback_plans.sheets import LARGEST_BYTES

ListState = Literal["created", "making", "done", "failed", "cancelled"]


class ListNotFoundError(NotFoundError):
    """There is no list with this id in the plan."""

    code = "call_list_not_found"


class ListStateError(ConflictError):
    """The list is being worked off, or is done."""

    code = "call_list_state"


class ListNotDoneError(ConflictError):
    """The refused rows are known when the list is worked off."""

    code = "call_list_not_done"


class ListBody(Frozen):
    """A file that is to be uploaded. `area_code` stands before landlines that have none."""

    name: Line
    size_bytes: int = Field(ge=1, le=LARGEST_BYTES)
    columns: ListColumns = ListColumns()
    area_code: str = Field(default="", max_length=4)

    @field_validator("area_code")
    @classmethod
    def _is_one(cls, code: str) -> str:
        if code and not is_area_code(code):
            problem = "area_code"
            raise PydanticCustomError(problem, "Is no area code")
        return code


class CallList(Frozen):
    """A stored list. `etag` says which file was checked; the counts are final once it is done."""

    id: str
    version: int
    hash: str = Field(default="", exclude=True)
    plan: str
    name: str
    size_bytes: int
    columns: ListColumns = ListColumns()
    area_code: str = ""
    language: str = "zh-CN"
    state: ListState = "created"
    by: str
    created_at: datetime
    etag: str = ""
    rows: int = 0
    made: int = 0
    refused: int = 0
    failure: str | None = None
    failure_parameters: dict[str, Any] = Field(default={})
    ended_at: datetime | None = None

    @property
    def entity(self) -> str:
        return f"callback-list#{self.id}"

    def checked(self, *, etag: str, rows: int, refused: int) -> "CallList":
        """Ready to be worked off. Raises ListStateError."""
        if self.state != "created":
            raise ListStateError(state=self.state, members={"state": self.state})
        return self.next(state="making", etag=etag, rows=rows, refused=refused)

    def next(self, **update: object) -> "CallList":
        return self.model_copy(update={**update, "version": self.version + 1})

    def facts(self) -> dict[str, object]:
        return {
            "plan": self.plan,
            "state": self.state,
            "rows": self.rows,
            "made": self.made,
            "refused": self.refused,
        }


class Progress(Frozen):
    """How far a list is: rows of the file that were looked at, and what came of them.

    `pieces` name the stored refused rows that count: a worker that was overtaken may have stored others.
    """

    version: int = 0
    cursor: int = 0
    made: int = 0
    refused: int = 0
    pieces: tuple[str, ...] = ()


class CallListView(Frozen):
    """A list and how far it is. `upload` is the slot for the file, given when the list is made."""

    id: str
    plan: str
    version: int
    name: str
    state: ListState
    by: str
    by_name: str | None = None
    created_at: datetime
    ended_at: datetime | None = None
    rows: int
    made: int
    refused: int
    reason: str | None = None
    reason_code: str | None = None
    upload: UploadSlot | None = None


class CallListPage(Frozen):
    """The lists of a plan, newest first."""

    items: tuple[CallListView, ...]
    cursor: str | None = None


class CallListReceipt(Frozen):
    """What a step did. The same request, repeated, gives the same receipt."""

    id: str
    plan: str
    version: int
    event: str
    state: ListState
    rows: int
    refused: int
    at: datetime
