"""The same application as in `stock.py`, from our own house, which checks the caller's right as well."""

from typing import Literal

from tingjian.intake.tickets.rights import OPEN_TICKETS
from tingjian.people.staff.storage import identify
from tingjian.platform import telemetry
from tingjian.platform.http import Door, Here, resolver, staff
from tingjian.platform.models import Frozen, Line, Slug, Text

app = resolver()
handler = Door({"/v1/tickets": {"POST": "tests.bench.house"}}, identify)


class Contact(Frozen):
    """Who asks."""

    name: Line
    phone: Line
    email: Line


class NewTicket(Frozen):
    """What comes in."""

    type: Slug
    subject: Line
    text: Text
    channel: Literal["web", "phone", "email"]
    contact: Contact
    order_number: Line | None = None


class Filed(Frozen):
    """What goes out."""

    id: str
    type: str
    subject: str
    status: str
    version: int


@app.post("/v1/tickets", **staff(OPEN_TICKETS))
def file_ticket(call: Here, body: NewTicket) -> Filed:  # noqa: ARG001 -- a route gets its call by that name
    """Log, count and answer."""
    telemetry.record("TicketsOpened", type=body.type)
    return Filed(id="T-1", type=body.type, subject=body.subject, status="new", version=1)
