"""A type of request that promises a solution within ten minutes, and tickets of it that were opened a while ago."""

from datetime import UTC, datetime, timedelta
from typing import Any

from infra.cli.deployment import Deployment
from tests.stack.people import Contact
from tingjian.intake.customers import models as customers
from tingjian.intake.tickets.bodies import OpenTicket
from tingjian.intake.tickets.openings import Opening, open_ticket
from tingjian.intake.types.actions import put_type
from tingjian.intake.types.models import TypeBody
from tingjian.intake.types.storage import find_type
from tingjian.platform.events import SYSTEM, Actor
from tingjian.sla.policies.actions import put_policy
from tingjian.sla.policies.models import PolicyBody
from tingjian.sla.policies.storage import find_policy

SHORT = "short"
MINUTES = 10


def promise_shortly(deployment: Deployment) -> None:
    """Make the type and its policy, unless they are there."""
    made: dict[str, Any] = {"expected": None, "actor": SYSTEM, "now": datetime.now(UTC)}
    if find_type(deployment.store, SHORT) is None:
        kind = {"labels": {"zh-CN": "急"}, "team": "aftersales"}
        put_type(deployment.store, SHORT, TypeBody.model_validate(kind), **made)
    if find_policy(deployment.store, SHORT) is None:
        policy = {
            "name": "急",
            "match": {"types": [SHORT]},
            "targets": [{"clock": "resolution", "minutes": MINUTES, "shares": [80, 100]}],
        }
        put_policy(deployment.store, SHORT, PolicyBody.model_validate(policy), **made)


def opened(deployment: Deployment, contact: Contact, *, minutes_ago: float) -> str:
    """The number of a ticket of Chen Yu that was opened so long ago; the store cannot tell."""
    at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    body = OpenTicket(
        type=SHORT,
        subject="急件",
        text="马上要",
        channel="email",
        contact=customers.Contact(
            phone=contact.phone, name=contact.name, email=f"{contact.phone.strip('+')}@example.com"
        ),
        assign_to_me=True,
    )
    opening = Opening(Actor(kind="staff", id="chenyu"), at.replace(microsecond=0), "zh-CN")
    return open_ticket(deployment.store, deployment.signer, body, opening).id
