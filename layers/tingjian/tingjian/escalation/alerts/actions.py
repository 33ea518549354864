"""Alerts for people: listed within their scope, and acknowledged."""

from datetime import datetime

from tingjian.escalation.alerts.events import AlertAcknowledged
from tingjian.escalation.alerts.models import (
    Alert,
    AlertList,
    AlertName,
    AlertNotFoundError,
    AlertQuery,
    AlertView,
)
from tingjian.escalation.alerts.rights import READ_ALERTS
from tingjian.escalation.alerts.storage import alert_from_item, alert_write, list_alerts, load_alert
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.storage import ticket_from_item
from tingjian.notifications.webhooks.storage import webhook_calls
from tingjian.people.staff.storage import list_teams
from tingjian.platform.chains import ChainEnd
from tingjian.platform.changes import OvertakenError, load_and_write
from tingjian.platform.errors import AccessDeniedError
from tingjian.platform.events import event_write, key_use
from tingjian.platform.idempotency import Idempotency
from tingjian.platform.places import ticket_key
from tingjian.platform.rights import Caller, Scope
from tingjian.platform.store import ConditionFailedError, Store


def list_for(store: Store, query: AlertQuery, *, caller: Caller) -> AlertList:
    """The alerts that the caller may see, newest first. A page that `state` left short can still come with a cursor.

    One call a team and one for the page. Raises AccessDeniedError for a foreign team.
    """
    index, partitions = _where(store, query, caller)
    keys, cursor = list_alerts(store, index, partitions, limit=query.limit, after=query.cursor)
    tickets = {key: ticket_key(key.pk.removeprefix("ticket#")) for key in keys}
    found = store.get_many([*keys, *tickets.values()], consistent=False) if keys else {}
    views = []
    for key in keys:
        if key in found and tickets[key] in found:
            view = _view(alert_from_item(found[key]), ticket_from_item(found[tickets[key]]))
            if query.state in {None, view.state_now}:
                views.append(view)
    return AlertList(items=tuple(views), cursor=cursor)


def acknowledge(
    store: Store, alert_id: str, *, caller: Caller, idempotency: Idempotency | None, now: datetime
) -> AlertView:
    """Put the caller's name and the time on an alert; the first one stays, a second one changes nothing.

    Raises AlertNotFoundError; AccessDeniedError for a caller who was not told and may not read the team's alerts.
    """

    def write(alert: Alert) -> Alert:
        caller.require(READ_ALERTS, team=alert.team, owner=caller.id if caller.id in alert.told else alert.owner or "")
        after = alert.acknowledge(by=caller.id, now=now)
        if after is not alert:
            _store(store, after, caller=caller, idempotency=idempotency, now=now)
        return after

    after = load_and_write(store, lambda: load_alert(store, AlertName.parse(alert_id)), write)
    ticket = store.get(ticket_key(after.ticket))
    if ticket is None:
        raise AlertNotFoundError
    return _view(after, ticket_from_item(ticket))


def _store(store: Store, alert: Alert, *, caller: Caller, idempotency: Idempotency | None, now: datetime) -> None:
    facts = {"ticket": alert.ticket, "clock": alert.clock, "share": alert.share, "team": alert.team}
    event = ChainEnd(f"alert#{alert.id}").next_event(
        AlertAcknowledged,
        now=now,
        actor=caller.actor,
        data=facts | {"seconds": round((now - alert.raised_at).total_seconds(), 3)},
        idempotency=idempotency,
    )
    told = facts | {"alert": alert.id, "by": caller.id}
    calls = webhook_calls(store, AlertAcknowledged, told, mark=alert.id, now=now) if "webhook" in alert.channels else []
    try:
        store.transact([alert_write(alert), event_write(event), *calls], idempotency=key_use(idempotency, event))
    except ConditionFailedError as error:
        raise OvertakenError(event.entity, 0) from error


def _where(store: Store, query: AlertQuery, caller: Caller) -> tuple[str, list[str]]:
    if query.team:
        caller.require(READ_ALERTS, team=query.team)
        if caller.scope(READ_ALERTS) < Scope.TEAM:
            raise AccessDeniedError(right=READ_ALERTS.name)
        return "queue", [query.team]
    if caller.scope(READ_ALERTS) < Scope.TEAM or query.mine:
        return "owner", [caller.id]
    if caller.scope(READ_ALERTS) is Scope.ALL:
        return "queue", [team.id for team in list_teams(store)]
    return "queue", sorted(caller.teams)


def _view(alert: Alert, ticket: Ticket) -> AlertView:
    return AlertView(**dict(alert), state_now=alert.state(ticket))
