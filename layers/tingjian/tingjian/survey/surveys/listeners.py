"""What surveys hear of in the Journal."""

from datetime import datetime

from tingjian.platform import telemetry
from tingjian.platform.events import Event
from tingjian.platform.store import Store
from tingjian.survey.surveys.actions import issue_survey, withdraw_surveys


def issue(store: Store, event: Event, now: datetime) -> None:
    """Issue the survey of a resolution. A repeat finds the survey under the resolution's id and changes nothing."""
    survey = issue_survey(store, event, now=now)
    if survey:
        telemetry.record("SurveysIssued", survey=survey.id)


def withdraw(store: Store, event: Event, now: datetime) -> None:
    """Withdraw the open survey of a resolution that was taken back. A repeat finds it withdrawn."""
    if not event.imported and (count := withdraw_surveys(store, event, now=now)):
        telemetry.record("SurveysWithdrawn", ticket=event.entity, count=count)
