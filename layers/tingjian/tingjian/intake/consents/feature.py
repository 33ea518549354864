"""Consents of customers."""

from tingjian.intake.consents import routes
from tingjian.intake.consents.events import ConsentsChanged
from tingjian.platform.features import (
    READS_DESK,
    READS_JOURNAL,
    SIGNS,
    WRITES_DESK,
    WRITES_JOURNAL,
    Feature,
    Http,
    index,
)

FEATURE = Feature(
    http=Http(
        "intake",
        routes.app,
        touches=(READS_DESK, WRITES_DESK, index("party"), READS_JOURNAL, WRITES_JOURNAL, SIGNS),
    ),
    facts=(ConsentsChanged,),
)
