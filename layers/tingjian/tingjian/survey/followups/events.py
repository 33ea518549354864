"""What happens to follow-ups, and to tickets by them."""

from datetime import datetime

from tingjian.intake.tickets.events import TicketFact
from tingjian.platform.facts import Fact
from tingjian.survey.followups.models import FollowUpResult, FollowUpState


class FollowUpFact(Fact):
    """What every event of a follow-up says of it: ids and codes, never words."""

    survey: str
    ticket: str
    type: str
    team: str
    person: str | None = None
    customer: str
    score: int
    owner: str | None = None
    state: FollowUpState


class FollowUpOpened(FollowUpFact):
    """A low score opened a follow-up."""

    due_at: datetime


class FollowUpClaimed(FollowUpFact):
    """Somebody took a follow-up on."""


class FollowUpGivenOn(FollowUpFact):
    """Its owner left or works for the team no more: the lead has it, or nobody yet."""


class FollowUpDropped(FollowUpFact):
    """The customer changed the answer that had called for it, before anybody had begun."""


class FollowUpCompleted(FollowUpFact):
    """A follow-up is done, `seconds` after it was opened; `kept` says under `follow_up` whether it was in time."""

    result: FollowUpResult
    seconds: float
    kept: dict[str, bool]


class FollowUpAttempted(FollowUpFact):
    """Nobody was reached, for the `attempts`th time; another attempt counts from `next_attempt_at` on."""

    attempts: int
    next_attempt_at: datetime


class FollowUpOverdue(FollowUpFact):
    """A follow-up was not done in time."""


class TicketUnblocked(TicketFact):
    """A ticket may be closed again as far as this blocker goes."""

    blocker: str
