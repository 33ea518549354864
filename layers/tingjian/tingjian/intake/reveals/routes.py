from tingjian.intake.reveals import actions
from tingjian.intake.reveals.models import Reveal, Revealed
from tingjian.intake.reveals.rights import REVEAL_CUSTOMERS
from tingjian.platform.http import Here, resolver, staff

app = resolver()


@app.post("/v1/customers/<customer>/reveal", **staff(REVEAL_CUSTOMERS))
def reveal(call: Here, customer: str, body: Reveal) -> Revealed:
    """Show one masked field in full, with a reason that is recorded."""
    values = actions.reveal(
        call.store,
        customer,
        body.field,
        body.reason,
        caller=call.caller,
        now=call.now,
        idempotency=call.idempotency,
    )
    return Revealed(values=values)
