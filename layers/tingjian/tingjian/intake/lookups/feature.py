"""Look-ups: a link for a customer who has none. Tries and codes leave no event, since they change nothing."""

from tingjian.intake.lookups import routes
from tingjian.intake.lookups.mails import code_mail
from tingjian.platform.features import READS_DESK, SIGNS, WRITES_DESK, Access, Feature, Http, Mail, Place
from tingjian.platform.settings import OriginSettings, TextMessageSettings

COUNTS = Access("desk", ("dynamodb:UpdateItem",))
"""Limits are counted where they stand, since many may come at once."""

FEATURE = Feature(
    http=Http("intake", routes.app, touches=(READS_DESK, WRITES_DESK, SIGNS, COUNTS), reads=(OriginSettings,)),
    mails=(
        Mail("code", code_mail, "customers", touches=(READS_DESK, SIGNS), reads=(OriginSettings, TextMessageSettings)),
    ),
    places=(
        Place("tries at a number", "ticket#<number>", "attempts", note="By a keyed hash of the network; expires."),
        Place("code of a ticket", "ticket#<number>", "code", note="A nonce, not the code; expires after a day."),
        Place("code on its way", "ticket#<number>", "code#<nonce>", note="expires after a day"),
        Place("count within a limit", "limit#<what>#<keyed hash or number>", "<end of the window>", note="expires"),
    ),
)
