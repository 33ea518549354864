"""Saving policies, checked against what there is to match on; and edits of calendars, which move deadlines."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, get_args

from tingjian.escalation.ladders.storage import list_ladders
from tingjian.escalation.replans.actions import (
    AT_ONCE,
    advance_replan,
    earlier_replan,
    new_replan,
    new_replan_writes,
    replan_key_use,
)
from tingjian.escalation.replans.models import (
    CalendarPreviewBody,
    EditedCalendar,
    Preview,
    PreviewBody,
    Replan,
    ReplanView,
)
from tingjian.escalation.replans.previews import preview_replan
from tingjian.escalation.replans.replanner import Replanner
from tingjian.intake.customers.models import CustomerLevel
from tingjian.intake.tickets.models import Channel
from tingjian.intake.types.models import Priority, TicketType
from tingjian.intake.types.storage import find_type, list_types
from tingjian.people.staff.storage import find_team
from tingjian.platform.errors import FieldError, InvalidInputError
from tingjian.platform.events import Actor
from tingjian.platform.idempotency import Idempotency
from tingjian.platform.store import Store, Write
from tingjian.sla.calendars.actions import StillNeededError, draft_calendar, edit_calendar
from tingjian.sla.calendars.models import Calendar
from tingjian.sla.calendars.storage import load_calendar
from tingjian.sla.policies.actions import draft_policy, put_policy, remove_policy
from tingjian.sla.policies.models import Match, Policy, PolicyBody
from tingjian.sla.policies.steps import LADDERS
from tingjian.sla.policies.storage import POLICIES, list_policies

NEW = "new-policy"
"""The id of a policy in a preview that has none yet."""


def save_policy(
    store: Store, policy_id: str, body: PolicyBody, *, expected: int | None, actor: Actor, now: datetime
) -> Policy:
    """Add a policy or a new version of one. Raises InvalidInputError for one that can match nothing, PolicyTieError."""
    check_match(store, body.match)
    return put_policy(store, policy_id, body, expected=expected, actor=actor, now=now)


def delete_policy(store: Store, policy_id: str, *, expected: int | None, actor: Actor, now: datetime) -> None:
    """Delete a policy that no ladder names. Raises StillNeededError that names the ladders, PolicyNotFoundError."""
    store.renew(LADDERS)
    needed = [ladder.name for ladder in list_ladders(store) if policy_id in ladder.reach.policies]
    if needed:
        raise StillNeededError(by=needed, members={"ladders": needed})
    remove_policy(store, policy_id, expected=expected, actor=actor, now=now)


def check_match(store: Store, match: Match, *, place: str = "match") -> None:
    """Raise InvalidInputError that names every value which no ticket can have."""
    known: dict[str, Collection[str]] = {
        "types": {key for key in match.types if find_type(store, key)},
        "priorities": get_args(Priority),
        "channels": get_args(Channel),
        "teams": {team for team in match.teams if find_team(store, team)},
        "customer_levels": get_args(CustomerLevel),
        "levels": {choice for kind in list_types(store) for choice in _level_choices(kind)} if match.levels else (),
    }
    wrong = [
        FieldError(f"{place}.{name}.{number}", "unknown", value=value)
        for name, values in known.items()
        for number, value in enumerate(getattr(match, name))
        if value not in values
    ]
    if wrong:
        raise InvalidInputError(wrong)


def _level_choices(kind: TicketType) -> tuple[str, ...]:
    field = kind.definition("level")
    return field.choices if field else ()


def preview_policy(store: Store, body: PreviewBody, *, now: datetime) -> Preview:
    """Which open tickets the policy would touch if it were saved and applied, and how their deadlines would move.

    Raises what saving it would raise.
    """
    check_match(store, body.body.match, place="body.match")
    store.renew(POLICIES)
    policies = list_policies(store)
    policy = draft_policy(store, body.id or NEW, body.body, policies)
    tried = [*(other for other in policies if other.id != policy.id), policy]
    return preview_replan(store, Replanner(store, "policy", policy.id, "policy", now, tried), body)


def preview_calendar(store: Store, calendar_id: str, body: CalendarPreviewBody, *, now: datetime) -> Preview:
    """Which open tickets the calendar would touch if it were saved and applied, and how their deadlines would move.

    Raises CalendarNotFoundError: nothing runs on a calendar that is not there yet.
    """
    load_calendar(store, calendar_id)
    calendar = draft_calendar(store, calendar_id, body.body)
    return preview_replan(store, Replanner(store, "calendar", calendar.id, "calendar", now, calendar=calendar), body)


def edit_dates(
    store: Store,
    calendar_id: str,
    edit: Callable[[Calendar], dict[str, Any]],
    *,
    expected: int | None,
    actor: Actor,
    now: datetime,
    idempotency: Idempotency | None = None,
) -> EditedCalendar:
    """Change dates of a calendar, and move the deadlines of open tickets that rest on it: one transaction starts both.

    A calendar that stays as it is moves nothing. Raises CalendarNotFoundError, StaleError, InvalidInputError.
    """
    if (earlier := earlier_replan(store, idempotency)) is not None:
        return _edited_calendar(load_calendar(store, calendar_id), earlier)
    asked: list[Replan] = []

    def beside(calendar: Calendar) -> list[Write]:
        asked.append(new_replan("calendar", calendar.id, "holidays", actor=actor, now=now, idempotency=idempotency))
        return new_replan_writes(asked[-1], actor=actor, idempotency=idempotency)

    calendar = edit_calendar(
        store,
        calendar_id,
        edit,
        beside=beside,
        key_use=replan_key_use(idempotency, now=now),
        expected=expected,
        actor=actor,
        now=now,
    )
    return _edited_calendar(calendar, advance_replan(store, asked[-1], limit=AT_ONCE, now=now) if asked else None)


def _edited_calendar(calendar: Calendar, replan: Replan | None) -> EditedCalendar:
    return EditedCalendar(**dict(calendar), replan=ReplanView.of(replan) if replan else None)
