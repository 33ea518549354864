"""Routes of SLA policies."""

from functions.escalation.door import door
from tingjian.escalation.policies.actions import preview_policy, save_policy
from tingjian.escalation.replans.actions import apply_to_all, apply_to_one
from tingjian.escalation.replans.models import Applied, Apply, Preview, PreviewBody, ReplanView
from tingjian.platform.http import Call
from tingjian.platform.ids import slug
from tingjian.platform.models import PageQuery
from tingjian.sla.policies.models import Policy, PolicyBody, PolicyList
from tingjian.sla.policies.storage import list_policies, list_versions, load_policy


@door.get("/v1/sla-policies", right="policies.read")
def policies(call: Call) -> PolicyList:
    """List the policies; the most specific one that covers a ticket holds for it."""
    return PolicyList(items=tuple(list_policies(call.store)))


@door.post("/v1/sla-policies/preview", right="policies.edit")
def preview(call: Call, body: PreviewBody) -> Preview:
    """Show which open tickets a policy would touch, and how their deadlines would move; nothing is written."""
    return preview_policy(call.store, body, now=call.now)


@door.get("/v1/sla-policies/{policy}", right="policies.read")
def one_policy(call: Call, policy: str) -> Policy:
    """Show a policy."""
    return load_policy(call.store, policy)


@door.put("/v1/sla-policies/{policy}", right="policies.edit")
def edit_policy(call: Call, policy: str, body: PolicyBody) -> Policy:
    """Add or change a policy; running tickets keep their version until it is applied to them."""
    return save_policy(
        call.store, slug(policy, "policy"), body, expected=call.if_match, actor=call.caller.actor, now=call.now
    )


@door.get("/v1/sla-policies/{policy}/versions", right="policies.read")
def versions(call: Call, policy: str, query: PageQuery) -> PolicyList:
    """List the versions of a policy, newest first."""
    load_policy(call.store, policy)
    items, cursor = list_versions(call.store, policy, limit=query.limit, cursor=query.cursor)
    return PolicyList(items=tuple(items), cursor=cursor)


@door.post("/v1/sla-policies/{policy}/apply", right="policies.edit", status=202, kept=True)
def apply(call: Call, policy: str, body: Apply) -> Applied:
    """Plan the clocks of one ticket, or of all open ones, anew by the present version, with every pause."""
    found = load_policy(call.store, policy)
    if body.ticket is not None:
        return apply_to_one(call.store, found.id, body.ticket, actor=call.caller.actor, now=call.now)
    replan = apply_to_all(
        call.store, "policy", found.id, actor=call.caller.actor, now=call.now, idempotency=call.idempotency
    )
    return Applied(replan=ReplanView.of(replan))
