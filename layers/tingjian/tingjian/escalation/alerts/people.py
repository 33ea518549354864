"""Who holds a post: the line of command as a ticket sees it. Who is not active is nobody; the next one up is told."""

from tingjian.escalation.ladders.models import LINE, Post, Rung
from tingjian.intake.tickets.models import Ticket
from tingjian.people.staff.models import Staff
from tingjian.people.staff.storage import find_staff, find_team, list_staff, staff_of
from tingjian.platform.store import Store

MOST_TOLD = 30


def people_of(store: Store, rung: Rung, ticket: Ticket) -> tuple[Staff, ...]:
    """Whom a rung tells, each once, in the order of the rung; 30 at most. No call when warm.

    A post that nobody holds goes up the line: a ticket without an assignee is the lead's.
    """
    found: dict[str, Staff] = {}
    for post in rung.tell:
        found |= {person.id: person for person in holders(store, post, ticket)}
    for name in rung.people:
        if person := _active(store, name):
            found[person.id] = person
    if not found and (rung.tell or rung.people):
        found = {person.id: person for person in holders(store, LINE[0], ticket)}
    return tuple(found.values())[:MOST_TOLD]


def holders(store: Store, post: Post, ticket: Ticket) -> list[Staff]:
    """Those who hold the post for the ticket, or the first above it that anybody holds; at the last administrators."""
    for place in LINE[LINE.index(post) :]:
        if people := _holding(store, place, ticket):
            return people
    return _with_role(store, "admin")


def department_people(store: Store, department: str) -> list[Staff]:
    """Who answers for a department: its lead, else everybody in it."""
    team = find_team(store, department)
    lead = _active(store, team.lead) if team and team.lead else None
    return [lead] if lead else [person for person in list_staff(store) if person.active and department in person.teams]


def _holding(store: Store, post: Post, ticket: Ticket) -> list[Staff]:
    if post == "assignee":
        return _named(store, ticket.assignee)
    if post == "director":
        return _with_role(store, "director")
    team = find_team(store, ticket.team)
    named = _named(store, getattr(team, post) if team else None)
    if named or post == "lead":
        return named or staff_of(store, team=ticket.team, role=post)
    return staff_of(store, team=ticket.team, role=post) or _with_role(store, post)


def _named(store: Store, name: str | None) -> list[Staff]:
    person = _active(store, name) if name else None
    return [person] if person else []


def _active(store: Store, name: str) -> Staff | None:
    person = find_staff(store, name)
    return person if person and person.active else None


def _with_role(store: Store, role: str) -> list[Staff]:
    return [person for person in list_staff(store) if person.active and role in person.roles]
