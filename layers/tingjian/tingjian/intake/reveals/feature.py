"""Reveals: what they are made of. Their events are a chain of their own, `customer-access#<id>`."""

from tingjian.intake.reveals import routes
from tingjian.intake.reveals.events import ContactRevealed
from tingjian.intake.reveals.rights import REVEAL_CUSTOMERS
from tingjian.platform.features import READS_JOURNAL, WRITES_JOURNAL, Feature, Http, index

FEATURE = Feature(
    http=Http("intake", routes.app, touches=(index("party"), READS_JOURNAL, WRITES_JOURNAL)),
    rights=(REVEAL_CUSTOMERS,),
    facts=(ContactRevealed,),
)
