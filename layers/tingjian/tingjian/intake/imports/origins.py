"""Who and what a case of a file is here: its ticket as it was opened, and the ids of people and customers. Pure."""

import functools
from typing import Any

from tingjian.intake.imports.cases import Case
from tingjian.intake.imports.known import Known
from tingjian.intake.imports.mappings import CUSTOMER_FIELD, LogMapping
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.types.models import TicketType
from tingjian.platform.ids import derived_id


@functools.lru_cache(maxsize=4096)
def staff_id(source: str, name: str) -> str:
    return derived_id("import-staff", source, name)


def customer_id(source: str, name: str) -> str:
    """The id under which a customer of a log is kept; those without a name share one."""
    return derived_id("import-customer", source, name)


def person_id(mapping: LogMapping, known: Known, name: str) -> str:
    """Who a name of the file is: as the mapping says, a member of staff, or a former colleague."""
    return mapping.people.get(name) or known.person(name) or staff_id(mapping.source, name)


def first_ticket(
    case: Case, mapping: LogMapping, *, number: str, team: str, customer: str = "", known: Known | None = None
) -> Ticket:
    """The ticket as its first row opens it; no clock runs."""
    told = case.told
    owner = person_id(mapping, known or Known(), told.owner) if told.owner else None
    return Ticket(
        id=number,
        version=1,
        type=told.type,
        subject=told.subject or case.id,
        status="open" if owner else "new",
        priority=told.priority,
        channel=told.channel,
        team=told.team or team,
        assignee=owner,
        customer_id=customer or customer_id(mapping.source, told.contacts.name),
        opened_at=case.steps[0].at,
        fields=dict(told.fields),
        imported=True,
        source=mapping.source,
        source_id=told.source_id,
    )


def event_fields(ticket: Ticket, kind: TicketType | None) -> dict[str, Any]:
    if kind is not None:
        return kind.reportable(ticket.fields)
    return {key: value for key, value in ticket.fields.items() if key != CUSTOMER_FIELD}
