# mypy: ignore-errors
# ruff: noqa: ANN201 -- Django has no types here: it is installed in the peer's environment only
"""Let the peer escalate, and print what came of it as JSON: `python -m peer_site.escalate [--without-mail]`.

Every open ticket is made due at priority 3 first, as if it had never been escalated. The time is that of the command
`escalate_tickets` alone, Django being up. Without mail, its mails are not even rendered.
"""

import json
import os
import sys
import time
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peer_site.settings")
django.setup()

from django.core.management import call_command  # noqa: E402 -- Django must be set up first
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402
from helpdesk.models import FollowUp, Ticket, TicketChange  # noqa: E402

TITLE = "Ticket Escalated"
DAYS = 88
"""Over which the opening of the tickets is spread; the youngest are two days old."""


def make_due():
    """Take back what was escalated, and make every open ticket due."""
    TicketChange.objects.filter(followup__title=TITLE).delete()
    FollowUp.objects.filter(title=TITLE).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE helpdesk_ticket SET priority = 3, last_escalation = NULL, created = %s - (id %% %s) * %s",
            [timezone.now() - timedelta(days=2), DAYS, timedelta(days=1)],
        )
        cursor.execute("VACUUM ANALYZE")
    return Ticket.objects.filter(status=Ticket.OPEN_STATUS, priority=3).count()


def main():
    """Escalate, timed, and count."""
    if "--without-mail" in sys.argv:
        Ticket.send = lambda *_args, **_kwargs: set()
    due = make_due()
    began, cpu = time.perf_counter(), time.process_time()
    call_command("escalate_tickets")
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    found = {
        "due": due,
        "seconds": seconds,
        "cpu_seconds": cpu,
        "moved": Ticket.objects.filter(status=Ticket.OPEN_STATUS, priority=2, last_escalation__isnull=False).count(),
        "left": Ticket.objects.filter(status=Ticket.OPEN_STATUS, priority=3).count(),
        "follow_ups": FollowUp.objects.filter(title=TITLE).count(),
        "changes": TicketChange.objects.filter(followup__title=TITLE, old_value="3", new_value="2").count(),
    }
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
