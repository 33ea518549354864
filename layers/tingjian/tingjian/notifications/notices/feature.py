"""Notices: what they are made of. The features that write notices declare their kinds."""

from tingjian.notifications.notices import routes
from tingjian.notifications.notices.digests import bundled_notice
from tingjian.notifications.notices.events import PreferencesChanged
from tingjian.notifications.notices.mails import digest_mail
from tingjian.notifications.notices.rights import READ_NOTICES
from tingjian.platform.features import (
    READS_DESK,
    READS_JOURNAL,
    WRITES_DESK,
    WRITES_JOURNAL,
    Feature,
    Http,
    Mail,
    Place,
)

FEATURE = Feature(
    http=Http("escalation", routes.app, touches=(READS_JOURNAL, WRITES_JOURNAL)),
    rights=(READ_NOTICES,),
    facts=(PreferencesChanged,),
    mails=(
        # A notice is not sent by itself, but put into the digest of its person.
        Mail("notice", bundled_notice, "notices", touches=(READS_DESK, WRITES_DESK)),
        Mail("digest", digest_mail, "notices", touches=(READS_DESK,)),
    ),
    places=(
        Place("notice", "staff#<staff>", "notice#<time>#<mark>", note="expires after 180 days"),
        Place("digest of notices", "staff#<staff>", "digest#<time>#<notice>", note="expires after 30 days"),
        Place("time of the last read-all", "staff#<staff>", "read"),
        Place("how the person wants to be told", "staff#<staff>", "preferences"),
    ),
)
