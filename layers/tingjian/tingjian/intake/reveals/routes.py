from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends

from tingjian.intake.reveals import actions
from tingjian.intake.reveals.models import Reveal, Revealed, RevealList, RevealQuery
from tingjian.intake.reveals.rights import LIST_REVEALS, REVEAL_CUSTOMERS
from tingjian.platform.http import Here, from_query, resolver, staff
from tingjian.platform.security import record_security

app = resolver()


@app.post("/v1/customers/<customer>/reveal", **staff(REVEAL_CUSTOMERS))
def reveal(call: Here, customer: str, body: Reveal) -> Revealed:
    """Show one masked field in full, with a reason that is recorded; thirty an hour at most."""
    values = actions.reveal(call.store, customer, body, caller=call.caller, now=call.now, idempotency=call.idempotency)
    record_security("ContactRevealed", who=call.caller.id, origin=call.origin, customer=customer, reason=body.reason)
    return Revealed(values=values)


@app.get("/v1/reveals", **staff(LIST_REVEALS))
def reveals(call: Here, query: Annotated[RevealQuery, Depends(from_query(RevealQuery))]) -> RevealList:
    """List who saw what of which customer and why, newest first."""
    return actions.list_for_lead(call.store, query, caller=call.caller)
