from tingjian.platform.features import READS_JOURNAL, WRITES_JOURNAL, Feature, Http, Place
from tingjian.sla.calendars import routes
from tingjian.sla.calendars.events import CalendarAdded, CalendarChanged, CalendarRemoved
from tingjian.sla.calendars.rights import EDIT_POLICIES, READ_POLICIES
from tingjian.sla.calendars.storage import CALENDARS

FEATURE = Feature(
    http=Http("escalation", routes.app, touches=(READS_JOURNAL, WRITES_JOURNAL)),
    rights=(READ_POLICIES, EDIT_POLICIES),
    facts=(CalendarAdded, CalendarChanged, CalendarRemoved),
    places=(
        Place("calendar", CALENDARS, "<calendar>", note="its current version"),
        Place("version of a calendar", "calendar#<calendar>", "<version>"),
    ),
)
