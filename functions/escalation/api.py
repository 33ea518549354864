"""The HTTP door of escalation: which module declares which routes."""

from functions.escalation.door import door
from tingjian.platform import snapshots

door.modules |= {
    "/v1/notices": "functions.escalation.notices",
    "/v1/alerts": "functions.escalation.alerts",
    "/v1/ladders": "functions.escalation.ladders",
    "/v1/calendars": "functions.escalation.calendars",
    "/v1/deadlines": "functions.escalation.calendars",
    "/v1/sla-policies": "functions.escalation.policies",
    "/v1/webhooks": "functions.escalation.webhooks",
}
snapshots.register(door.load_all)
handler = door
