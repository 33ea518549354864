from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends

from tingjian.escalation.alerts import actions
from tingjian.escalation.alerts.models import AlertList, AlertQuery, AlertView
from tingjian.escalation.alerts.rights import READ_ALERTS
from tingjian.platform.http import Here, from_query, resolver, staff

app = resolver()


@app.get("/v1/alerts", **staff(READ_ALERTS))
def list_alerts(call: Here, query: Annotated[AlertQuery, Depends(from_query(AlertQuery))]) -> AlertList:
    """List the alerts of oneself, a team, or all teams, newest first."""
    return actions.list_for(call.store, query, caller=call.caller)


@app.post("/v1/alerts/<alert>/acknowledge", **staff(READ_ALERTS, kept=True))
def acknowledge(call: Here, alert: str) -> AlertView:
    """Acknowledge an alert, with one's name and the time."""
    return actions.acknowledge(call.store, alert, caller=call.caller, idempotency=call.idempotency, now=call.now)
