"""The conversation about a ticket: replies, notes, what the customer adds, and the files that go with them."""

from tingjian.intake.attachments.feature import TAKES_UPLOADS
from tingjian.intake.conversations import routes
from tingjian.intake.conversations.answers import hear_failed, hear_reached
from tingjian.intake.conversations.events import MessageAdded
from tingjian.intake.conversations.listeners import tell_of_message
from tingjian.intake.conversations.mails import opened_mail, reply_mail
from tingjian.intake.tickets.events import CustomerWrote, TicketResumed
from tingjian.notifications.deliveries.events import MessageFailed, MessageReached
from tingjian.platform.features import (
    READS_DESK,
    READS_JOURNAL,
    SIGNS,
    WRITES_DESK,
    WRITES_JOURNAL,
    Access,
    Feature,
    Http,
    Listener,
    Mail,
    uploads,
)
from tingjian.platform.settings import OriginSettings, TextMessageSettings

READS_PEOPLE = Access("desk", ("dynamodb:GetItem", "dynamodb:Query"))
FINDS_ANSWERS = Access("journal", ("dynamodb:Query",), why="finds what an answer that came back had met")
ANSWERS = (READS_PEOPLE, WRITES_DESK, FINDS_ANSWERS, WRITES_JOURNAL)

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
            uploads("uploads", "PutObject"),
            *TAKES_UPLOADS,
        ),
        reads=(TextMessageSettings,),
    ),
    facts=(MessageAdded,),
    listeners=(
        *(
            Listener(fact, tell_of_message, touches=(READS_PEOPLE, WRITES_DESK))
            for fact in (MessageAdded, CustomerWrote, TicketResumed)
        ),
        Listener(MessageReached, hear_reached, touches=ANSWERS),
        Listener(MessageFailed, hear_failed, touches=ANSWERS),
    ),
    notices=("customer_wrote",),
    mails=(
        Mail(
            "reply", reply_mail, "customers", touches=(READS_DESK, SIGNS), reads=(OriginSettings, TextMessageSettings)
        ),
        Mail(
            "opened", opened_mail, "customers", touches=(READS_DESK, SIGNS), reads=(OriginSettings, TextMessageSettings)
        ),
    ),
)
