# mypy: ignore-errors
# ruff: noqa: ANN001, ANN201 -- Django has no types here: it is installed in the peer's environment only
"""Fill the peer's database, and print what a client needs as JSON: `python -m peer_site.seed TICKETS`, after `migrate`.

Three queues that escalate after a day, ten agents, 60 % of the tickets open, dates over 90 days, two follow-ups each. A
staff session is made here, so that no request pays for hashing a password.
"""

import json
import os
import sys
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peer_site.settings")
django.setup()

from django.conf import settings  # noqa: E402 -- Django must be set up first
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402
from django.utils.crypto import get_random_string  # noqa: E402
from helpdesk.models import FollowUp, Queue, Ticket  # noqa: E402

QUEUES = ("Returns", "Deliveries", "Complaints")
AGENTS = 10
DAYS = 90
BATCH = 2000
CSRF_LENGTH = 32


def make_staff():
    """Make the agents; the first is the one that the bench signs in as."""
    users = get_user_model().objects
    return [
        users.create_user(f"agent{number}", f"agent{number}@example.com", is_staff=True, is_superuser=number == 0)
        for number in range(AGENTS)
    ]


def make_queues():
    """Make the queues."""
    return [
        Queue.objects.create(title=title, slug=title.lower(), escalate_days=1, email_address=f"{title}@example.com")
        for title in QUEUES
    ]


def make_tickets(count, queues, staff):
    """Insert tickets with their follow-ups, then set the dates that `auto_now_add` would overwrite."""
    tickets = [
        Ticket(
            title=f"Request {number}",
            queue=queues[number % len(queues)],
            submitter_email=f"customer{number % 5000}@example.com",
            assigned_to=staff[number % len(staff)],
            status=Ticket.OPEN_STATUS if number % 10 < 6 else Ticket.CLOSED_STATUS,
            description="The parcel has not arrived, and nobody answers the phone.",
            priority=number % 5 + 1,
        )
        for number in range(count)
    ]
    Ticket.objects.bulk_create(tickets, batch_size=BATCH)
    now = timezone.now()
    FollowUp.objects.bulk_create(
        (
            FollowUp(
                ticket=ticket, user=staff[0], title="Comment", comment="We are looking into it.", date=now, public=True
            )
            for ticket in tickets
            for _ in range(2)
        ),
        batch_size=BATCH,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE helpdesk_ticket SET created = %s - (id %% %s) * %s, modified = created",
            [now, DAYS, timedelta(days=1)],
        )
        cursor.execute("VACUUM ANALYZE")


def sign_in(user):
    """Make a session as a log-in would."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key


def main():
    """Seed and report."""
    staff = make_staff()
    queues = make_queues()
    make_tickets(int(sys.argv[1]), queues, staff)
    found = {
        "tickets": Ticket.objects.count(),
        "open": Ticket.objects.filter(status=Ticket.OPEN_STATUS).count(),
        "follow_ups": FollowUp.objects.count(),
        "queue": queues[0].pk,
        "session": sign_in(staff[0]),
        "csrf": get_random_string(CSRF_LENGTH),
    }
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
