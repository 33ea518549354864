"""Routes of ladders."""

from functions.escalation.door import door
from tingjian.escalation.ladders.actions import put_ladder
from tingjian.escalation.ladders.models import Ladder, LadderBody, LadderList
from tingjian.escalation.ladders.storage import list_ladders, load_ladder
from tingjian.platform.http import Call
from tingjian.platform.ids import slug


@door.get("/v1/ladders", right="policies.read")
def ladders(call: Call) -> LadderList:
    """List the ladders; where none covers a clock, the built-in one holds."""
    return LadderList(items=tuple(list_ladders(call.store)))


@door.get("/v1/ladders/{ladder}", right="policies.read")
def one_ladder(call: Call, ladder: str) -> Ladder:
    """Show a ladder."""
    return load_ladder(call.store, ladder)


@door.put("/v1/ladders/{ladder}", right="policies.edit")
def edit_ladder(call: Call, ladder: str, body: LadderBody) -> Ladder:
    """Add or change a ladder."""
    return put_ladder(
        call.store, slug(ladder, "ladder"), body, expected=call.if_match, actor=call.caller.actor, now=call.now
    )
