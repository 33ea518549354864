from tingjian.intake.customers import routes
from tingjian.intake.customers.events import CustomerAdded, CustomerChanged
from tingjian.intake.customers.mails import contact_lost_mail
from tingjian.intake.customers.rights import EDIT_CUSTOMERS, READ_CUSTOMERS
from tingjian.platform.features import (
    READS_DESK,
    READS_JOURNAL,
    SIGNS,
    WRITES_DESK,
    WRITES_JOURNAL,
    Access,
    Feature,
    Http,
    Mail,
    Place,
)
from tingjian.platform.settings import OriginSettings, TextMessageSettings

READS_CUSTOMER = Access("desk", ("dynamodb:GetItem",))

FEATURE = Feature(
    http=Http(
        "intake",
        routes.app,
        touches=(READS_DESK, WRITES_DESK, READS_JOURNAL, WRITES_JOURNAL, SIGNS),
    ),
    rights=(READ_CUSTOMERS, EDIT_CUSTOMERS),
    facts=(CustomerAdded, CustomerChanged),
    mails=(
        Mail(
            "contact_lost",
            contact_lost_mail,
            "customers",
            touches=(READS_CUSTOMER,),
            reads=(OriginSettings, TextMessageSettings),
        ),
    ),
    places=(
        Place("customer", "customer#<id>", "customer"),
        Place(
            "lost contact",
            "customer#<id>",
            "lost#<contact>.<version>",
            note="what an edit replaced or removed; expires after 30 days",
        ),
        Place("look-up of a phone or e-mail", "lookup#<kind>#<keyed hash>", "lookup"),
    ),
)
