"""What is done after the fix, act by act, for those who count what each costs: the budgets and the bench."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from tests.builders import AGENT, CUSTOMER, DESK, JOURNAL, LEAD, NOW, SIGNER
from tests.meter import Meter, meter, tables_from_template
from tingjian.intake.customers.models import Contact
from tingjian.intake.tickets import actions
from tingjian.intake.tickets.bodies import Ask, Resolution
from tingjian.intake.tickets.changes import Request
from tingjian.intake.tickets.openings import Opening, open_ticket
from tingjian.platform.events import Event, last_event
from tingjian.platform.store import Store
from tingjian.platform.sweep import Sweep
from tingjian.survey.questionnaires.actions import put_questionnaire
from tingjian.survey.questionnaires.models import QuestionnaireBody
from tingjian.survey.questionnaires.sending_rules import SendingRules
from tingjian.survey.surveys.actions import issue_survey, withdraw_surveys
from tingjian.survey.surveys.answers import record_answer
from tingjian.survey.surveys.models import Answer
from tingjian.survey.surveys.sendings import fire_survey
from tingjian.survey.surveys.storage import load_surveys, survey_item

TEMPLATE = Path(__file__).parents[1] / "template.yaml"
Act = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Units:
    """What an act costs by AWS's rules, indexes included."""

    calls: int
    writes: float
    reads: float


def measured(store: Store, act: Act) -> Units:
    """The units of an act."""
    tables = tables_from_template(TEMPLATE, {"DeskTable": DESK, "JournalTable": JOURNAL})
    measure: Meter
    with meter(store.client, tables) as measure:
        act()
    return Units(measure.calls, measure.write_units, measure.read_units)


def survey_acts(store: Store) -> Iterator[tuple[str, Act]]:
    """The acts of surveys, each on a ticket of its own that is brought as far first."""
    with rules(store, SendingRules()):
        yield "survey sent at once", partial(issue_survey, store, resolved(store, 1), now=at(hours=1))
        sent = resolved(store, 2)
        issue_survey(store, sent, now=at(hours=1))
        yield "survey answered, satisfied", partial(answer, store, sent, 5)
        low = resolved(store, 3)
        issue_survey(store, low, now=at(hours=1))
        yield "survey answered, low: a follow-up", partial(answer, store, low, 1)
        taken_back = resolved(store, 4)
        issue_survey(store, taken_back, now=at(hours=1))
        yield "survey withdrawn", partial(withdraw_surveys, store, reopened(store, taken_back), now=at(hours=2))
        yield "survey heard of again", partial(issue_survey, store, sent, now=at(hours=2))
        yield "survey held back, no word", partial(issue_survey, store, resolved(store, 5, said=False), now=at(hours=1))
    with rules(store, SendingRules(cooldown_days=30)):
        asked = resolved(store, 6)
        yield "survey sent, cool-down kept", partial(issue_survey, store, asked, now=at(hours=1))
        yield "survey held back, cool-down", partial(issue_survey, store, resolved(store, 6), now=at(hours=2))
    with rules(store, SendingRules(delay_minutes=60, reminders=1, reminder_gap_hours=24)):
        planned = resolved(store, 7)
        yield "survey planned", partial(issue_survey, store, planned, now=at(hours=0.5))
        yield "planned survey sent by its timer", partial(fire, store, planned, at(hours=2))
        yield "customer reminded by the timer", partial(fire, store, planned, at(hours=27))
        yield "sweep with nothing due", Sweep(store, {}, NOW, lambda: True, writers=1).run


def at(*, hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


@contextmanager
def rules(store: Store, sending: SendingRules) -> Iterator[None]:
    """The questionnaire of every type with these rules; every process knows it already."""
    body = QuestionnaireBody(sending=sending, life_days=28)
    put_questionnaire(store, "default", body, expected=None, actor=LEAD.actor, now=NOW)
    store.collection("questionnaires")
    yield


def resolved(store: Store, customer: int, *, said: bool = True) -> Event:
    """The resolution of a new ticket of this customer, who was told in a call unless nothing was said."""
    contact = Contact(phone=f"+86139111100{customer:02d}", name="王芳")
    body = Ask(type="feedback", subject="包裹没到", text="三天了还没收到。", contact=contact)
    number = open_ticket(store, SIGNER, body, Opening(CUSTOMER, NOW, "zh-CN")).id
    request = Request(number, AGENT.actor, at(hours=0.5), AGENT)
    actions.resolve(store, request, Resolution(reply="今天送到。", spoken="phone") if said else Resolution())
    return newest(store, number)


def reopened(store: Store, resolution: Event) -> Event:
    """The reopening of a resolved ticket."""
    number = resolution.entity.removeprefix("ticket#")
    actions.reopen(store, Request(number, AGENT.actor, at(hours=1.5), AGENT), "还没好")
    return newest(store, number)


def newest(store: Store, number: str) -> Event:
    event = last_event(store, f"ticket#{number}")
    assert event
    return event


def answer(store: Store, resolution: Event, score: int) -> object:
    """The customer of this resolution answers by the link."""
    [survey] = load_surveys(store, resolution.entity.removeprefix("ticket#"))[1]
    token = SIGNER.token("survey", survey.id, expires_at=survey.expires_at)
    return record_answer(store, SIGNER, token, Answer(score=score), now=at(hours=2))


def fire(store: Store, resolution: Event, now: datetime) -> None:
    """The timer of the survey of this resolution, as the sweep fires it."""
    [survey] = load_surveys(store, resolution.entity.removeprefix("ticket#"))[1]
    firing = fire_survey(store, survey_item(survey), now=now)
    assert firing
    store.transact(firing.writes)


def warm(store: Store) -> None:
    """Bring the process as far as one that has served before: types, teams, people and policies are at hand."""
    resolved(store, 99)
    for name in ("teams", "staff"):
        store.collection(name)
