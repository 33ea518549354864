"""Where a ticket stands that becomes work: its team takes tickets, and its person works for it."""

from tingjian.intake.tickets.models import Ticket
from tingjian.intake.types.storage import find_type
from tingjian.people.staff.destinations import open_team, takes_tickets, works_for
from tingjian.people.staff.storage import find_staff, find_team, list_teams
from tingjian.platform.store import Store


def placed(store: Store, ticket: Ticket) -> Ticket:
    """The ticket where somebody sees it: its people and teams may be gone by now. No call when warm."""
    team = landing_team(store, ticket.team, kind=ticket.type)
    person = find_staff(store, ticket.assignee) if ticket.assignee else None
    assignee = ticket.assignee if person and works_for(person, team) else None
    return ticket.model_copy(update={"team": team, "assignee": assignee})


def landing_team(store: Store, team_id: str, *, kind: str) -> str:
    """The team, as long as it takes tickets; else its successor, else the team of the type, else any that there is."""
    seen: set[str] = set()
    place: str | None = team_id
    while place and place not in seen:
        if open_team(store, place):
            return place
        seen.add(place)
        team = find_team(store, place)
        place = team.successor if team else None
    of_type = find_type(store, kind)
    if of_type and open_team(store, of_type.team):
        return of_type.team
    return next((team.id for team in list_teams(store) if takes_tickets(team)), team_id)
