"""Passing tickets on: escalation by staff, transfers between teams, releases."""

from tingjian.intake.transfers import routes
from tingjian.intake.transfers.events import TicketEscalated, TicketReleased, TicketTransferred
from tingjian.platform.features import READS_DESK, READS_JOURNAL, WRITES_DESK, WRITES_JOURNAL, Feature, Http

FEATURE = Feature(
    http=Http("intake", routes.app, touches=(READS_DESK, WRITES_DESK, READS_JOURNAL, WRITES_JOURNAL)),
    facts=(TicketEscalated, TicketTransferred, TicketReleased),
    notices=("ticket_escalated", "ticket_transferred"),
)
