"""Opening, claiming and completing follow-ups, and noticing the late ones. Each is one transaction with its events."""

from collections.abc import Callable, Sequence
from datetime import datetime

from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.storage import load_ticket
from tingjian.people.staff.storage import find_staff, find_team, list_staff, list_teams
from tingjian.platform.chains import with_event
from tingjian.platform.changes import OvertakenError, load_and_write
from tingjian.platform.cursors import open_cursor, seal_cursor
from tingjian.platform.events import SYSTEM, Event, event_done_before, event_write, key_use
from tingjian.platform.idempotency import Idempotency
from tingjian.platform.items import Item
from tingjian.platform.records import stale
from tingjian.platform.rights import Caller, Scope
from tingjian.platform.store import ConditionFailedError, Store, Write
from tingjian.platform.timers import Firing
from tingjian.survey.followups.consequences import follow_through
from tingjian.survey.followups.events import (
    FollowUpAttempted,
    FollowUpClaimed,
    FollowUpCompleted,
    FollowUpDropped,
    FollowUpFact,
    FollowUpOpened,
    FollowUpOverdue,
)
from tingjian.survey.followups.models import (
    Completion,
    FollowUp,
    FollowUpList,
    FollowUpQuery,
    FollowUpReceipt,
    FollowUpTakenError,
    FollowUpView,
)
from tingjian.survey.followups.rights import WORK_FOLLOW_UPS
from tingjian.survey.followups.storage import follow_up_from_item, follow_up_write, list_follow_ups, load_follow_up


def new_follow_up(
    store: Store, follow_up: FollowUp, ticket: Ticket, *, now: datetime, told: bool = True
) -> tuple[FollowUp, list[Write]]:
    """A follow-up, new or of another answer now; what stores it, and tells the lead of its team, whose it is."""
    team = find_team(store, follow_up.team)
    if follow_up.state == "open":
        follow_up = follow_up.model_copy(update={"owner": team.lead if team else None})
    follow_up, event = with_event(follow_up, FollowUpOpened, now=now, actor=SYSTEM, data={"due_at": follow_up.due_at})
    writes = [follow_up_write(follow_up), event_write(event)]
    if told:
        from tingjian.survey.followups.notices import opening_notices  # noqa: PLC0415 - low scores are few

        writes += opening_notices(store, follow_up, ticket, now)
    return follow_up, writes


def drop_follow_up(follow_up: FollowUp, *, now: datetime) -> list[Write]:
    """What ends a follow-up that the customer's new answer calls for no more."""
    dropped, event = with_event(follow_up.with_drop(now), FollowUpDropped, now=now, actor=SYSTEM)
    return [follow_up_write(dropped), event_write(event)]


def claim(
    store: Store, identifier: str, *, caller: Caller, now: datetime, idempotency: Idempotency | None, seen: int | None
) -> FollowUpReceipt:
    """Take a follow-up on. Raises AccessDeniedError, FollowUpTakenError, FollowUpDoneError, StaleError."""

    def decide(follow_up: FollowUp) -> FollowUp:
        return _named(store, follow_up, lambda: follow_up.with_claim(by=caller.id, now=now))

    return _step(store, identifier, FollowUpClaimed, decide, caller=caller, now=now, idempotency=idempotency, seen=seen)


def complete(
    store: Store,
    identifier: str,
    body: Completion,
    *,
    caller: Caller,
    now: datetime,
    idempotency: Idempotency | None,
    seen: int | None,
) -> FollowUpReceipt:
    """Finish a follow-up: the ticket is released, or taken up again for a customer who is not satisfied.

    Unreachable counts an attempt, and finishes it after the set number only. Raises AccessDeniedError,
    FollowUpTakenError, FollowUpDoneError, TooEarlyError.
    """

    def decide(follow_up: FollowUp) -> FollowUp:
        return _named(store, follow_up, lambda: follow_up.with_completion(body, by=caller.id, now=now))

    return _step(
        store, identifier, FollowUpCompleted, decide, caller=caller, now=now, idempotency=idempotency, seen=seen
    )


def find_follow_ups(store: Store, query: FollowUpQuery, *, caller: Caller) -> FollowUpList:
    """The follow-ups that the caller may see among those asked for. Raises AccessDeniedError for a foreign team."""
    if query.owner and not query.team:
        index, partitions = "owner", [query.owner]
    else:
        if query.team:
            caller.require(WORK_FOLLOW_UPS, team=query.team)
        index, partitions = "queue", [query.team] if query.team else _teams(store, caller)
    after = open_cursor(query.cursor, caller)
    found, cursor = list_follow_ups(store, index, partitions, done=query.done, limit=query.limit, after=after)
    shown = caller.covered(WORK_FOLLOW_UPS, found, lambda entry: (entry.team, entry.owner))
    if query.owner:
        shown = [entry for entry in shown if entry.owner == query.owner]
    scope = caller.scope(WORK_FOLLOW_UPS)
    leaves_out = scope is Scope.OWN if index == "queue" else scope is not Scope.ALL and query.owner != caller.id
    if leaves_out:
        cursor = seal_cursor(cursor, caller)
    return FollowUpList(items=views_of(store, shown), cursor=cursor)


def views_of(store: Store, follow_ups: Sequence[FollowUp]) -> tuple[FollowUpView, ...]:
    """Follow-ups with the names of their people. No call when warm."""
    names = {person.id: person.name for person in list_staff(store)} if follow_ups else {}
    return tuple(FollowUpView.of(follow_up, names) for follow_up in follow_ups)


def mark_overdue(store: Store, item: Item, *, now: datetime) -> Firing | None:
    """The timer of a follow-up: it is late. Its owner and the manager are told; None when it is done, or was noted."""
    follow_up = follow_up_from_item(item)
    if follow_up.state == "done" or follow_up.overdue_at is not None or now < follow_up.due_at:
        return None
    late, event = with_event(follow_up.with_delay(now), FollowUpOverdue, now=now, actor=SYSTEM)
    from tingjian.survey.followups.notices import overdue_notices  # noqa: PLC0415 - late ones are few

    told = overdue_notices(store, late, load_ticket(store, follow_up.ticket), now)
    return Firing((follow_up_write(late), event_write(event), *told))


def _step(
    store: Store,
    identifier: str,
    fact: type[FollowUpFact],
    decide: Callable[[FollowUp], FollowUp],
    *,
    caller: Caller,
    now: datetime,
    idempotency: Idempotency | None,
    seen: int | None,
) -> FollowUpReceipt:
    def write(before: FollowUp) -> FollowUpReceipt:
        caller.require(WORK_FOLLOW_UPS, team=before.team, owner=before.owner)
        if seen not in {None, before.version}:
            raise stale(store, before.entity, after=seen or 0)
        after = decide(before)
        attempted = len(after.attempts) > len(before.attempts) and after.state != "done"
        after, event = with_event(
            after,
            FollowUpAttempted if attempted else fact,
            now=now,
            actor=caller.actor,
            data=_measurements(after),
            idempotency=idempotency,
        )
        try:
            store.transact(
                [follow_up_write(after), event_write(event), *follow_through(store, after, caller, now)],
                idempotency=key_use(idempotency, event),
            )
        except ConditionFailedError as error:
            raise OvertakenError(before.entity, before.version) from error
        return _receipt(event)

    return load_and_write(
        store,
        lambda: load_follow_up(store, identifier, repeat=idempotency),
        write,
        receipt=lambda done: _receipt(event_done_before(store, done)),
    )


def _named(store: Store, follow_up: FollowUp, decide: Callable[[], FollowUp]) -> FollowUp:
    """What was decided; who else has claimed it is told by name."""
    try:
        return decide()
    except FollowUpTakenError as taken:
        owner = find_staff(store, follow_up.owner) if follow_up.owner else None
        raise FollowUpTakenError(by=owner.name if owner else follow_up.owner, members=taken.members) from taken


def _measurements(follow_up: FollowUp) -> dict[str, object]:
    if follow_up.done_at is None or follow_up.completion is None:
        attempts = len(follow_up.attempts)
        return {"attempts": attempts, "next_attempt_at": follow_up.next_attempt_at} if attempts else {}
    return {
        "result": follow_up.completion.result,
        "seconds": round((follow_up.done_at - follow_up.opened_at).total_seconds(), 3),
        "kept": {"follow_up": follow_up.done_at <= follow_up.due_at},
    }


def _receipt(event: Event) -> FollowUpReceipt:
    return FollowUpReceipt(
        id=event.entity.removeprefix("followup#"),
        version=event.version,
        event=event.name,
        state=event.data["state"],
        owner=event.data.get("owner"),
        at=event.at,
        attempts=event.data.get("attempts", 0),
        next_attempt_at=event.data.get("next_attempt_at"),
    )


def _teams(store: Store, caller: Caller) -> list[str]:
    teams = [team.id for team in list_teams(store) if team.kind == "team"]
    return teams if caller.scope(WORK_FOLLOW_UPS) is Scope.ALL else [team for team in teams if team in caller.teams]
