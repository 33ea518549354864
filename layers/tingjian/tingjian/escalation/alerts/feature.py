"""Alerts: what they are made of, and the timers of tickets, alerts and hand-offs, which raise them."""

from tingjian.escalation.alerts import routes
from tingjian.escalation.alerts.events import (
    AlertAcknowledged,
    AlertRaised,
    AlertUnanswered,
    ClockBreached,
    ClockOverrun,
    ClockWarned,
    HandoffOverdue,
    HandoffOverrun,
    HandoffWarned,
)
from tingjian.escalation.alerts.handoffs import fire_handoff
from tingjian.escalation.alerts.rights import READ_ALERTS
from tingjian.escalation.alerts.timers import fire_alert, fire_ticket
from tingjian.platform.features import (
    READS_DESK,
    READS_JOURNAL,
    WRITES_DESK,
    WRITES_JOURNAL,
    Feature,
    Http,
    Place,
    Timer,
    index,
)

FIRES = (READS_DESK, WRITES_DESK, WRITES_JOURNAL)

FEATURE = Feature(
    http=Http("escalation", routes.app, touches=(index("queue"), index("owner"), READS_JOURNAL, WRITES_JOURNAL)),
    rights=(READ_ALERTS,),
    facts=(
        ClockWarned,
        ClockBreached,
        ClockOverrun,
        HandoffWarned,
        HandoffOverdue,
        HandoffOverrun,
        AlertRaised,
        AlertUnanswered,
        AlertAcknowledged,
    ),
    timers=(
        Timer("ticket", fire_ticket, touches=FIRES),
        Timer("alert", fire_alert, touches=FIRES),
        Timer("handoff", fire_handoff, touches=FIRES),
    ),
    notices=(
        "clock_warned",
        "clock_breached",
        "clock_overrun",
        "alert_unanswered",
        "handoff_warned",
        "handoff_overdue",
        "handoff_overrun",
    ),
    places=(
        Place(
            "alert",
            "ticket#<ticket>",
            "alert#<clock>#<start of the clock>#<share>",
            indexes={"queue": "alerts#<team>", "owner": "alerts#<staff>", "due": "<shard>"},
            note="due while it awaits an answer; expires after 400 days",
        ),
    ),
)
