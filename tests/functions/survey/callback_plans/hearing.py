"""The Journal's stream and the worker behind it, in this process: each event to each listener, until nothing is new."""

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from functions.survey import worker
from functions.survey.assembled import IMPORTED, LISTENERS
from tests.builders import JOURNAL
from tests.functions.facts import journal_events
from tingjian.platform.listeners import Message, messages_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass
class Stream:
    """`told` are the events that were delivered; with `chance`, in another order and some of them twice."""

    client: "DynamoDBClient"
    chance: random.Random | None = None
    told: set[tuple[str, int]] = field(default_factory=set)

    def waiting(self) -> list[Message]:
        """The messages of the events that nobody has heard yet."""
        events = [
            event for event in journal_events(self.client, JOURNAL) if (event.entity, event.version) not in self.told
        ]
        self.told |= {(event.entity, event.version) for event in events}
        messages = [message for event in events for message in messages_of(event, LISTENERS, IMPORTED)]
        if self.chance:
            messages += self.chance.sample(messages, len(messages) // 2)
            self.chance.shuffle(messages)
        return messages

    def run(self) -> int:
        """Deliver until nothing is new; how many messages it took. What failed comes again."""
        taken = 0
        while messages := self.waiting():
            while messages:
                messages = [message for message in messages if not delivered(message)]
                taken += 1
                assert taken < 5000, "it does not end"
        return taken


def delivered(message: Message) -> bool:
    """Whether the worker took a message."""
    record = {"messageId": "1", "body": message.model_dump_json()}
    return not worker.handler({"Records": [record]}, None)["batchItemFailures"]
