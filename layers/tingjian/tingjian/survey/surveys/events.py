"""What happens to surveys, and to tickets by their answers."""

from datetime import datetime

from pydantic import Field

from tingjian.intake.tickets.events import TicketFact
from tingjian.platform.facts import Fact
from tingjian.survey.surveys.models import HeldReason, SurveyOutcome, SurveyState


class SurveyFact(Fact):
    """What every event of a survey says of it: ids and codes, never words of the customer."""

    ticket: str
    type: str
    channel: str
    team: str
    person: str | None = None
    customer: str
    state: SurveyState


class SurveyIssued(SurveyFact):
    """The customer is asked about a resolution."""


class SurveyPlanned(SurveyFact):
    """The customer is to be asked about a resolution, at this time."""

    send_at: datetime


class SurveySkipped(SurveyFact):
    """The customer was not asked; events from before there was a reason mean the cool-down."""

    why: HeldReason | None = None


class SurveyReminded(SurveyFact):
    """The customer, who has not answered, is reminded."""

    count: int


class SurveyAnswered(SurveyFact):
    """The customer answered, or changed the answer, and this is how it is now.

    `nps` and `ces` are of the first such question, `chosen` has the options by question.
    """

    score: int
    nps: int | None = None
    ces: int | None = None
    reasons: tuple[str, ...]
    satisfied: bool
    outcome: SurveyOutcome
    changed: bool = False
    chosen: dict[str, tuple[str, ...]] = Field(default={})
    questionnaire: str = ""
    questionnaire_version: int = 0


class SurveyDismissed(SurveyFact):
    """The customer put the survey away, and is not reminded."""


class SurveyCameLate(SurveyFact):
    """Somebody wanted to answer after the survey's time; told once."""


class SurveyExpired(SurveyFact):
    """Nobody answered in time."""


class SurveyWithdrawn(SurveyFact):
    """The resolution was taken back, or a later one took its place, before anybody had answered."""


class TicketBlocked(TicketFact):
    """A ticket may not be closed while this blocker stands."""

    blocker: str
