"""The lanes by which messages go out, a queue each, so that none waits for another: customers, staff, webhooks.

The reader of Desk's stream only sorts: it puts a message of ids into the lane of each item that asks for delivery.
"""

from collections.abc import Sequence
from typing import Any, Literal

from tingjian.platform import resources
from tingjian.platform.items import Item, Key
from tingjian.platform.models import Frozen
from tingjian.platform.settings import LaneSettings

Lane = Literal["customers", "notices", "webhooks"]
MESSAGES_AT_ONCE = 10
"""SQS takes no more in one call."""


class LaneMessage(Frozen):
    """Where the item stands that asks for delivery, and by which template. It holds ids only, so a log may show it."""

    pk: str
    sk: str
    template: str

    @classmethod
    def of(cls, item: Item) -> "LaneMessage":
        return cls(pk=item["pk"], sk=item["sk"], template=item["deliver"])

    @property
    def key(self) -> Key:
        return Key(self.pk, self.sk)


def send_down(lane: Lane, messages: Sequence[LaneMessage], *, delay_seconds: int = 0) -> set[int]:
    """Put messages into a lane, ten a call. The answer is the positions of the messages that SQS refused."""
    refused: set[int] = set()
    url = getattr(LaneSettings.read(), f"{lane}_queue_url")
    for start in range(0, len(messages), MESSAGES_AT_ONCE):
        entries = [
            _entry(place, message, lane, delay_seconds)
            for place, message in enumerate(messages[start : start + MESSAGES_AT_ONCE], start)
        ]
        answer = resources.sqs().send_message_batch(QueueUrl=url, Entries=entries)
        refused |= {int(failure["Id"]) for failure in answer.get("Failed", [])}
    return refused


def _entry(place: int, message: LaneMessage, lane: Lane, delay_seconds: int) -> Any:
    entry: dict[str, Any] = {"Id": str(place), "MessageBody": message.model_dump_json()}
    if delay_seconds:
        entry["DelaySeconds"] = delay_seconds
    if lane == "webhooks":
        # SQS serves the groups fairly: a receiver with a backlog holds up its own calls first.
        entry["MessageGroupId"] = message.pk
    return entry
