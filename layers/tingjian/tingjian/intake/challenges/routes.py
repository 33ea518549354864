from tingjian.intake.challenges.actions import new_challenge
from tingjian.intake.challenges.models import Challenge
from tingjian.platform.http import Here, public, resolver
from tingjian.platform.resources import signer

app = resolver()


@app.post("/v1/public/challenges", status_code=201, **public(kept="never"))
def challenge(call: Here) -> Challenge:
    """Get a challenge to solve before filing very much; a refusal that asks for one holds one already."""
    return new_challenge(signer(), call.now)
