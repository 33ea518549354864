"""Follow-ups of people who leave, or change their team: the lead of the team has them."""

from datetime import datetime

from tingjian.intake.tickets.storage import load_ticket
from tingjian.people.staff.destinations import works_for
from tingjian.people.staff.storage import STAFF, TEAMS, find_staff, find_team
from tingjian.platform.chains import with_event
from tingjian.platform.changes import load_and_write
from tingjian.platform.events import SYSTEM, Event, event_write
from tingjian.platform.store import ConditionFailedError, Store
from tingjian.survey.followups.events import FollowUpGivenOn
from tingjian.survey.followups.models import FollowUp
from tingjian.survey.followups.notices import giving_notices
from tingjian.survey.followups.storage import follow_up_write, list_follow_ups, load_follow_up

PAGE = 100
ATTEMPTS = 5


def give_on(store: Store, event: Event, now: datetime) -> None:
    """Give on what a member of staff may not do any more. One query of that person's list, and a transaction each."""
    name = event.entity.removeprefix("staff#")
    store.renew(STAFF, TEAMS)
    person = find_staff(store, name)
    after: str | None = None
    while True:
        found, after = list_follow_ups(store, "owner", [name], done=False, limit=PAGE, after=after)
        for follow_up in found:
            if person is None or not works_for(person, follow_up.team):
                _give_on(store, follow_up.id, name, now)
        if after is None:
            return


def _give_on(store: Store, identifier: str, person: str, now: datetime) -> None:
    def write(before: FollowUp) -> None:
        if before.owner != person or before.state == "done":
            return
        team = find_team(store, before.team)
        after = before.given_to(team.lead if team and team.lead != person else None)
        after, given = with_event(after, FollowUpGivenOn, now=now, actor=SYSTEM)
        told = giving_notices(store, after, load_ticket(store, after.ticket), now)
        store.transact([follow_up_write(after), event_write(given), *told])

    load_and_write(
        store, lambda: load_follow_up(store, identifier), write, again_on=ConditionFailedError, attempts=ATTEMPTS
    )
