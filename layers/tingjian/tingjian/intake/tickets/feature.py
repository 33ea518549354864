"""Tickets: filed, worked on, listed."""

from tingjian.intake.attachments.feature import TAKES_UPLOADS
from tingjian.intake.tickets import routes
from tingjian.intake.tickets.events import (
    AnswerFailed,
    AnswerWaived,
    CustomerReminded,
    CustomerWrote,
    TicketAnswered,
    TicketAssigned,
    TicketClosed,
    TicketConfirmed,
    TicketEdited,
    TicketLinked,
    TicketOpened,
    TicketReopened,
    TicketResolved,
    TicketResumed,
    TicketUnlinked,
    TicketWaiting,
)
from tingjian.intake.tickets.rights import ASSIGN_TICKETS, OPEN_TICKETS, READ_TICKETS, WORK_TICKETS
from tingjian.platform.features import (
    READS_DESK,
    READS_JOURNAL,
    SIGNS,
    WRITES_DESK,
    WRITES_JOURNAL,
    Access,
    Feature,
    Http,
    Place,
    index,
)
from tingjian.platform.settings import OriginSettings

COUNTS_TRIES = Access("desk", ("dynamodb:UpdateItem",))
"""Wrong tries at a number are counted where they stand, since many may come at once."""

FEATURE = Feature(
    http=Http(
        "intake",
        routes.app,
        touches=(
            READS_DESK,
            WRITES_DESK,
            READS_JOURNAL,
            WRITES_JOURNAL,
            SIGNS,
            index("queue"),
            index("owner"),
            index("party"),
            index("reference"),
            COUNTS_TRIES,
            *TAKES_UPLOADS,
        ),
        reads=(OriginSettings,),
    ),
    rights=(READ_TICKETS, OPEN_TICKETS, WORK_TICKETS, ASSIGN_TICKETS),
    facts=(
        TicketOpened,
        TicketAssigned,
        TicketAnswered,
        AnswerFailed,
        CustomerWrote,
        AnswerWaived,
        CustomerReminded,
        TicketWaiting,
        TicketResumed,
        TicketResolved,
        TicketClosed,
        TicketConfirmed,
        TicketReopened,
        TicketEdited,
        TicketLinked,
        TicketUnlinked,
    ),
    notices=("ticket_woken", "wait_unanswered"),
    clocks=("first_response", "next_response", "resolution", "feedback_answer"),
    moves=(
        "claim",
        "assign",
        "wait",
        "resume",
        "resolve",
        "close",
        "reopen",
        "reply",
        "write",
        "hand_off",
        "confirm",
        "edit",
        "link",
    ),
    places=(
        Place(
            "ticket",
            "ticket#<number>",
            "ticket",
            indexes={
                "queue": "<team>",
                "owner": "<person>",
                "due": "<shard>",
                "party": "<customer>",
                "reference": "<order>",
            },
        ),
        Place("wrong tries at a number", "ticket#<number>", "attempts", note="expires"),
    ),
)
