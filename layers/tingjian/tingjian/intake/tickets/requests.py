"""How a call becomes a request for a change of a ticket."""

from tingjian.intake.tickets.changes import Request
from tingjian.intake.tickets.rights import WORK_TICKETS
from tingjian.platform.events import Actor
from tingjian.platform.http.call import Call
from tingjian.platform.rights import Right


def request_of_staff(call: Call, number: str, *, right: Right | None = WORK_TICKETS) -> Request:
    return Request(
        number=number,
        actor=call.caller.actor,
        now=call.now,
        caller=call.caller,
        right=right,
        idempotency=call.idempotency,
        if_match=call.if_match,
    )


def request_of_customer(call: Call, number: str) -> Request:
    """A change of this ticket by its customer, who came by a link."""
    return Request(number=number, actor=Actor(kind="customer"), now=call.now, idempotency=call.idempotency)
