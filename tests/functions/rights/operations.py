"""Every operation of every wing with its right, and how each is asked."""

import functools
import importlib
import json
from dataclasses import dataclass, field
from typing import Any

from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer

from tests.functions.rights.things import Kind

WINGS = ("intake", "escalation", "survey", "report")
NOTE = {"text": "已联系客户"}


@dataclass(frozen=True)
class Operation:
    """An operation as a caller finds it; `right` is empty for a public one."""

    wing: str
    method: str
    path: str
    right: str

    @property
    def name(self) -> str:
        """How tables name it."""
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Way:
    """How an operation is asked: about which thing (none: the centre's own), with which body, query and header.

    `absent` says that whoever may ask finds nothing, since no such part was made.
    """

    about: Kind | None = None
    body: dict[str, Any] | None = None
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    absent: bool = False


@functools.cache
def operations() -> tuple[Operation, ...]:
    """All of them, read off the doors' tables and what the routes declare."""
    found = []
    for wing in WINGS:
        for path, methods in importlib.import_module(f"functions.{wing}.assembled").ROUTES.items():
            for method, module in methods.items():
                security = document(module)["paths"][path][method.lower()].get("security")
                found.append(Operation(wing, method, path, security[0]["staff"][0] if security else ""))
    return tuple(found)


@functools.cache
def document(module: str) -> dict[str, Any]:
    """The document of a feature's routes."""
    app = importlib.import_module(module).app
    made: dict[str, Any] = json.loads(
        app.get_openapi_json_schema(title="one feature", version="1", security_schemes={"staff": HTTPBearer()})
    )
    return made


TICKET = Way("ticket")
WAYS: dict[str, Way] = {
    "GET /v1/tickets": Way("team", query="team={team}"),
    "GET /v1/tickets/{ticket}": TICKET,
    "PATCH /v1/tickets/{ticket}": Way("ticket", {"subject": "改"}, headers={"if-match": '"1"'}),
    "POST /v1/tickets/{ticket}/assign": Way("ticket", {"assignee": "the-agent", "team": "aftersales"}),
    "POST /v1/tickets/{ticket}/claim": TICKET,
    "POST /v1/tickets/{ticket}/close": Way("ticket", {"reason": "duplicate"}),
    "POST /v1/tickets/{ticket}/follow-link": TICKET,
    "POST /v1/tickets/{ticket}/handoffs": Way("ticket", {"department": "warehouse", "request": "查一下"}),
    "POST /v1/tickets/{ticket}/handoffs/{number}/accept": Way("handoff"),
    "POST /v1/tickets/{ticket}/handoffs/{number}/complete": Way("handoff", NOTE),
    "POST /v1/tickets/{ticket}/handoffs/{number}/decline": Way("handoff", NOTE),
    "POST /v1/tickets/{ticket}/handoffs/{number}/withdraw": Way("handoff", NOTE),
    "GET /v1/handoffs": Way("department", query="department={department}"),
    "GET /v1/tickets/{ticket}/history": TICKET,
    "POST /v1/tickets/{ticket}/links": Way("ticket", {"ticket": "{second}"}),
    "DELETE /v1/tickets/{ticket}/links/{other}": TICKET,
    "GET /v1/tickets/{ticket}/messages": TICKET,
    "GET /v1/tickets/{ticket}/messages/{message}/attachments/{attachment}": Way("ticket", absent=True),
    "POST /v1/tickets/{ticket}/notes": Way("ticket", NOTE),
    "POST /v1/tickets/{ticket}/reopen": Way("ticket", {"reason": "没解决"}),
    "POST /v1/tickets/{ticket}/replies": Way("ticket", NOTE),
    "POST /v1/tickets/{ticket}/resolve": Way("ticket", {}),
    "POST /v1/tickets/{ticket}/resume": TICKET,
    "POST /v1/tickets/{ticket}/wait": Way("ticket", {}),
    "GET /v1/deadlines/{ticket}": TICKET,
    "POST /v1/customers/{customer}/reveal": Way("customer", {"field": "phones", "reason": "回访"}),
    "GET /v1/alerts": Way("team", query="team={team}"),
    "POST /v1/alerts/{alert}/acknowledge": Way("alert"),
    "GET /v1/follow-ups": Way("team", query="team={team}"),
    "GET /v1/follow-ups/{follow_up}": Way("follow_up"),
    "POST /v1/follow-ups/{follow_up}/claim": Way("follow_up"),
    "POST /v1/follow-ups/{follow_up}/complete": Way("follow_up", {"result": "satisfied", "note": "满意"}),
    "GET /v1/surveys": Way("team", query="team={team}"),
    "GET /v1/surveys/{survey}": Way("survey"),
    # These rights are narrow, but what is asked belongs to the centre, or to the caller alone.
    "GET /v1/surveys/questionnaires": Way(),
    "GET /v1/notices": Way(),
    "GET /v1/notices/preferences": Way(),
    "PUT /v1/notices/preferences": Way(body={}),
    "POST /v1/notices/read-all": Way(),
    "POST /v1/notices/{notice}/read": Way("notice"),
}
"""How each operation with a narrow right is asked. Any other is the centre's, and is asked with the least there is."""
