"""What happens to surveys, and to tickets by their answers."""

from tingjian.intake.tickets.events import TicketFact
from tingjian.platform.facts import Fact
from tingjian.survey.surveys.models import SurveyOutcome, SurveyState


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


class SurveySkipped(SurveyFact):
    """The customer was not asked: another survey of theirs was open, and the questionnaire keeps quiet hours."""


class SurveyAnswered(SurveyFact):
    """The customer answered."""

    score: int
    reasons: tuple[str, ...]
    satisfied: bool
    outcome: SurveyOutcome


class SurveyExpired(SurveyFact):
    """Nobody answered in time."""


class SurveyWithdrawn(SurveyFact):
    """A later resolution of the ticket took the place of one whose survey nobody had answered."""


class TicketBlocked(TicketFact):
    """A ticket may not be closed while this blocker stands."""

    blocker: str
