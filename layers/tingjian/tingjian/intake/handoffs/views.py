"""Hand-offs as their departments see them: lists, one of them, and its files."""

from tingjian.intake.attachments.actions import Files, link_to
from tingjian.intake.attachments.models import Download
from tingjian.intake.handoffs.actions import handoff_number
from tingjian.intake.handoffs.bodies import HandoffList, HandoffQuery, HandoffView
from tingjian.intake.handoffs.models import Handoff
from tingjian.intake.handoffs.requests import shown_recipient
from tingjian.intake.handoffs.rights import READ_HANDOFFS
from tingjian.intake.handoffs.storage import HandoffNotFoundError, list_handoffs, load_handoff
from tingjian.intake.tickets.rights import READ_TICKETS
from tingjian.intake.tickets.storage import load_ticket
from tingjian.people.staff.storage import list_teams
from tingjian.platform.ids import is_number
from tingjian.platform.rights import Caller
from tingjian.platform.store import Store


def list_open_or_finished(store: Store, query: HandoffQuery, *, caller: Caller) -> HandoffList:
    """The hand-offs of a department, or of all that the caller may see, by due time."""
    if query.department:
        caller.require(READ_HANDOFFS, team=query.department)
        departments = [query.department]
    else:
        every = [team.id for team in list_teams(store) if team.kind == "department"]
        departments = caller.teams_within(READ_HANDOFFS, every)
    items, cursor = list_handoffs(store, departments, finished=query.finished, limit=query.limit, after=query.cursor)
    return HandoffList(items=tuple(map(HandoffView.of, items)), cursor=cursor)


def view_handoff(store: Store, ticket: str, number: str, *, caller: Caller) -> HandoffView:
    """One hand-off, with what its asker chose to show. Raises HandoffNotFoundError, AccessDeniedError."""
    handoff = _own_handoff(store, ticket, number, caller)
    recipient = shown_recipient(store, handoff, load_ticket(store, ticket).customer_id) if handoff.is_open else None
    return HandoffView.of(handoff, recipient)


def file_of_department(
    store: Store, files: Files, ticket: str, number: str, attachment: str, *, caller: Caller
) -> Download:
    """A link to a file of a hand-off for its department. Raises AttachmentNotFoundError."""
    return link_to(files, ticket, _own_handoff(store, ticket, number, caller).files, attachment)


def file_of_ticket(
    store: Store, files: Files, ticket: str, number: str, attachment: str, *, caller: Caller
) -> Download:
    """A link to a file of a hand-off for those who read its ticket. Raises AttachmentNotFoundError."""
    found = load_ticket(store, ticket)
    caller.require(READ_TICKETS, team=found.team, owner=found.assignee)
    return link_to(files, found.id, load_handoff(store, found.id, handoff_number(number)).files, attachment)


def _own_handoff(store: Store, ticket: str, number: str, caller: Caller) -> Handoff:
    if not is_number(ticket):
        raise HandoffNotFoundError
    handoff = load_handoff(store, ticket, handoff_number(number))
    caller.require(READ_HANDOFFS, team=handoff.department)
    return handoff
