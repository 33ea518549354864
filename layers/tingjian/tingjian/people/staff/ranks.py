"""Who may edit whom: pure. Nobody edits people above, nor himself, nor gives more than he has."""

from collections.abc import Iterable

from tingjian.people.staff.models import Staff, StaffBody
from tingjian.platform.errors import AccessDeniedError, ConflictError
from tingjian.platform.rights import Caller

RANKS = {"agent": 1, "quality": 1, "department": 1, "lead": 2, "manager": 3, "director": 4, "admin": 5}


class LastAdministratorError(ConflictError):
    """After the edit nobody could sign in as an administrator."""

    code = "last_administrator"


class LeaverError(ConflictError):
    """The id belongs to somebody who left; another sign-in needs an id of its own."""

    code = "id_of_leaver"


def rank(roles: Iterable[str]) -> int:
    """The highest place that the roles give; 0 without any."""
    return max((RANKS[role] for role in roles), default=0)


def require_editable(editor: Caller, before: Staff | None, staff_id: str, body: StaffBody, *, right: str) -> None:
    """Raise AccessDeniedError for oneself, for somebody above, and for roles above one's own."""
    above = max(rank(before.roles if before else ()), rank(body.roles))
    if editor.id == staff_id or above > rank(editor.roles):
        raise AccessDeniedError(right=right)


def require_no_heir(before: Staff | None, body: StaffBody) -> None:
    """Raise LeaverError if somebody else's sign-in would get the id of a person who left."""
    if before is None or before.active:
        return
    if (body.active or body.subject) and body.subject != before.subject:
        raise LeaverError


def is_administrator(person: StaffBody) -> bool:
    """Whether the person can sign in as an administrator."""
    return person.active and "admin" in person.roles and bool(person.subject)


def require_administrator(staff: Iterable[Staff], after: Staff) -> None:
    """Raise LastAdministratorError if nobody is one once the person is as in `after`."""
    others = (person for person in staff if person.id != after.id)
    if not is_administrator(after) and not any(map(is_administrator, others)):
        raise LastAdministratorError


def rights_changed(before: Staff | None, after: Staff) -> bool:
    """Whether the edit changes what somebody may do, or who may sign in as whom."""
    if before is None:
        return True
    return any(getattr(before, name) != getattr(after, name) for name in ("roles", "teams", "subject", "active"))
