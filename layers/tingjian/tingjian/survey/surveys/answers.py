"""Taking a customer's answer, once, with what a low score calls for."""

from datetime import datetime, timedelta

from tingjian.intake.messages.models import Message
from tingjian.intake.messages.storage import message_write
from tingjian.intake.tickets import moves
from tingjian.intake.tickets.actions import type_of
from tingjian.intake.tickets.changes import Decision, Request, ticket_with_event
from tingjian.intake.tickets.closings import with_closing_time
from tingjian.intake.tickets.events import TicketConfirmed
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.moves import Change
from tingjian.intake.tickets.storage import ticket_write
from tingjian.intake.tickets.ticket_clocks import reopened_clocks
from tingjian.platform.chains import with_event
from tingjian.platform.changes import load_and_write
from tingjian.platform.events import Actor, event_write, key_use
from tingjian.platform.idempotency import Idempotency
from tingjian.platform.ids import derived_id
from tingjian.platform.signing import Signer
from tingjian.platform.store import ConditionFailedError, Store, Write
from tingjian.sla.policies.plans import hours_of
from tingjian.survey.followups.actions import new_follow_up
from tingjian.survey.followups.models import FollowUp
from tingjian.survey.questionnaires.models import Questionnaire
from tingjian.survey.questionnaires.storage import find_questionnaire
from tingjian.survey.surveys.actions import ATTEMPTS, ContentionError
from tingjian.survey.surveys.endings import survey_to_answer
from tingjian.survey.surveys.events import SurveyAnswered, TicketBlocked
from tingjian.survey.surveys.models import Answer, AnswerReceipt, Survey, SurveyOutcome
from tingjian.survey.surveys.storage import (
    load_survey,
    load_survey_with_ticket,
    survey_write,
)

CUSTOMER = Actor(kind="customer")


def record_answer(
    store: Store, signer: Signer, token: str, answer: Answer, *, now: datetime, idempotency: Idempotency | None = None
) -> tuple[AnswerReceipt, bool]:
    """Take the answer, once, with what a low score calls for, in one transaction; the receipt, and whether it was new.

    The same answer again, by its key or its content, gets the same receipt. Raises LinkInvalidError, LinkExpiredError,
    SurveyAnsweredError for another answer, IdempotencyMismatchError, InvalidInputError that names a wrong reason.
    """
    identifier = survey_to_answer(store, signer, token, now=now)

    def write(loaded: tuple[Survey, Ticket]) -> tuple[AnswerReceipt, bool]:
        survey, ticket = loaded
        if survey.state == "answered" and survey.answer == answer:
            return AnswerReceipt.of(survey), False
        survey.require_open(now)
        questionnaire = find_questionnaire(store, survey.type)
        questionnaire.require_reasons(answer.reasons)
        outcome: SurveyOutcome = _outcome(questionnaire, answer.score)
        answered = survey.with_answer(answer, outcome, now=now)
        data = {
            "score": answer.score,
            "reasons": list(answer.reasons),
            "satisfied": questionnaire.is_satisfied(answer.score),
            "outcome": outcome,
        }
        answered, event = with_event(
            answered, SurveyAnswered, now=now, actor=CUSTOMER, data=data, idempotency=idempotency
        )
        consequences = _consequences(store, answered, ticket, questionnaire, now)
        store.transact(
            [survey_write(answered), event_write(event), *consequences], idempotency=key_use(idempotency, event)
        )
        return AnswerReceipt.of(answered), True

    try:
        return load_and_write(
            store,
            lambda: load_survey_with_ticket(store, identifier, repeat=idempotency),
            write,
            receipt=lambda _: (AnswerReceipt.of(load_survey(store, identifier)), False),
            again_on=ConditionFailedError,
            attempts=ATTEMPTS,
        )
    except ConditionFailedError as error:
        raise ContentionError from error


def _outcome(questionnaire: Questionnaire, score: int) -> SurveyOutcome:
    if not questionnaire.is_low(score) or questionnaire.on_low == "nothing":
        return "noted"
    return "reopened" if questionnaire.on_low == "reopen" else "follow_up"


def _consequences(
    store: Store, survey: Survey, ticket: Ticket, questionnaire: Questionnaire, now: datetime
) -> list[Write]:
    """What a low score writes beside the answer: the ticket reopened, or a follow-up that holds back its closing."""
    request = Request(number=ticket.id, actor=CUSTOMER, now=now)
    if survey.outcome == "reopened" and ticket.category in {"resolved", "closed"} and ticket.close_reason != "spam":
        return _reopening_writes(store, survey, ticket, request)
    if survey.answer and questionnaire.is_satisfied(survey.answer.score) and ticket.status == "resolved":
        confirmed = moves.without_callbacks(ticket).model_copy(update={"confirmed_at": now})
        confirmed = with_closing_time(confirmed, type_of(store, ticket), now=now)
        return _ticket_writes(ticket, Decision(Change(confirmed, TicketConfirmed, {"by": "survey"})), request)
    if survey.outcome == "follow_up":
        follow_up, writes = new_follow_up(store, _follow_up(survey, questionnaire, now), ticket, now=now)
        if ticket.category != "closed":
            # The follow-up calls the customer: there is no callback beside it.
            blocked = moves.with_blocker(moves.without_callbacks(ticket), follow_up.blocker)
            held = Change(blocked, TicketBlocked, {"blocker": follow_up.blocker})
            writes += _ticket_writes(ticket, Decision(held), request)
        return writes
    return []


def _follow_up(survey: Survey, questionnaire: Questionnaire, now: datetime) -> FollowUp:
    answer = survey.answer
    return FollowUp(
        id=survey.id,
        version=1,
        ticket=survey.ticket,
        type=survey.type,
        team=survey.team,
        person=survey.person,
        customer=survey.customer,
        score=answer.score if answer else 0,
        reasons=answer.reasons if answer else (),
        opened_at=now,
        due_at=now + timedelta(hours=questionnaire.follow_up_hours),
        attempts_wanted=questionnaire.attempts,
        attempt_gap_minutes=questionnaire.attempt_gap_minutes,
    )


def _reopening_writes(store: Store, survey: Survey, ticket: Ticket, request: Request) -> list[Write]:
    clocks = reopened_clocks(store, ticket, now=request.now)
    words = survey.answer.text if survey.answer else None
    writes = []
    if words:
        identifier = derived_id("survey", survey.id)
        writes.append(
            message_write(Message(id=identifier, ticket=ticket.id, kind="customer", text=words, at=request.now))
        )
    change = moves.reopen(ticket, clocks=clocks, reason="survey", hours=hours_of(store), now=request.now)
    return _ticket_writes(ticket, Decision(change, writes), request)


def _ticket_writes(before: Ticket, decision: Decision, request: Request) -> list[Write]:
    ticket, event = ticket_with_event(before, decision, request)
    return [ticket_write(ticket), event_write(event), *decision.writes]
