"""What goes into a request to a department: when it is due, its form, its files, and what it shows of the customer."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from tingjian.intake.attachments.actions import Files, Taken, take_uploads
from tingjian.intake.attachments.models import AttachmentRef
from tingjian.intake.customers.storage import load_customer
from tingjian.intake.handoff_forms.storage import find_form
from tingjian.intake.handoffs.bodies import Recipient
from tingjian.intake.handoffs.models import Handoff, Shown
from tingjian.intake.messages.storage import load_messages
from tingjian.intake.tickets.field_values import merged_fields, require_fields
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.ticket_clocks import handoff_clock
from tingjian.intake.types.models import Stage, stored_fields
from tingjian.people.staff.models import Team
from tingjian.people.staff.storage import find_staff, find_team
from tingjian.platform.errors import FieldError, InvalidInputError, invalid
from tingjian.platform.store import Store
from tingjian.sla.clocks import Clock

DEFAULT_TIME = timedelta(days=2)
PAGE = 100


def is_department(store: Store, team_id: str) -> bool:
    """Whether requests can be handed off to it. No call when warm."""

    def takes(team: Team) -> bool:
        return team.kind == "department" and team.active

    team = find_team(store, team_id, fits=takes)
    return team is not None and takes(team)


def ticket_deadline(ticket: Ticket, *, now: datetime) -> datetime | None:
    """When the ticket itself is to be resolved; None while that clock stands still, is missed, or is none."""
    clock = ticket.clock("resolution")
    due = clock.due_at if clock and clock.live else None
    return due if due and due > now else None


def chosen_due_time(ticket: Ticket, due_at: datetime | None, *, now: datetime) -> datetime | None:
    """The asker's own due time. Raises InvalidInputError for one in the past, or after the ticket's own."""
    if due_at is None:
        return None
    latest = ticket_deadline(ticket, now=now)
    if due_at <= now:
        raise invalid("due_at", "past")
    if latest and due_at > latest:
        raise invalid("due_at", "after_ticket", latest=latest.isoformat())
    return due_at


def due_time(store: Store, ticket: Ticket, due_at: datetime | None, *, now: datetime) -> tuple[datetime, Clock | None]:
    """When a hand-off of this moment is due, and its clock where a policy promises one within the ticket's own time."""
    if due_at is not None:
        return due_at, None
    clock, latest = handoff_clock(store, ticket, now=now), ticket_deadline(ticket, now=now)
    planned = clock.deadline if clock else now + DEFAULT_TIME
    # A later promise of the policy would break the one that the customer got.
    return (latest, None) if latest and planned > latest else (planned, clock)


def form_fields(
    store: Store,
    department: str,
    before: Mapping[str, Any],
    given: Mapping[str, Any],
    *,
    stage: Stage,
    now: datetime,
) -> dict[str, Any]:
    """The fields of the department's form after this step. Raises InvalidInputError, MissingFieldsError."""
    fits = (lambda form: all(map(form.kind.definition, given))) if given else None
    form = find_form(store, department, fits=fits)
    stored = stored_fields(
        form.kind,
        given,
        now=now,
        is_team=lambda team: find_team(store, team) is not None,
        is_staff=lambda person: find_staff(store, person) is not None,
    )
    values = merged_fields(before, stored)
    require_fields(form.kind, values, stage=stage)
    return values


def chosen_files(store: Store, files: Files | None, ticket: str, chosen: Sequence[str], *, now: datetime) -> Taken:
    """Files for a department: those of the ticket's messages by their ids, and uploads. No call without any.

    Raises InvalidInputError as `take_uploads` does.
    """
    if not chosen:
        return Taken()
    known = {file.id: file for file in _files_of_messages(store, ticket)}
    places = [place for place, name in enumerate(chosen) if name not in known]
    try:
        taken = take_uploads(store, files, ticket, [chosen[place] for place in places], now=now)
    except InvalidInputError as error:
        # It counts the uploads; the caller counts all files.
        wrong = [(places[int(entry.field.partition(".")[2])], entry) for entry in error.errors]
        raise InvalidInputError([FieldError(f"attachments.{place}", entry.code) for place, entry in wrong]) from error
    known |= {file.id: file for file in taken.attachments}
    return Taken(tuple(known[name] for name in dict.fromkeys(chosen) if name in known), taken.writes)


def require_on_file(store: Store, ticket: Ticket, shows: Sequence[Shown]) -> None:
    """Raise InvalidInputError if the department is to see what nobody knows. One call if it sees the customer."""
    if not set(shows) - {"order"}:
        return
    recipient = recipient_of(store, ticket.customer_id, shows)
    for place, name in enumerate(shows):
        if name != "order" and not getattr(recipient, "phones" if name == "phone" else name):
            raise invalid(f"shows.{place}", "not_on_file")


def recipient_of(store: Store, customer_id: str, shows: Sequence[Shown]) -> Recipient:
    """What of the customer is shown, as it stands now. One call."""
    customer = load_customer(store, customer_id)
    return Recipient(
        name=customer.name if "name" in shows else None,
        phones=customer.own_phones if "phone" in shows else (),
        address=customer.address if "address" in shows else None,
    )


def shown_recipient(store: Store, handoff: Handoff, customer_id: str) -> Recipient | None:
    """What the department may see of the customer: nothing once there is nothing left to do."""
    personal = [name for name in handoff.shows if name != "order"]
    return recipient_of(store, customer_id, personal) if personal and handoff.is_open else None


def _files_of_messages(store: Store, ticket: str) -> Iterator[AttachmentRef]:
    cursor: str | None = None
    while True:
        messages, cursor = load_messages(store, ticket, limit=PAGE, cursor=cursor)
        for message in messages:
            yield from message.attachments
        if cursor is None:
            return
