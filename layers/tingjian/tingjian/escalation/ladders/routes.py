from tingjian.escalation.ladders.actions import put_ladder, remove_ladder
from tingjian.escalation.ladders.models import Ladder, LadderBody, LadderList
from tingjian.escalation.ladders.storage import list_ladders, load_ladder
from tingjian.platform.http import Here, resolver, staff
from tingjian.platform.ids import slug
from tingjian.sla.calendars.rights import EDIT_POLICIES, READ_POLICIES

app = resolver()


@app.get("/v1/ladders", **staff(READ_POLICIES))
def ladders(call: Here) -> LadderList:
    """List the ladders; where none covers a clock, the built-in one holds."""
    return LadderList(items=tuple(list_ladders(call.store)))


@app.get("/v1/ladders/<ladder>", **staff(READ_POLICIES))
def one_ladder(call: Here, ladder: str) -> Ladder:
    """Show a ladder."""
    return load_ladder(call.store, ladder)


@app.put("/v1/ladders/<ladder>", **staff(EDIT_POLICIES))
def edit_ladder(call: Here, ladder: str, body: LadderBody) -> Ladder:
    """Add or change a ladder."""
    return put_ladder(
        call.store, slug(ladder, "ladder"), body, expected=call.if_match, actor=call.caller.actor, now=call.now
    )


@app.delete("/v1/ladders/<ladder>", **staff(EDIT_POLICIES))
def delete_ladder(call: Here, ladder: str) -> LadderList:
    """Delete a ladder; the answer lists those that stay."""
    remove_ladder(call.store, ladder, expected=call.if_match, actor=call.caller.actor, now=call.now)
    return LadderList(items=tuple(list_ladders(call.store)))
