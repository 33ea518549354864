from tingjian.escalation.ladders import routes
from tingjian.escalation.ladders.events import LadderAdded, LadderChanged, LadderRemoved
from tingjian.platform.features import READS_JOURNAL, WRITES_JOURNAL, Feature, Http, Place
from tingjian.sla.policies.steps import LADDERS

FEATURE = Feature(
    http=Http("escalation", routes.app, touches=(READS_JOURNAL, WRITES_JOURNAL)),
    facts=(LadderAdded, LadderChanged, LadderRemoved),
    places=(
        Place("ladder", LADDERS, "<ladder>", note="its current version"),
        Place("version of a ladder", "ladder#<ladder>", "<version>"),
    ),
)
