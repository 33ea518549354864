"""Taking a customer's answer, once, with what a bad one calls for; it can be changed for some hours."""

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
from tingjian.survey.followups.actions import drop_follow_up, new_follow_up
from tingjian.survey.followups.events import TicketUnblocked
from tingjian.survey.followups.models import FollowUp, FollowUpNotFoundError
from tingjian.survey.followups.storage import load_follow_up
from tingjian.survey.questionnaires.models import OnLow, Questionnaire
from tingjian.survey.surveys.actions import ATTEMPTS, ContentionError
from tingjian.survey.surveys.asked import questionnaire_of
from tingjian.survey.surveys.endings import survey_to_answer
from tingjian.survey.surveys.events import SurveyAnswered, TicketBlocked
from tingjian.survey.surveys.models import Answer, Survey, SurveyOutcome
from tingjian.survey.surveys.public_surveys import AnswerReceipt
from tingjian.survey.surveys.storage import (
    load_survey,
    load_survey_with_ticket,
    survey_write,
)

CUSTOMER = Actor(kind="customer")
OUTCOMES: dict[OnLow, SurveyOutcome] = {"nothing": "noted", "follow_up": "follow_up", "reopen": "reopened"}


def record_answer(
    store: Store, signer: Signer, token: str, answer: Answer, *, now: datetime, idempotency: Idempotency | None = None
) -> tuple[AnswerReceipt, bool]:
    """Take the answer with what it calls for, in one transaction; the receipt, and whether it was new.

    The same answer again, by its key or its content, gets the same receipt. Another one changes it while the
    questionnaire lets it. Raises LinkInvalidError, LinkExpiredError, SurveyWithdrawnError, SurveyAnsweredError,
    IdempotencyMismatchError, InvalidInputError that names what is wrong.
    """
    identifier = survey_to_answer(store, signer, token, now=now)

    def write(loaded: tuple[Survey, Ticket]) -> tuple[AnswerReceipt, bool]:
        survey, ticket = loaded
        if survey.state == "answered" and survey.answer == answer:
            return AnswerReceipt.of(survey), False
        questionnaire = questionnaire_of(store, survey)
        survey.require_open(questionnaire, now)
        questionnaire.require_answers(answer.reasons, answer.answers)
        answered = survey.with_answer(answer, _outcome(survey, questionnaire, answer.score), now=now)
        answered, event = with_event(
            answered,
            SurveyAnswered,
            now=now,
            actor=CUSTOMER,
            data=_said(answered, answer, questionnaire) | {"changed": survey.answer is not None},
            idempotency=idempotency,
        )
        consequences = _consequences(store, survey, answered, ticket, questionnaire, now)
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


def _said(survey: Survey, answer: Answer, questionnaire: Questionnaire) -> dict[str, object]:
    """What the event says of an answer: numbers and codes, never words."""
    kinds = {question.key: question.kind for question in questionnaire.questions}
    numbers = {kinds[key]: value for key, value in reversed(answer.answers.items()) if isinstance(value, int)}
    return {
        "score": answer.score,
        "reasons": list(answer.reasons),
        "satisfied": questionnaire.is_satisfied(answer.score),
        "outcome": survey.outcome,
        "nps": numbers.get("nps"),
        "ces": numbers.get("ces"),
        "chosen": {key: list(value) for key, value in answer.answers.items() if isinstance(value, tuple)},
        "questionnaire": questionnaire.type,
        "questionnaire_version": questionnaire.version,
    }


def _outcome(survey: Survey, questionnaire: Questionnaire, score: int) -> SurveyOutcome:
    """What comes of a score. A ticket that an earlier answer has reopened stays so, whatever the customer says now."""
    return "reopened" if survey.outcome == "reopened" else OUTCOMES[questionnaire.after(score)]


def _consequences(  # noqa: PLR0917 - what an answer is made of
    store: Store, before: Survey, survey: Survey, ticket: Ticket, questionnaire: Questionnaire, now: datetime
) -> list[Write]:
    """What a score writes beside the answer: the ticket reopened, or a follow-up that holds back its closing."""
    request = Request(number=ticket.id, actor=CUSTOMER, now=now)
    if before.outcome == "reopened":
        return []
    if survey.outcome == "reopened":
        writes, freed = _without_follow_up(store, before, ticket, now)
        if ticket.category in {"resolved", "closed"} and ticket.close_reason != "spam":
            writes += _reopening_writes(store, survey, ticket, freed, request)
        return writes
    if survey.outcome == "follow_up":
        return _follow_up_writes(store, before, survey, ticket, questionnaire, request)
    writes, freed = _without_follow_up(store, before, ticket, now)
    if survey.answer and questionnaire.is_satisfied(survey.answer.score) and ticket.status == "resolved":
        confirmed = moves.without_callbacks(freed).model_copy(update={"confirmed_at": now})
        confirmed = with_closing_time(confirmed, type_of(store, ticket), now=now)
        writes += _ticket_writes(ticket, Decision(Change(confirmed, TicketConfirmed, {"by": "survey"})), request)
    elif freed != ticket:
        blocker = FollowUp.blocker_of(survey.id)
        writes += _ticket_writes(ticket, Decision(Change(freed, TicketUnblocked, {"blocker": blocker})), request)
    return writes


def _without_follow_up(store: Store, before: Survey, ticket: Ticket, now: datetime) -> tuple[list[Write], Ticket]:
    """What ends the follow-up of the answer before, if nobody has begun with it; and the ticket without it."""
    if before.outcome != "follow_up":
        return [], ticket
    follow_up = load_follow_up(store, before.id)
    if not follow_up.is_untouched:
        return [], ticket
    return drop_follow_up(follow_up, now=now), moves.without_blocker(ticket, follow_up.blocker)


def _follow_up_writes(  # noqa: PLR0917 - what an answer is made of
    store: Store, before: Survey, survey: Survey, ticket: Ticket, questionnaire: Questionnaire, request: Request
) -> list[Write]:
    """The follow-up of a bad answer. One that is there goes on, with the score that holds now."""
    asked = _follow_up(survey, questionnaire, request.now)
    try:
        earlier = load_follow_up(store, survey.id) if before.answer else None
    except FollowUpNotFoundError:
        earlier = None
    if earlier and earlier.state != "done":
        asked = earlier.model_copy(update={"score": asked.score, "reasons": asked.reasons})
        asked = asked.model_copy(update={"version": earlier.version + 1})
    elif earlier:
        asked = asked.model_copy(update={"version": earlier.version + 1, "hash": earlier.hash})
    follow_up, writes = new_follow_up(store, asked, ticket, now=request.now, told=earlier is None)
    if ticket.category != "closed" and follow_up.blocker not in ticket.blockers:
        # The follow-up calls the customer: there is no callback beside it.
        blocked = moves.with_blocker(moves.without_callbacks(ticket), follow_up.blocker)
        blocked = blocked.model_copy(update={"confirmed_at": None})
        held = Change(blocked, TicketBlocked, {"blocker": follow_up.blocker})
        writes += _ticket_writes(ticket, Decision(held), request)
    return writes


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


def _reopening_writes(store: Store, survey: Survey, before: Ticket, ticket: Ticket, request: Request) -> list[Write]:
    clocks = reopened_clocks(store, ticket, now=request.now)
    words = survey.answer.text if survey.answer else None
    writes = []
    if words:
        identifier = derived_id("survey", survey.id)
        writes.append(
            message_write(Message(id=identifier, ticket=ticket.id, kind="customer", text=words, at=request.now))
        )
    change = moves.reopen(ticket, clocks=clocks, reason="survey", hours=hours_of(store), now=request.now)
    return _ticket_writes(before, Decision(change, writes), request)


def _ticket_writes(before: Ticket, decision: Decision, request: Request) -> list[Write]:
    ticket, event = ticket_with_event(before, decision, request)
    return [ticket_write(ticket), event_write(event), *decision.writes]
