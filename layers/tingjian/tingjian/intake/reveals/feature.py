"""Reveals: what they are made of. Their events are a chain of their own, `customer-access#<id>`."""

from tingjian.intake.reveals import routes
from tingjian.intake.reveals.events import ContactRevealed
from tingjian.intake.reveals.rights import LIST_REVEALS, REVEAL_CUSTOMERS
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

COUNTS = Access("desk", ("dynamodb:UpdateItem",))

FEATURE = Feature(
    http=Http(
        "intake",
        routes.app,
        touches=(index("party"), READS_DESK, WRITES_DESK, READS_JOURNAL, WRITES_JOURNAL, SIGNS, COUNTS),
    ),
    rights=(REVEAL_CUSTOMERS, LIST_REVEALS),
    facts=(ContactRevealed,),
    places=(
        Place(
            "reveal", "reveals", "<time>#<customer>.<n>", note="with the words of its reason; expires after 400 days"
        ),
    ),
)
