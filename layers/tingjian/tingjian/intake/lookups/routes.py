from tingjian.intake.lookups import actions
from tingjian.intake.lookups.models import CODE_LIFE, CodeEntered, CodeSent, CodeWanted
from tingjian.intake.tickets.bodies import FollowLink, Lookup
from tingjian.intake.tickets.follow_links import follow_link
from tingjian.platform.http import Here, public, resolver
from tingjian.platform.resources import signer
from tingjian.platform.security import origin_mark
from tingjian.platform.settings import OriginSettings

app = resolver()


@app.post("/v1/public/tickets/lookup", **public(kept="never"))
def look_up(call: Here, body: Lookup) -> FollowLink:
    """Get the link to a request by its number and the last four digits of the phone."""
    number = actions.recognise(
        call.store, body.number, body.phone_last_four, origin=origin_mark(call.origin), now=call.now
    )
    return FollowLink(url=follow_link(signer(), number, call.now, origin=OriginSettings.read().public_origin))


@app.post("/v1/public/tickets/codes", status_code=202, **public(kept="never"))
def send_code(call: Here, body: CodeWanted) -> CodeSent:
    """Have a code sent to the contact on file, to open a new link with."""
    actions.send_code(call.store, body.number, origin=origin_mark(call.origin), now=call.now)
    return CodeSent(expires_in_seconds=int(CODE_LIFE.total_seconds()))


@app.post("/v1/public/tickets/codes/redeem", **public(kept="never"))
def redeem_code(call: Here, body: CodeEntered) -> FollowLink:
    """Get the link to a request by its number and the code that was sent."""
    number = actions.redeem(call.store, signer(), body.number, body.code, now=call.now)
    return FollowLink(url=follow_link(signer(), number, call.now, origin=OriginSettings.read().public_origin))
