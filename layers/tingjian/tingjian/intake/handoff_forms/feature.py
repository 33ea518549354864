from tingjian.intake.handoff_forms import routes
from tingjian.intake.handoff_forms.events import HandoffFormAdded, HandoffFormChanged
from tingjian.intake.handoff_forms.rights import EDIT_HANDOFF_FORMS, READ_HANDOFF_FORMS
from tingjian.intake.handoff_forms.storage import COLLECTION
from tingjian.platform.features import READS_JOURNAL, WRITES_JOURNAL, Feature, Http, Place

FEATURE = Feature(
    http=Http("intake", routes.app, touches=(READS_JOURNAL, WRITES_JOURNAL)),
    rights=(READ_HANDOFF_FORMS, EDIT_HANDOFF_FORMS),
    facts=(HandoffFormAdded, HandoffFormChanged),
    places=(Place("form of a department", COLLECTION, "<department>"),),
)
