from tingjian.intake.handoff_forms.actions import put_form
from tingjian.intake.handoff_forms.models import HandoffForm, HandoffFormBody, HandoffFormList
from tingjian.intake.handoff_forms.rights import EDIT_HANDOFF_FORMS, READ_HANDOFF_FORMS
from tingjian.intake.handoff_forms.storage import list_forms
from tingjian.platform.http import Here, resolver, staff
from tingjian.platform.ids import slug

app = resolver()


@app.get("/v1/handoff-forms", **staff(READ_HANDOFF_FORMS))
def forms(call: Here) -> HandoffFormList:
    """List the forms of departments."""
    return HandoffFormList(items=tuple(list_forms(call.store)))


@app.put("/v1/handoff-forms/<department>", **staff(EDIT_HANDOFF_FORMS))
def edit_form(call: Here, department: str, body: HandoffFormBody) -> HandoffForm:
    """Add or change the form of a department."""
    return put_form(
        call.store,
        slug(department, "department"),
        body,
        expected=call.if_match,
        actor=call.caller.actor,
        now=call.now,
    )
