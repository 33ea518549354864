"""Callbacks of people who leave, or change their team: those without a plan go to the lead of their team."""

from datetime import datetime

from tingjian.people.staff.destinations import works_for
from tingjian.people.staff.storage import STAFF, TEAMS, find_staff, find_team
from tingjian.platform.chains import with_event
from tingjian.platform.changes import load_and_write
from tingjian.platform.events import SYSTEM, Event, event_write
from tingjian.platform.store import ConditionFailedError, Store
from tingjian.survey.callbacks.events import CallbackAssigned
from tingjian.survey.callbacks.models import Callback
from tingjian.survey.callbacks.storage import callback_write, list_callbacks, load_callback

PAGE = 100
AGAIN = 5


def give_on(store: Store, event: Event, now: datetime) -> None:
    """Give on what a member of staff may not do any more. One query of that person's list, and a transaction each.

    What belongs to a plan is shared out by the plan.
    """
    name = event.entity.removeprefix("staff#")
    store.renew(STAFF, TEAMS)
    person = find_staff(store, name)
    after: str | None = None
    while True:
        found, after = list_callbacks(store, "owner", [name], done=False, limit=PAGE, after=after)
        for callback in found:
            if not callback.plan and (person is None or not works_for(person, callback.team)):
                _give_on(store, callback.id, name, now)
        if after is None:
            return


def _give_on(store: Store, identifier: str, person: str, now: datetime) -> None:
    def write(before: Callback) -> None:
        if before.owner != person or before.state != "open":
            return
        team = find_team(store, before.team)
        heir = team.lead if team and team.lead != person else None
        after, given = with_event(before.given_to(heir), CallbackAssigned, now=now, actor=SYSTEM)
        store.transact([callback_write(after), event_write(given)])

    load_and_write(
        store, lambda: load_callback(store, identifier), write, again_on=ConditionFailedError, attempts=AGAIN
    )
