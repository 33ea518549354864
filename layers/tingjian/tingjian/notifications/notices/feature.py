"""Notices: what they are made of. The features that write notices declare their kinds."""

from tingjian.notifications.notices import routes
from tingjian.notifications.notices.events import PreferencesChanged
from tingjian.notifications.notices.mails import notice_mail
from tingjian.notifications.notices.rights import READ_NOTICES
from tingjian.platform.features import READS_JOURNAL, WRITES_JOURNAL, Access, Feature, Http, Mail, Place

READS_PERSON_AND_TICKET = Access("desk", ("dynamodb:GetItem", "dynamodb:Query"))

FEATURE = Feature(
    http=Http("escalation", routes.app, touches=(READS_JOURNAL, WRITES_JOURNAL)),
    rights=(READ_NOTICES,),
    facts=(PreferencesChanged,),
    mails=(Mail("notice", notice_mail, "notices", touches=(READS_PERSON_AND_TICKET,)),),
    places=(
        Place("notice", "staff#<staff>", "notice#<time>#<mark>", note="expires after 180 days"),
        Place("time of the last read-all", "staff#<staff>", "read"),
        Place("how the person wants to be told", "staff#<staff>", "preferences"),
    ),
)
