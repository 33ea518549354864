"""What the old contact is told when an edit replaced or removed it."""

from datetime import datetime

from tingjian.intake.customers.models import Customer
from tingjian.intake.customers.reach import WayOut, way_to
from tingjian.intake.customers.storage import customer_from_item, lost_from_item
from tingjian.notifications.deliveries.composition import RenderContext, email, text_message
from tingjian.notifications.deliveries.models import Rendered
from tingjian.platform.contacts import has_extension
from tingjian.platform.items import Item
from tingjian.platform.places import customer_key


def contact_lost_mail(context: RenderContext, item: Item, _now: datetime) -> Rendered:
    """The message to the contact that was taken away; where no message reaches that, to the customer's others.

    It names no new contact: who reads it may be a stranger by now. One read.
    """
    found = context.store.get(customer_key(item["pk"].removeprefix("customer#")), consistent=False)
    if found is None:
        return Rendered()
    customer, lost = customer_from_item(found), lost_from_item(item).contact
    if lost.standing == "claimed":
        return Rendered()  # It was nobody's but the request's that brought it.
    way = _way_to_lost(context, lost.kind, lost.value) or way_to(customer, (), may_text=context.may_text)
    if way is None:
        return Rendered()
    return _message(way, customer, lost.masked)


def _way_to_lost(context: RenderContext, kind: str, value: str) -> WayOut | None:
    if kind == "email":
        return WayOut("email", value)
    return WayOut("sms", value) if not has_extension(value) and context.may_text(value) else None


def _message(way: WayOut, customer: Customer, shown: str) -> Rendered:
    write = email if way.way == "email" else text_message
    return Rendered((write(way.to, "contact_lost", customer.language, {"contact": shown}),))
