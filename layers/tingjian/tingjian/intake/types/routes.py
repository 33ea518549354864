from tingjian.intake.types.actions import put_type
from tingjian.intake.types.models import PublicTypeList, TicketType, TypeBody, TypeList
from tingjian.intake.types.rights import EDIT_TYPES, READ_TYPES
from tingjian.intake.types.storage import list_types, require_type
from tingjian.platform.http import Here, public, resolver, staff
from tingjian.platform.ids import slug

app = resolver()


@app.get("/v1/ticket-types", **staff(READ_TYPES))
def types(call: Here) -> TypeList:
    """List the types of request."""
    return TypeList(items=tuple(list_types(call.store)))


@app.get("/v1/ticket-types/<key>", **staff(READ_TYPES))
def one_type(call: Here, key: str) -> TicketType:
    """Show a type of request."""
    return require_type(call.store, key)


@app.put("/v1/ticket-types/<key>", **staff(EDIT_TYPES))
def edit_type(call: Here, key: str, body: TypeBody) -> TicketType:
    """Add or change a type of request."""
    return put_type(call.store, slug(key, "key"), body, expected=call.if_match, actor=call.caller.actor, now=call.now)


@app.get("/v1/public/ticket-types", **public())
def public_types(call: Here) -> PublicTypeList:
    """List the types of request that customers can file, in the caller's language."""
    return PublicTypeList.of(list_types(call.store), call.language)
