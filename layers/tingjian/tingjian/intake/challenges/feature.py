from tingjian.intake.challenges import routes
from tingjian.platform.features import READS_DESK, SIGNS, WRITES_DESK, Access, Feature, Http, Place

COUNTS = Access("desk", ("dynamodb:UpdateItem",))

FEATURE = Feature(
    http=Http("intake", routes.app, touches=(READS_DESK, WRITES_DESK, SIGNS, COUNTS)),
    places=(Place("challenge that was used", "work#<hash>", "spent", note="expires after 20 minutes"),),
)
