from tingjian.people.staff import routes
from tingjian.people.staff.events import StaffAdded, StaffChanged, TeamAdded, TeamChanged
from tingjian.people.staff.rights import EDIT_STAFF, READ_STAFF
from tingjian.people.staff.sign_ins import ADMINISTRATORS, CLAIM
from tingjian.people.staff.storage import STAFF, TEAMS
from tingjian.platform.features import READS_JOURNAL, WRITES_JOURNAL, Feature, Http, Place, index

FEATURE = Feature(
    http=Http("intake", routes.app, touches=(READS_JOURNAL, WRITES_JOURNAL, index("queue"), index("owner"))),
    rights=(READ_STAFF, EDIT_STAFF),
    facts=(StaffAdded, StaffChanged, TeamAdded, TeamChanged),
    places=(
        Place("person", STAFF, "<staff>"),
        Place("team or department", TEAMS, "<team>"),
        Place("whose a sign-in is", "sign-in#<subject>", CLAIM, note="Kept when the person leaves."),
        Place(
            "edits that took an administrator away",
            ADMINISTRATORS.pk,
            ADMINISTRATORS.sk,
            note="Counts them, so that two at once cannot take the last two.",
        ),
    ),
)
