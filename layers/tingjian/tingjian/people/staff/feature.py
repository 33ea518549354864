from tingjian.people.staff import routes
from tingjian.people.staff.events import StaffAdded, StaffChanged, TeamAdded, TeamChanged
from tingjian.people.staff.rights import EDIT_STAFF, READ_STAFF
from tingjian.people.staff.storage import STAFF, TEAMS
from tingjian.platform.features import READS_JOURNAL, WRITES_JOURNAL, Feature, Http, Place, index

FEATURE = Feature(
    http=Http("intake", routes.app, touches=(READS_JOURNAL, WRITES_JOURNAL, index("queue"), index("owner"))),
    rights=(READ_STAFF, EDIT_STAFF),
    facts=(StaffAdded, StaffChanged, TeamAdded, TeamChanged),
    places=(Place("person", STAFF, "<staff>"), Place("team or department", TEAMS, "<team>")),
)
