from tingjian.intake.tickets.events import TicketReopened, TicketResolved
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
from tingjian.platform.settings import CentreSettings
from tingjian.survey.surveys import routes
from tingjian.survey.surveys.events import (
    SurveyAnswered,
    SurveyCameLate,
    SurveyDismissed,
    SurveyExpired,
    SurveyIssued,
    SurveyPlanned,
    SurveyReminded,
    SurveySkipped,
    SurveyWithdrawn,
    TicketBlocked,
)
from tingjian.survey.surveys.listeners import issue, withdraw
from tingjian.survey.surveys.mails import invitation
from tingjian.survey.surveys.sendings import fire_survey

READS_ONE_BY_ONE = Access("desk", ("dynamodb:GetItem", "dynamodb:Query"))
QUERIES_TICKET = Access("desk", ("dynamodb:Query",))

FEATURE = Feature(
    http=Http(
        "survey", routes.app, touches=(index("queue"), index("owner"), WRITES_JOURNAL, SIGNS), reads=(CentreSettings,)
    ),
    facts=(
        SurveyPlanned,
        SurveyIssued,
        SurveySkipped,
        SurveyReminded,
        SurveyAnswered,
        SurveyDismissed,
        SurveyCameLate,
        SurveyExpired,
        SurveyWithdrawn,
        TicketBlocked,
    ),
    listeners=(
        Listener(TicketResolved, issue, touches=(READS_ONE_BY_ONE, WRITES_DESK, WRITES_JOURNAL)),
        Listener(TicketReopened, withdraw, touches=(QUERIES_TICKET, WRITES_DESK, WRITES_JOURNAL)),
    ),
    timers=(Timer("survey", fire_survey, touches=(READS_DESK, WRITES_DESK, WRITES_JOURNAL)),),
    mails=(Mail("survey", invitation, "customers", touches=(READS_DESK, SIGNS)),),
    places=(
        Place(
            "survey",
            "ticket#<number>",
            "survey#<resolution>",
            indexes={"queue": "surveys@<team>", "owner": "surveys@<person>", "due": "<shard>"},
            note="Due when it is sent, its customer reminded, or it ends.",
        ),
        Place(
            "invitation or reminder of a survey",
            "ticket#<number>",
            "invitation#<reminder>#<resolution>",
            note="Only of what is not sent at once; expires with the survey.",
        ),
        Place(
            "newest survey of a customer",
            "customer#<id>",
            "survey",
            note="Only where quiet hours or a cool-down are set.",
        ),
    ),
)
