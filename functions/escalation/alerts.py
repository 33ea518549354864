"""Routes of alerts."""

from functions.escalation.door import door
from tingjian.escalation.alerts import actions
from tingjian.escalation.alerts.models import AlertList, AlertQuery, AlertView
from tingjian.platform.http import Call


@door.get("/v1/alerts", right="alerts.read")
def list_alerts(call: Call, query: AlertQuery) -> AlertList:
    """List the alerts of oneself, a team, or all teams, newest first."""
    return actions.list_for(call.store, query, caller=call.caller)


@door.post("/v1/alerts/{alert}/acknowledge", right="alerts.read", kept=True)
def acknowledge(call: Call, alert: str) -> AlertView:
    """Acknowledge an alert, with one's name and the time."""
    return actions.acknowledge(call.store, alert, caller=call.caller, idempotency=call.idempotency, now=call.now)
