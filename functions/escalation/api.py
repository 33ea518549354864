"""The HTTP door of escalation: every route declared, one handler."""

from functions.escalation import alerts, calendars, ladders, notices, policies, webhooks
from functions.escalation.door import door

ROUTES = (notices, alerts, ladders, calendars, policies, webhooks)
handler = door
