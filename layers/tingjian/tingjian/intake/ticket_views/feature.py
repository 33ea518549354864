"""What readers see of a ticket."""

from tingjian.intake.ticket_views import routes
from tingjian.platform.features import READS_DESK, READS_JOURNAL, SIGNS, Feature, Http, uploads

FEATURE = Feature(
    http=Http(
        "intake",
        routes.app,
        touches=(READS_DESK, READS_JOURNAL, SIGNS, uploads("attachments", "GetObject")),
    ),
)
