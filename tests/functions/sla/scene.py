"""What tests of clocks do with tickets."""

from datetime import datetime, timedelta
from typing import Any, Literal

from tests.builders import AGENT, CUSTOMER, MANAGER, NOW, SIGNER
from tingjian.intake.conversations.actions import write_message
from tingjian.intake.customers.models import Contact
from tingjian.intake.tickets.bodies import Ask, Reply, Written
from tingjian.intake.tickets.changes import Request
from tingjian.intake.tickets.openings import Opening, open_ticket
from tingjian.intake.tickets.storage import load_ticket
from tingjian.platform.events import Event, is_unbroken, load_events
from tingjian.platform.rights import Caller
from tingjian.platform.store import Store
from tingjian.sla.clocks import Clock
from tingjian.sla.policies.actions import put_policy
from tingjian.sla.policies.models import Policy, PolicyBody

TARGETS: list[dict[str, Any]] = [
    {"clock": "first_response", "minutes": 60},
    {"clock": "next_response", "minutes": 120},
    {"clock": "resolution", "minutes": 480},
]


def at(hours: float) -> datetime:
    """So many hours after the tests begin: Monday 2 March 2026, 09:00 in Shanghai."""
    return NOW + timedelta(hours=hours)


def save(store: Store, policy_id: str = "default", **changes: object) -> Policy:
    """Save a policy for all tickets, or as the changes say."""
    body = PolicyBody.model_validate({"name": policy_id, "targets": TARGETS} | changes)
    return put_policy(store, policy_id, body, expected=None, actor=MANAGER.actor, now=NOW)


def file(store: Store, *, hours: float = 0, kind: str = "feedback", phone: str = "13812345678") -> str:
    """File a request; its number."""
    body = Ask(type=kind, subject="包裹没到", text="三天了。", contact=Contact(phone=phone, name="王芳"))
    return open_ticket(store, SIGNER, body, Opening(CUSTOMER, at(hours), "zh-CN")).id


def by(number: str, hours: float, caller: Caller | None = AGENT, **options: Any) -> Request:
    """A request by staff, or by the customer."""
    return Request(number=number, actor=caller.actor if caller else CUSTOMER, now=at(hours), caller=caller, **options)


def say(store: Store, number: str, hours: float, kind: Literal["customer", "reply"]) -> str:
    """Write a message; a reply is spoken, and so answers at once. The event that it made."""
    request = by(number, hours, AGENT if kind == "reply" else None)
    body = Reply(text="。", spoken="phone") if kind == "reply" else Written(text="。")
    return write_message(store, None, request, kind, body).event


def clock(store: Store, number: str, name: str) -> Clock:
    """A clock of a ticket as it stands."""
    found = load_ticket(store, number).clock(name)
    assert found is not None
    return found


def events(store: Store, number: str) -> list[Event]:
    """The events of a ticket, whose chain must hold."""
    found = load_events(store, f"ticket#{number}")
    assert is_unbroken(found)
    return found
