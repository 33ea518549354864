from tingjian.intake.tickets.events import TicketResolved
from tingjian.platform.features import (
    READS_DESK,
    SIGNS,
    WRITES_DESK,
    WRITES_JOURNAL,
    Access,
    Feature,
    Http,
    Listener,
    Mail,
    Place,
    Timer,
    index,
)
from tingjian.survey.surveys import routes
from tingjian.survey.surveys.actions import expire_survey
from tingjian.survey.surveys.events import (
    SurveyAnswered,
    SurveyExpired,
    SurveyIssued,
    SurveySkipped,
    SurveyWithdrawn,
    TicketBlocked,
)
from tingjian.survey.surveys.listeners import issue
from tingjian.survey.surveys.mails import invitation

READS_ONE_BY_ONE = Access("desk", ("dynamodb:GetItem", "dynamodb:Query"))

FEATURE = Feature(
    http=Http("survey", routes.app, touches=(index("queue"), WRITES_JOURNAL, SIGNS)),
    facts=(SurveyIssued, SurveySkipped, SurveyAnswered, SurveyExpired, SurveyWithdrawn, TicketBlocked),
    listeners=(Listener(TicketResolved, issue, touches=(READS_ONE_BY_ONE, WRITES_DESK, WRITES_JOURNAL)),),
    timers=(Timer("survey", expire_survey, touches=(WRITES_DESK, WRITES_JOURNAL)),),
    mails=(Mail("survey", invitation, "customers", touches=(READS_DESK, SIGNS)),),
    places=(
        Place(
            "survey",
            "ticket#<number>",
            "survey#<resolution>",
            indexes={"queue": "surveys@<team>", "due": "<shard>"},
            note="Due until it is answered or ends.",
        ),
        Place("newest survey of a customer", "customer#<id>", "survey", note="Only where quiet hours are set."),
    ),
)
