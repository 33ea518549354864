"""Opening a ticket: find or add the customer, start the clocks, write all in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tingjian.intake.attachments.actions import Files, take_uploads
from tingjian.intake.attachments.models import AttachmentRef
from tingjian.intake.customers.models import Contact
from tingjian.intake.messages.models import Message
from tingjian.intake.messages.storage import message_write
from tingjian.intake.tickets.bodies import Ask, OpenTicket, Receipt
from tingjian.intake.tickets.destinations import landing_team
from tingjian.intake.tickets.events import TicketOpened
from tingjian.intake.tickets.field_values import require_fields
from tingjian.intake.tickets.models import HEARD_AT_ONCE, Ticket, event_context
from tingjian.intake.tickets.parties import Filing, Party, party_by_contact, party_by_id
from tingjian.intake.tickets.promises import opening_clocks
from tingjian.intake.tickets.storage import ticket_write
from tingjian.intake.tickets.ticket_clocks import AT_OPENING
from tingjian.intake.types.models import TicketType, stored_fields
from tingjian.intake.types.storage import find_type
from tingjian.people.staff.destinations import require_open_team
from tingjian.people.staff.storage import find_staff, find_team
from tingjian.platform.chains import ChainEnd
from tingjian.platform.changes import load_and_write
from tingjian.platform.errors import InvalidInputError, invalid
from tingjian.platform.events import Actor, Event, event_write, key_use, load_event
from tingjian.platform.idempotency import Idempotency
from tingjian.platform.ids import number_from, random_id
from tingjian.platform.places import ticket_entity
from tingjian.platform.signing import Signer
from tingjian.platform.store import ConditionFailedError, Store
from tingjian.platform.texts import Language
from tingjian.sla.policies.models import Facts

ATTEMPTS = 5
OPENED = "opened"
"""The name of the first event in the transaction. Its condition fails if the number is taken."""

ANSWERED_AT_ONCE = {"first": True, "seconds": 0, "working_seconds": 0, "kept": {"first_response": True}}
"""What the event says of a request that was taken in a call, a visit or a chat."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Who opens, when, in which language, under which key."""

    actor: Actor
    now: datetime
    language: Language
    idempotency: Idempotency | None = None
    files: Files | None = None


def open_ticket(store: Store, signer: Signer, body: Ask | OpenTicket, opening: Opening) -> Receipt:
    """Open a ticket with its first message, and its customer if new, in one transaction.

    The number follows from the idempotency key, so a repeat finds the first one and gets its receipt. Raises
    InvalidInputError that names the field, CustomerNotFoundError, IdempotencyMismatchError.
    """
    try:
        return _open(store, signer, body, opening)
    except InvalidInputError:
        # A repeat must get its receipt even if the request is no longer valid, for example with a type switched off.
        earlier = _earlier_receipt(store, opening, number_from(_seed(opening, 0, "")))
        if earlier is None:
            raise
        return earlier


def _open(store: Store, signer: Signer, body: Ask | OpenTicket, opening: Opening) -> Receipt:
    def takes(kind: TicketType) -> bool:
        return kind.active and (kind.public or not isinstance(body, Ask)) and all(map(kind.definition, body.fields))

    kind = find_type(store, body.type, fits=takes)
    if kind is None or not kind.active or (isinstance(body, Ask) and not kind.public):
        raise invalid("type", "unknown", value=body.type)
    fields = _fields(store, kind.for_public() if isinstance(body, Ask) else kind, body.fields, opening.now)
    contact = body.contact.in_normal_form() if body.contact else None
    salt = random_id()  # Without an idempotency key, nothing else makes the number hard to guess.
    taken = 0

    def load() -> Party:
        return _party(store, signer, body, contact, opening)

    def write(party: Party) -> Receipt:
        nonlocal taken
        number = number_from(_seed(opening, taken, salt))
        ticket = _ticket(store, kind, body, fields, number, party, opening)
        event = _event(ticket, kind, opening)
        ticket = ticket.model_copy(update={"hash": event.hash})
        taken_files = take_uploads(store, opening.files, ticket.id, body.attachments, now=opening.now)
        message = _message(ticket, body, opening, taken_files.attachments)
        try:
            store.transact(
                [
                    ticket_write(ticket),
                    event_write(event, name=OPENED),
                    message_write(message),
                    *taken_files.writes,
                    *party.writes,
                ],
                idempotency=key_use(opening.idempotency, event),
            )
        except ConditionFailedError as error:
            if (earlier := _earlier_receipt(store, opening, number)) is not None:
                return earlier
            # Another number is drawn only if this one is taken: a repeat must come to the number of the first request.
            taken += OPENED in error.failed
            raise
        return Receipt.of(event)

    return load_and_write(store, load, write, again_on=ConditionFailedError, attempts=ATTEMPTS)


def _seed(opening: Opening, attempt: int, salt: str) -> str:
    return f"{opening.idempotency.key if opening.idempotency else salt}/{attempt}"


def _earlier_receipt(store: Store, opening: Opening, number: str) -> Receipt | None:
    """The receipt of an earlier opening under the same key; None if another request opened the ticket."""
    if opening.idempotency is None:
        return None
    event = load_event(store, ticket_entity(number), 1)
    if event is None or event.request is None or event.request.split(":")[0] != opening.idempotency.key:
        return None
    opening.idempotency.check(event.request)
    return Receipt.of(event)


def _fields(store: Store, kind: TicketType, given: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    checked = stored_fields(
        kind,
        given,
        now=now,
        is_team=lambda team: find_team(store, team) is not None,
        is_staff=lambda person: find_staff(store, person) is not None,
    )
    values = {key: value for key, value in checked.items() if value is not None}
    require_fields(kind, values, stage="open")
    return values


def _party(store: Store, signer: Signer, body: Ask | OpenTicket, contact: Contact | None, opening: Opening) -> Party:
    filing = Filing(opening.actor, opening.now, opening.language)
    if isinstance(body, OpenTicket) and body.customer_id:
        return party_by_id(store, signer, body.customer_id, contact, filing)
    if contact is None:
        raise invalid("contact", "missing")
    return party_by_contact(store, signer, contact, filing)


def _ticket(  # noqa: PLR0917 - what a ticket is made of
    store: Store,
    kind: TicketType,
    body: Ask | OpenTicket,
    fields: dict[str, Any],
    number: str,
    party: Party,
    opening: Opening,
) -> Ticket:
    team, priority, assignee = kind.team, kind.priority, None
    if isinstance(body, OpenTicket):
        team, priority = body.team or team, body.priority or priority
        if body.team:
            require_open_team(store, body.team)
        assignee = opening.actor.id if body.assign_to_me else None
    team = landing_team(store, team, kind=kind.key)
    heard = opening.actor.kind == "staff" and body.channel in HEARD_AT_ONCE
    facts = Facts(
        type=kind.key,
        priority=priority,
        channel=body.channel,
        team=team,
        customer_level=party.level,
        level=str(fields.get("level", "")),
    )
    return Ticket(
        id=number,
        version=1,
        type=kind.key,
        subject=body.subject,
        status="open" if assignee else "new",
        priority=priority,
        channel=body.channel,
        team=team,
        assignee=assignee,
        customer_id=party.id,
        contacts=party.contacts,
        opened_by=opening.actor.id if opening.actor.kind == "staff" else None,
        order_number=body.order_number,
        opened_at=opening.now,
        fields=fields,
        first_responded_at=opening.now if heard else None,
        clocks=tuple(
            clock.meet(opening.now) if heard and clock.name == "first_response" else clock
            for clock in opening_clocks(store, facts, fields, AT_OPENING, now=opening.now)
        ),
    )


def _event(ticket: Ticket, kind: TicketType, opening: Opening) -> Event:
    data = event_context(ticket) | {"fields": kind.reportable(ticket.fields)}
    data |= {
        "targets": {clock.name: clock.target_minutes for clock in ticket.clocks},
        "due": {clock.name: clock.due_at for clock in ticket.clocks},
    }
    if ticket.first_responded_at:
        data |= ANSWERED_AT_ONCE
    return ChainEnd(ticket_entity(ticket.id)).next_event(
        TicketOpened, now=opening.now, actor=opening.actor, data=data, idempotency=opening.idempotency
    )


def _message(
    ticket: Ticket, body: Ask | OpenTicket, opening: Opening, attachments: tuple[AttachmentRef, ...]
) -> Message:
    return Message(
        id="1",
        ticket=ticket.id,
        kind="request",
        text=body.text,
        at=opening.now,
        author=opening.actor.id if opening.actor.kind == "staff" else "",
        attachments=attachments,
    )
