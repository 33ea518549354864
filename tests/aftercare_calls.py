"""What is done with callbacks, act by act, for those who count what each costs."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from tests.aftercare import Act, at, newest
from tests.builders import AGENT, CUSTOMER, NOW, SIGNER
from tingjian.intake.customers.models import Contact
from tingjian.intake.tickets import actions
from tingjian.intake.tickets.bodies import Ask, Resolution
from tingjian.intake.tickets.changes import Request
from tingjian.intake.tickets.openings import Opening, open_ticket
from tingjian.platform.events import Event
from tingjian.platform.http.call import Call
from tingjian.platform.rights import Guard
from tingjian.platform.store import Store
from tingjian.survey.callbacks.actions import claim_callback, new_callback, record_call
from tingjian.survey.callbacks.complaints import owe_callback, owed_callback_id
from tingjian.survey.callbacks.models import Callback, CallRecord
from tingjian.survey.callbacks.rights import WORK_CALLBACKS


def callback_acts(store: Store) -> Iterator[tuple[str, Act]]:
    """The acts of callbacks: those of a plan, which hold nothing, and those of complaints."""
    store.collection("callback-forms")
    yield "callback made", partial(make, store, "a")
    yield "callback claimed", partial(claim_callback, calling(store, at(hours=1)), "a")
    yield "call recorded, no answer", partial(record, store, "a", "no_answer")
    yield "call recorded, satisfied", partial(record, store, "a", "satisfied")
    first, second = complaint(store, 11), complaint(store, 12)
    yield "complaint owes a callback", partial(owe_callback, store, first, at(hours=1))
    yield "complaint heard of again", partial(owe_callback, store, first, at(hours=1))
    owe_callback(store, second, at(hours=1))
    yield "customer of a complaint satisfied", partial(record, store, callback_of(first), "satisfied")
    yield "not satisfied: taken up again", partial(record, store, callback_of(second), "not_satisfied")


def make(store: Store, identifier: str) -> None:
    """A callback of no ticket, as a plan makes it."""
    callback = Callback(
        id=identifier,
        version=1,
        kind="care",
        team="aftersales",
        owner=AGENT.id,
        customer="c",
        opened_at=NOW,
        due_at=NOW,
    )
    store.transact(new_callback(callback, now=NOW)[1])


def complaint(store: Store, customer: int) -> Event:
    """The resolution of a complaint."""
    contact = Contact(phone=f"+86139111100{customer:02d}", name="王芳")
    body = Ask(type="complaint", subject="开胶了", text="三天就开胶了。", contact=contact)
    number = open_ticket(store, SIGNER, body, Opening(CUSTOMER, NOW, "zh-CN")).id
    request = Request(number, AGENT.actor, at(hours=0.5), AGENT)
    actions.resolve(store, request, Resolution(fields={"cause": "物流延误"}, reply="已补发", spoken="phone"))
    return newest(store, number)


def callback_of(resolution: Event) -> str:
    return owed_callback_id(resolution.entity.removeprefix("ticket#"), 1)


def record(store: Store, identifier: str, result: str) -> None:
    """The agent records a call with this result."""
    body = CallRecord.model_validate({"result": result, "note": "已致电"})
    record_call(calling(store, at(hours=2)), identifier, body)


def calling(store: Store, now: datetime) -> Call:
    return Call(now, "zh-CN", store, "/v1/callbacks", Guard(AGENT, WORK_CALLBACKS))
