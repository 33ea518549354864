from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends

from tingjian.platform.http import Here, from_query, resolver, staff
from tingjian.platform.models import PageQuery
from tingjian.sla.calendars.rights import READ_POLICIES
from tingjian.sla.policies.models import Policy, PolicyList
from tingjian.sla.policies.storage import list_policies, list_policy_versions, load_policy

app = resolver()


@app.get("/v1/sla-policies", **staff(READ_POLICIES))
def policies(call: Here) -> PolicyList:
    """List the policies; the most specific one that covers a ticket holds for it."""
    return PolicyList(items=tuple(list_policies(call.store)))


@app.get("/v1/sla-policies/<policy>", **staff(READ_POLICIES))
def one_policy(call: Here, policy: str) -> Policy:
    """Show a policy."""
    return load_policy(call.store, policy)


@app.get("/v1/sla-policies/<policy>/versions", **staff(READ_POLICIES))
def versions(call: Here, policy: str, query: Annotated[PageQuery, Depends(from_query(PageQuery))]) -> PolicyList:
    """List the versions of a policy, newest first."""
    load_policy(call.store, policy)
    items, cursor = list_policy_versions(call.store, policy, limit=query.limit, cursor=query.cursor)
    return PolicyList(items=tuple(items), cursor=cursor)
