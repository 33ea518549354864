"""What tests of surveys do with a ticket."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.builders import AGENT, NOW, SIGNER
from tingjian.intake.tickets import actions
from tingjian.intake.tickets.bodies import Resolution
from tingjian.intake.tickets.changes import Request
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.storage import load_ticket
from tingjian.platform.events import Event, load_events
from tingjian.platform.idempotency import Idempotency
from tingjian.platform.store import Store
from tingjian.survey.surveys.actions import issue_survey
from tingjian.survey.surveys.answers import record_answer
from tingjian.survey.surveys.models import Answer, Survey
from tingjian.survey.surveys.public_surveys import AnswerReceipt
from tingjian.survey.surveys.storage import load_surveys

ASKED = NOW + timedelta(hours=1)


@contextlib.contextmanager
def meanwhile(store: Store, action: Callable[[], object]) -> Iterator[None]:
    """Let something else happen between what the block reads and its first transaction.

    Threads would not show it: moto's transactions are not atomic between threads.
    """
    event = "before-call.dynamodb.TransactWriteItems"
    ran: list[bool] = []

    def interfere(**_: object) -> None:
        if not ran:
            ran.append(True)
            action()

    store.client.meta.events.register_first(event, interfere)
    try:
        yield
    finally:
        store.client.meta.events.unregister(event, interfere)
    assert ran, "the block wrote nothing"


@dataclass(frozen=True)
class Scene:
    """A store and a ticket in it."""

    store: Store
    number: str

    @property
    def ticket(self) -> Ticket:
        return load_ticket(self.store, self.number)

    @property
    def surveys(self) -> list[Survey]:
        return load_surveys(self.store, self.number)[1]

    def events(self, entity: str | None = None) -> list[Event]:
        return load_events(self.store, entity or f"ticket#{self.number}")

    def resolutions(self) -> list[Event]:
        return [event for event in self.events() if event.name == "TicketResolved"]

    def request(self, *, minutes: int) -> Request:
        return Request(number=self.number, actor=AGENT.actor, now=NOW + timedelta(minutes=minutes), caller=AGENT)

    def resolve(self, *, minutes: int, reply: str | None = "已补发") -> None:
        body = Resolution(reply=reply, spoken="phone") if reply else Resolution()
        actions.resolve(self.store, self.request(minutes=minutes), body)

    def reopen(self, *, minutes: int) -> None:
        actions.reopen(self.store, self.request(minutes=minutes), "还没好")

    def issue(self, *, now: datetime = ASKED) -> Survey:
        survey = issue_survey(self.store, self.resolutions()[-1], now=now)
        assert survey is not None
        return survey

    def token(self, survey: Survey) -> str:
        return SIGNER.token("survey", survey.id, expires_at=survey.expires_at)

    def answer(
        self,
        survey: Survey,
        score: int,
        *,
        reasons: tuple[str, ...] = (),
        text: str | None = None,
        now: datetime = ASKED + timedelta(hours=1),
        idempotency: Idempotency | None = None,
    ) -> AnswerReceipt:
        body = Answer(score=score, reasons=reasons, text=text)
        receipt, _ = record_answer(self.store, SIGNER, self.token(survey), body, now=now, idempotency=idempotency)
        return receipt
