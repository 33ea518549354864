from tingjian.intake.customers import routes
from tingjian.intake.customers.events import CustomerAdded, CustomerChanged
from tingjian.intake.customers.rights import EDIT_CUSTOMERS, READ_CUSTOMERS
from tingjian.platform.features import DELETES_DESK, READS_JOURNAL, SIGNS, WRITES_JOURNAL, Feature, Http, Place

FEATURE = Feature(
    http=Http(
        "intake",
        routes.app,
        touches=(DELETES_DESK, READS_JOURNAL, WRITES_JOURNAL, SIGNS),
    ),
    rights=(READ_CUSTOMERS, EDIT_CUSTOMERS),
    facts=(CustomerAdded, CustomerChanged),
    places=(
        Place("customer", "customer#<id>", "customer"),
        Place("look-up of a phone or e-mail", "lookup#<kind>#<keyed hash>", "lookup"),
    ),
)
