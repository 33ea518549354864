"""What each role may do, written down here once more: a right that the product changes must be changed here as well."""

from collections.abc import Iterable
from typing import Literal

Scope = Literal["own", "team", "all"]
STAFF = ("agent", "lead", "manager", "director", "quality", "department", "admin")


def each(roles: Iterable[str], scope: Scope) -> dict[str, Scope]:
    """The same scope for each of these roles."""
    return dict.fromkeys(roles, scope)


SCOPES: dict[str, dict[str, Scope]] = {
    "alerts.read": {"agent": "own", "lead": "team", "manager": "all", "director": "all", "admin": "all"},
    "customers.edit": each(("agent", "lead", "manager", "director", "admin"), "all"),
    "customers.read": each(("agent", "lead", "manager", "director", "quality", "admin"), "all"),
    "customers.reveal": {"agent": "team", "lead": "team", "manager": "all", "director": "all"},
    "followups.work": {"agent": "own", "lead": "team", "manager": "all", "director": "all", "admin": "all"},
    "handoffs.answer": {"department": "team", "manager": "all", "director": "all", "admin": "all"},
    "handoffs.read": each(("agent", "lead", "department"), "team") | each(("manager", "director", "admin"), "all"),
    "imports.run": each(("manager", "admin"), "all"),
    "notices.read": each(STAFF, "own"),
    "policies.edit": each(("manager", "director", "admin"), "all"),
    "policies.read": each(STAFF, "all"),
    "reports.make": each(("lead", "manager", "director", "quality", "admin"), "all"),
    "reports.read": each(("lead", "manager", "director", "quality", "admin"), "all"),
    "staff.edit": each(("manager", "director", "admin"), "all"),
    "staff.read": each(STAFF, "all"),
    "surveys.read": each(("lead",), "team") | each(("manager", "director", "quality", "admin"), "all"),
    "tickets.assign": each(("lead",), "team") | each(("manager", "director", "admin"), "all"),
    "tickets.open": each(("agent", "lead", "manager", "director", "admin"), "all"),
    "tickets.read": each(("agent", "lead"), "team") | each(("manager", "director", "quality", "admin"), "all"),
    "tickets.work": each(("agent", "lead"), "team") | each(("manager", "director", "admin"), "all"),
    "types.edit": each(("manager", "director", "admin"), "all"),
    "types.read": each(STAFF, "all"),
    "webhooks.edit": each(("director", "admin"), "all"),
}
