"""A survey and the rules on it: pure. One belongs to one resolution, and its id says which (scope row 24)."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field

from tingjian.intake.tickets.models import WITHOUT_RESULT, Ticket
from tingjian.platform.errors import LinkExpiredError, NotFoundError
from tingjian.platform.events import Event
from tingjian.platform.ids import is_number
from tingjian.platform.models import Frozen, Slug, Text
from tingjian.platform.times import stamp
from tingjian.survey.questionnaires.models import HIGHEST, LOWEST, Questionnaire
from tingjian.survey.questionnaires.questions import MOST_QUESTIONS, Given
from tingjian.survey.questionnaires.sending_rules import SendingRules

SurveyState = Literal["planned", "issued", "answered", "dismissed", "expired", "withdrawn", "skipped"]
HeldReason = Literal["automatic", "nobody_answered", "cooldown", "opted_out"]
"""Why a customer was not asked about a resolution."""
SurveyOutcome = Literal["noted", "follow_up", "reopened"]
VERSION_DIGITS = 8
LINK_USE = "survey"
"""What the signed links to surveys are for."""


class SurveyNotFoundError(NotFoundError):
    """There is no survey with this id."""

    code = "survey_not_found"


class SurveyAnsweredError(LinkExpiredError):
    """The link was used: the survey has another answer already, and its time to be changed is over."""

    code = "survey_answered"


class SurveyWithdrawnError(LinkExpiredError):
    """The resolution that the survey is about was taken back, or another one took its place."""

    code = "survey_withdrawn"


class SurveyDismissedError(LinkExpiredError):
    """The customer has put the survey away."""

    code = "survey_dismissed"


class Answer(Frozen):
    """What the customer says: a score from 1 (bad) to 5 (good), reasons among those offered, and words of their own.

    `answers` are to the further questions, by their key.
    """

    score: int = Field(ge=LOWEST, le=HIGHEST)
    reasons: tuple[Slug, ...] = Field(default=(), max_length=20)
    text: Text | None = None
    answers: dict[Slug, Given] = Field(default={}, max_length=MOST_QUESTIONS)


class Survey(Frozen):
    """A survey. Type, channel, team and person are those of the resolution, whatever the ticket becomes later.

    `questionnaire` and its version are those that it was sent with; one from before versions were kept has none.
    """

    id: str
    version: int
    hash: str = ""
    ticket: str
    type: str
    channel: str
    team: str
    person: str | None = None
    customer: str
    questionnaire: str = ""
    questionnaire_version: int = 0
    resolved_at: datetime
    issued_at: datetime
    expires_at: datetime
    state: SurveyState = "issued"
    why: HeldReason | None = None
    send_at: datetime | None = None
    remind_at: datetime | None = None
    reminded: int = 0
    late_at: datetime | None = None
    answer: Answer | None = None
    answered_at: datetime | None = None
    changed_at: datetime | None = None
    outcome: SurveyOutcome | None = None

    @property
    def entity(self) -> str:
        return f"survey#{self.id}"

    @property
    def queue_sort(self) -> str:
        prefix, moment = ("1", self.answered_at) if self.answered_at else ("0", self.issued_at)
        return f"{prefix}#{stamp(moment)}#{self.id}"

    @property
    def timer_at(self) -> datetime | None:
        """When it is to be sent, its customer reminded, or it ends."""
        if self.state == "planned":
            return self.send_at
        return min(self.remind_at or self.expires_at, self.expires_at) if self.state == "issued" else None

    def is_open(self, now: datetime) -> bool:
        return self.state == "issued" and now < self.expires_at

    def is_over(self, now: datetime) -> bool:
        """Whether its time has passed without an answer, whether or not the timer has come to it."""
        return self.state == "expired" or (self.state == "issued" and now >= self.expires_at)

    def changes_until(self, hours: int) -> datetime | None:
        """Until when the answer can be changed; None without one."""
        return min(self.answered_at + timedelta(hours=hours), self.expires_at) if self.answered_at else None

    def require_open(self, questionnaire: Questionnaire, now: datetime) -> None:
        """Raise SurveyAnsweredError, SurveyWithdrawnError, SurveyDismissedError, or LinkExpiredError after its time.

        An answer can be changed for the hours that the questionnaire says.
        """
        if self.state == "withdrawn":
            raise SurveyWithdrawnError
        if self.state == "dismissed":
            raise SurveyDismissedError
        if self.state == "answered":
            until = self.changes_until(questionnaire.change_hours)
            if until is None or now >= until:
                raise SurveyAnsweredError
        elif not self.is_open(now):
            raise LinkExpiredError

    def with_answer(self, answer: Answer, outcome: SurveyOutcome, *, now: datetime) -> "Survey":
        """Answered, or answered otherwise; the time of the first answer stays."""
        when = {"changed_at": now} if self.answered_at else {"answered_at": now}
        update = {"state": "answered", "answer": answer, "outcome": outcome, "version": self.version + 1} | when
        return self.model_copy(update=update)

    def with_end(self, state: SurveyState) -> "Survey":
        """The survey that nobody can answer any more."""
        return self.model_copy(update={"state": state, "version": self.version + 1})

    def issued(self, questionnaire: Questionnaire, *, now: datetime) -> "Survey":
        """The survey that goes to its customer now."""
        expires_at, rules = link_expiry(questionnaire, now), questionnaire.sending
        remind_at = rules.reminding_at(now, reminded=0, expires_at=expires_at)
        times = {"issued_at": now, "expires_at": expires_at, "send_at": None, "remind_at": remind_at}
        return self.model_copy(update={"state": "issued", **times})

    def with_reminder(self, rules: SendingRules, *, now: datetime) -> "Survey":
        """The survey after one more reminder; the next one, if there is to be one, has its time."""
        count = self.reminded + 1
        remind_at = rules.reminding_at(now, reminded=count, expires_at=self.expires_at)
        return self.model_copy(update={"reminded": count, "remind_at": remind_at, "version": self.version + 1})

    def held_back(self, why: HeldReason) -> "Survey":
        """The survey that is never sent, and counted."""
        return self.model_copy(update={"state": "skipped", "why": why})

    def facts(self) -> dict[str, object]:
        return {
            "ticket": self.ticket,
            "type": self.type,
            "channel": self.channel,
            "team": self.team,
            "person": self.person,
            "customer": self.customer,
            "state": self.state,
        }


def survey_id(ticket: str, resolution: int) -> str:
    """The id of the survey that belongs to a resolution: the ticket's number, and the version the resolution made."""
    return f"{ticket}-{resolution}"


def survey_id_parts(identifier: str) -> tuple[str, int]:
    """Ticket and resolution of a survey's id. Raises SurveyNotFoundError for what is no such id."""
    ticket, _, version = identifier.partition("-")
    canonical = version.isascii() and version.isdigit() and len(version) <= VERSION_DIGITS and version[0] != "0"
    if not is_number(ticket) or not canonical:
        raise SurveyNotFoundError
    return ticket, int(version)


def still_stands(ticket: Ticket, resolved_at: datetime) -> bool:
    """Whether this resolution is what the ticket ended with: not reopened since, not closed as having no result."""
    return (
        ticket.status in {"resolved", "closed"}
        and ticket.resolved_at == resolved_at
        and ticket.close_reason not in WITHOUT_RESULT
    )


def link_expiry(questionnaire: Questionnaire, issued_at: datetime) -> datetime:
    """When a link issued now stops working."""
    return issued_at + timedelta(days=questionnaire.life_days)


def was_asked_lately(questionnaire: Questionnaire, surveys: Collection[Survey], *, now: datetime) -> bool:
    """Whether the cool-down holds: a survey was sent to the customer within its days, answered or not."""
    since = now - timedelta(days=questionnaire.sending.cooldown_days)
    return any(survey.issued_at > since for survey in surveys)


def reason_not_to_ask(resolution: Event, ticket: Ticket) -> HeldReason | None:
    """Why nobody is asked about a resolution at all: no person resolved, or none ever said a word to the customer."""
    if resolution.actor.kind == "system":
        return "automatic"
    answered = ticket.first_responded_at or resolution.data.get("message_id")
    return None if answered else "nobody_answered"


def must_be_left_alone(questionnaire: Questionnaire, others: Collection[Survey], *, now: datetime) -> bool:
    """Whether the customer is to be left alone: another ticket's survey is open and not older than the quiet hours."""
    since = now - timedelta(hours=questionnaire.quiet_hours)
    return any(survey.is_open(now) and survey.issued_at > since for survey in others)
