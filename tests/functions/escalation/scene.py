"""What tests of escalation do with tickets, and what they look at afterwards."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.escalation.schedule import TIMERS
from tests.builders import AGENT, CUSTOMER, NOW, SIGNER
from tingjian.escalation.alerts.models import Alert, AlertName
from tingjian.escalation.alerts.storage import alert_from_item, find_alerts
from tingjian.escalation.ladders.models import Ladder, Rung
from tingjian.escalation.ladders.storage import ladder_writes
from tingjian.intake.customers.models import Contact
from tingjian.intake.tickets import actions
from tingjian.intake.tickets.bodies import Ask
from tingjian.intake.tickets.changes import Request
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.openings import Opening, open_ticket
from tingjian.intake.tickets.storage import load_ticket
from tingjian.notifications.notices.models import Notice
from tingjian.notifications.notices.storage import notice_from_item
from tingjian.platform.events import Event, is_unbroken, load_events
from tingjian.platform.store import Store
from tingjian.platform.sweep import Sweep
from tingjian.platform.timers import SweepResult
from tingjian.sla.policies.reach import Reach
from tingjian.sla.policies.steps import LADDERS

WARNED_AT = NOW + timedelta(minutes=48)
BREACHED_AT = NOW + timedelta(minutes=60)
ALL_OVER_AT = NOW + timedelta(days=4)


def open_one(
    store: Store,
    *,
    kind: str = "feedback",
    at: datetime = NOW,
    phone: str | None = "13812345678",
    email: str | None = None,
) -> str:
    """File a request; its number."""
    body = Ask(type=kind, subject="包裹没到", text="三天了。", contact=Contact(phone=phone, email=email, name="王芳"))
    return open_ticket(store, SIGNER, body, Opening(CUSTOMER, at, "zh-CN")).id


def sweep(
    store: Store, now: datetime, *, in_time: Callable[[], bool] = lambda: True, members: int = 100, page: int = 100
) -> SweepResult:
    """Run the sweep as the schedule does; what is more than a page is written by threads."""
    return Sweep(store, TIMERS, now, in_time, members, page).run()


def put_ladder(store: Store, *rungs: Rung, version: int = 1, reach: Reach | None = None, **options: object) -> Ladder:
    """Store a ladder of these rungs for every clock of first responses."""
    ladder = Ladder(
        id="house",
        version=version,
        name="house",
        reach=reach or Reach(clocks=("first_response",)),
        rungs=rungs,
        **options,
    )
    store.transact(ladder_writes(ladder))
    store.forget(LADDERS)
    return ladder


def notices_of(store: Store, staff: str) -> list[Notice]:
    """A person's notices, oldest first."""
    return [notice_from_item(item) for item in store.query_all(f"staff#{staff}", prefix="notice#")]


def told(store: Store) -> Counter[tuple[str, str, object]]:
    """Who was told what about which share, how often."""
    people = [item["sk"] for item in store.query_all("staff")]
    return Counter(
        (person, notice.kind, notice.data.get("share")) for person in people for notice in notices_of(store, person)
    )


@dataclass(frozen=True)
class Scene:
    """A store and a ticket in it."""

    store: Store
    number: str

    @property
    def ticket(self) -> Ticket:
        """The ticket as it stands."""
        return load_ticket(self.store, self.number)

    @property
    def events(self) -> list[Event]:
        """Its events, whose chain holds up to the ticket itself."""
        events = load_events(self.store, f"ticket#{self.number}")
        assert is_unbroken(events)
        assert events[-1].hash == self.ticket.hash
        return events

    def steps(self) -> list[tuple[str, str, int]]:
        """What its clocks said: event, clock, share."""
        return [
            (event.name, event.data["clock"], event.data["share"])
            for event in self.events
            if event.name.startswith(("Clock", "AlertUn"))
        ]

    def alerts(self) -> list[Alert]:
        """Its alerts, by clock and share."""
        return [alert_from_item(item) for item in self.store.query_all(f"ticket#{self.number}", prefix="alert#")]

    def alert(self, share: int, clock: str = "first_response") -> Alert:
        """One of its alerts."""
        found = self.ticket.clock(clock)
        assert found
        name = AlertName.of(self.number, found, share)
        return find_alerts(self.store, [name])[name]

    def claim(self, *, minutes: int = 5) -> None:
        """Let the agent take it."""
        now = NOW + timedelta(minutes=minutes)
        actions.claim(self.store, Request(number=self.number, actor=AGENT.actor, now=now, caller=AGENT))
