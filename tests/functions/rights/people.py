"""Everybody who might call."""

from tests.builders import AGENT, COLLEAGUE, LEAD, MANAGER, STRANGER, WAREHOUSE
from tingjian.platform.rights import Caller

DIRECTOR = Caller(id="gao", name="高远", roles=frozenset({"director"}))
QUALITY = Caller(id="qian", name="钱宁", roles=frozenset({"quality"}))
ADMIN = Caller(id="root", name="管理员", roles=frozenset({"admin"}))
TEAMLESS = Caller(id="yu", name="于洋", roles=frozenset({"agent"}))
SEVERAL = Caller(
    id="he", name="何洁", roles=frozenset({"lead", "department"}), teams=frozenset({"presales", "kitchen"})
)
WITHOUT_ROLE = Caller(id="bai", name="白静", roles=frozenset(), teams=frozenset({"aftersales"}))
INACTIVE = Caller(id="gone", name="离职", roles=frozenset({"admin"}), teams=frozenset({"aftersales"}))
UNKNOWN = Caller(id="unheard-of", name="", roles=frozenset({"admin"}))

STAFF: dict[str, Caller] = {
    "agent": AGENT,
    "lead": LEAD,
    "manager": MANAGER,
    "director": DIRECTOR,
    "quality": QUALITY,
    "department": WAREHOUSE,
    "admin": ADMIN,
    "agent without a team": TEAMLESS,
    "lead of presales, also a department's": SEVERAL,
}
"""Who has a right to something."""
OTHERS: dict[str, Caller | None] = {
    "without a role": WITHOUT_ROLE,
    "inactive": INACTIVE,
    "unknown": UNKNOWN,
    "signed out": None,
}
"""Who has none to anything."""
CALLERS: dict[str, Caller | None] = {**STAFF, **OTHERS}
NARROW = (AGENT, LEAD, TEAMLESS, SEVERAL)
"""Whose rights to tickets are narrow: each gets tickets, in the own team and elsewhere."""
NEW_STAFF = (DIRECTOR, QUALITY, ADMIN, TEAMLESS, SEVERAL, WITHOUT_ROLE, INACTIVE)
__all__ = ["COLLEAGUE", "STRANGER"]
