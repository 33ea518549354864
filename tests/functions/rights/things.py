"""Things to ask about, put straight into the store."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from tests.functions.rights.people import HOME, Position
from tingjian.escalation.alerts.models import Alert, AlertName
from tingjian.escalation.alerts.storage import alert_write
from tingjian.intake.customers.models import Customer
from tingjian.intake.customers.storage import customer_write
from tingjian.intake.handoffs.models import Handoff
from tingjian.intake.handoffs.storage import handoff_write
from tingjian.intake.tickets.models import Status, Ticket
from tingjian.intake.tickets.storage import ticket_write
from tingjian.notifications.notices.models import Notice, notice_id
from tingjian.notifications.notices.storage import notice_write
from tingjian.platform.ids import number_from
from tingjian.platform.store import Store, Write, to_wire
from tingjian.survey.followups.models import FollowUp
from tingjian.survey.followups.storage import follow_up_write
from tingjian.survey.surveys.models import Survey
from tingjian.survey.surveys.storage import survey_write

Kind = Literal["ticket", "handoff", "customer", "survey", "follow_up", "alert", "notice", "team", "department"]
PHONE, EMAIL, ADDRESS = "+8613812345678", "zhang.wei@example.com", "浙江省杭州市西湖区文三路 9 号"
STATUSES: dict[str, Status] = {"reopen": "resolved", "resume": "waiting"}


@dataclass
class Things:
    """Makes things in positions, each new and without a past."""

    store: Store
    count: "itertools.count[int]" = field(default_factory=itertools.count)
    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    def make(self, kind: Kind, place: Position, *, move: str = "") -> dict[str, str]:
        """A thing of this kind in this position: the parts of paths that lead to it."""
        if kind in {"team", "department"}:
            return {"team": place.team, "department": place.team}
        ticket = self._ticket(place, STATUSES.get(move, "open"))
        second = self._ticket(place, "open")
        named = {"ticket": ticket.id, "other": ticket.id, "second": second.id}
        named |= {"number": "1", "message": "1", "attachment": "none"}
        writes = [ticket_write(ticket), ticket_write(second), *self._beside(kind, ticket, place, move)]
        for write in writes:
            self.store.client.put_item(TableName=self.store.desk, Item=to_wire(write.item))
        named |= {"customer": ticket.customer_id, "survey": f"{ticket.id}-1", "follow_up": f"{ticket.id}-1"}
        return named | self._ids(kind, ticket, place)

    def _ticket(self, place: Position, status: Status) -> Ticket:
        number = number_from(f"matrix {next(self.count)}")
        done = self.now if status == "resolved" else None
        return Ticket(
            id=number,
            version=1,
            type="feedback",
            subject="包裹没到",
            status=status,
            priority="normal",
            channel="web",
            team=place.team,
            assignee=place.owner,
            customer_id=f"customer{number}",
            opened_at=self.now - timedelta(hours=1),
            resolved_at=done,
            handoffs=1,
        )

    def _beside(self, kind: Kind, ticket: Ticket, place: Position, move: str) -> list[Write]:
        about: dict[str, Any] = {"id": f"{ticket.id}-1", "version": 1, "ticket": ticket.id, "type": ticket.type}
        about |= {"team": place.team, "customer": ticket.customer_id}
        dates = {"resolved_at": self.now, "issued_at": self.now, "expires_at": self.now + timedelta(days=7)}
        due = {"opened_at": self.now, "due_at": self.now + timedelta(days=1)}
        makers: dict[str, Callable[[], Write]] = {
            "ticket": lambda: customer_write(_customer(ticket.customer_id)),
            "customer": lambda: customer_write(_customer(ticket.customer_id)),
            "handoff": lambda: handoff_write(self._handoff(ticket, place.team, move)),
            "survey": lambda: survey_write(Survey(**about, channel="web", **dates)),
            "follow_up": lambda: follow_up_write(FollowUp(**about, score=1, owner=place.owner, **due)),
            "alert": lambda: alert_write(self._alert(ticket, place)),
            "notice": lambda: notice_write(self._notice(ticket, place)),
        }
        return [makers[kind]()]

    def _ids(self, kind: Kind, ticket: Ticket, place: Position) -> dict[str, str]:
        if kind == "alert":
            return {"alert": self._alert(ticket, place).id}
        return {"notice": self._notice(ticket, place).id} if kind == "notice" else {}

    def _handoff(self, ticket: Ticket, department: str, move: str) -> Handoff:
        return Handoff(
            ticket=ticket.id,
            number=1,
            version=1,
            department=department,
            request="请查一下",
            asked_by="colleague",
            asked_at=self.now,
            due_at=self.now + timedelta(days=1),
            state="accepted" if move == "complete" else "asked",
        )

    def _alert(self, ticket: Ticket, place: Position) -> Alert:
        name = AlertName(ticket.id, "resolution", 1_700_000_000_000, 100)
        return Alert(
            id=str(name),
            version=1,
            ticket=ticket.id,
            clock="resolution",
            share=100,
            raised_at=self.now,
            due_at=self.now,
            ladder="default",
            ladder_version=1,
            team=place.team,
            owner=place.owner,
        )

    def _notice(self, ticket: Ticket, place: Position) -> Notice:
        return Notice(
            id=notice_id(self.now, ticket.id),
            staff=place.owner or "nobody",
            kind="clock_warned",
            ticket=ticket.id,
            at=self.now,
            channels=("in_app",),
        )


def _customer(identifier: str) -> Customer:
    return Customer(id=identifier, version=1, name="张伟", phones=(PHONE,), emails=(EMAIL,), address=ADDRESS)


CENTRE = Position(HOME, None)
