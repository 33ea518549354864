"""The code that lets a customer open a new link, by mail or text message. It holds nothing that anybody wrote."""

from datetime import datetime

from tingjian.intake.conversations.mails import asker_of, to_customer
from tingjian.intake.lookups.actions import code_of
from tingjian.intake.lookups.models import CODE_LIFE
from tingjian.intake.lookups.storage import SENT
from tingjian.notifications.deliveries.composition import RenderContext
from tingjian.notifications.deliveries.models import Rendered
from tingjian.platform.ids import spoken_number
from tingjian.platform.items import Item
from tingjian.platform.times import instant


def code_mail(context: RenderContext, item: Item, now: datetime) -> Rendered:
    """The code of an item; nothing once it is no longer open. Two reads."""
    number = item["pk"].removeprefix("ticket#")
    asker = asker_of(context, number)
    if asker is None or now >= instant(item["open_until"]):
        return Rendered()
    words = {
        "ticket": spoken_number(number),
        "code": code_of(context.signer(), number, item["sk"].removeprefix(SENT)),
        "minutes": int(CODE_LIFE.total_seconds() // 60),
    }
    return to_customer(context, asker, "code", words, per_day=PER_DAY)


PER_DAY = 10
"""So many codes an address or phone gets a day, whatever the tickets."""
