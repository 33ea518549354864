from tingjian.intake.types import routes
from tingjian.intake.types.events import TicketTypeAdded, TicketTypeChanged
from tingjian.intake.types.rights import EDIT_TYPES, READ_TYPES
from tingjian.intake.types.storage import COLLECTION
from tingjian.platform.features import READS_JOURNAL, WRITES_JOURNAL, Feature, Http, Place

FEATURE = Feature(
    http=Http("intake", routes.app, touches=(READS_JOURNAL, WRITES_JOURNAL)),
    rights=(READ_TYPES, EDIT_TYPES),
    facts=(TicketTypeAdded, TicketTypeChanged),
    places=(Place("type of request", COLLECTION, "<key>"),),
)
