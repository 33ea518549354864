from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends

from tingjian.notifications.deliveries.actions import replay
from tingjian.notifications.deliveries.rights import EDIT_WEBHOOKS
from tingjian.notifications.deliveries.storage import list_dead
from tingjian.notifications.deliveries.views import DeadQuery, DeliveryList, DeliveryView
from tingjian.platform.http import Here, from_query, resolver, staff

app = resolver()


@app.get("/v1/webhooks/dead-letters", **staff(EDIT_WEBHOOKS))
def dead(call: Here, query: Annotated[DeadQuery, Depends(from_query(DeadQuery))]) -> DeliveryList:
    """List calls of a webhook, or mail and text messages, that were given up, newest first."""
    channel = f"webhook#{query.webhook}" if query.webhook else "messages"
    found, cursor = list_dead(call.store, channel, limit=query.limit, cursor=query.cursor)
    return DeliveryList(items=tuple(map(DeliveryView.of, found)), cursor=cursor)


@app.post("/v1/webhooks/dead-letters/<delivery>/replay", **staff(EDIT_WEBHOOKS, kept=True))
def replay_dead(call: Here, delivery: str) -> DeliveryView:
    """Have a delivery that was given up tried again."""
    return DeliveryView.of(replay(call.store, delivery, actor=call.caller.actor, now=call.now))
