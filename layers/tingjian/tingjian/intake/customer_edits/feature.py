"""Edits of customers: what they are made of. Each stands in the list of reveals, with the words of its reason."""

from tingjian.intake.customer_edits import routes
from tingjian.platform.features import (
    READS_DESK,
    READS_JOURNAL,
    SIGNS,
    WRITES_DESK,
    WRITES_JOURNAL,
    Access,
    Feature,
    Http,
    index,
)

FORGETS = Access(
    "desk",
    ("dynamodb:DeleteItem",),
    why="A look-up whose last holder lost the contact, and a lost contact that is put back.",
)

FEATURE = Feature(
    http=Http(
        "intake",
        routes.app,
        touches=(READS_DESK, WRITES_DESK, FORGETS, index("party"), READS_JOURNAL, WRITES_JOURNAL, SIGNS),
    ),
)
