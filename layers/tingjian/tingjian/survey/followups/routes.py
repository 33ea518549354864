from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends

from tingjian.platform.http import Here, from_query, resolver, staff
from tingjian.survey.followups import actions
from tingjian.survey.followups.models import Completion, FollowUpList, FollowUpQuery, FollowUpReceipt, FollowUpView
from tingjian.survey.followups.rights import WORK_FOLLOW_UPS
from tingjian.survey.followups.storage import load_follow_up

app = resolver()


@app.get("/v1/follow-ups", **staff(WORK_FOLLOW_UPS))
def list_follow_ups(call: Here, query: Annotated[FollowUpQuery, Depends(from_query(FollowUpQuery))]) -> FollowUpList:
    """List follow-ups by due time, or done ones."""
    return actions.find_follow_ups(call.store, query, caller=call.caller)


@app.get("/v1/follow-ups/<follow_up>", **staff(WORK_FOLLOW_UPS))
def follow_up(call: Here, follow_up: str) -> FollowUpView:
    """Show a follow-up."""
    found = load_follow_up(call.store, follow_up)
    call.caller.require(WORK_FOLLOW_UPS, team=found.team, owner=found.owner)
    return actions.views_of(call.store, [found])[0]


@app.post("/v1/follow-ups/<follow_up>/claim", **staff(WORK_FOLLOW_UPS))
def claim(call: Here, follow_up: str) -> FollowUpReceipt:
    """Take a follow-up on."""
    return actions.claim(
        call.store, follow_up, caller=call.caller, now=call.now, idempotency=call.idempotency, seen=call.if_match
    )


@app.post("/v1/follow-ups/<follow_up>/complete", **staff(WORK_FOLLOW_UPS))
def complete(call: Here, follow_up: str, body: Completion) -> FollowUpReceipt:
    """Finish a follow-up with its result; the ticket can be closed again."""
    return actions.complete(
        call.store, follow_up, body, caller=call.caller, now=call.now, idempotency=call.idempotency, seen=call.if_match
    )
