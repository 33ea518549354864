"""Listeners: the one reader of the Journal sends a message for each of them, and a worker calls them one by one.

Messages come at least once and in any order; docs/decisions/0015-listeners.md says what follows for a listener.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from tingjian.platform import resources
from tingjian.platform.events import Event, load_event
from tingjian.platform.late import function_at
from tingjian.platform.models import Frozen
from tingjian.platform.settings import ListenerQueueSettings
from tingjian.platform.store import Store

MESSAGES_AT_ONCE = 10
"""SQS takes no more in one call."""

Listeners = Mapping[str, tuple[str, ...]]
"""The listeners of each fact, by its name; a listener is written `module:function`."""


class EventNotFoundError(LookupError):
    """The Journal has no event at the place that a message names."""


class ListenerNotFoundError(LookupError):
    """A message names a function that is no listener to the fact of its event."""


class Message(Frozen):
    """The listener to call and the event to call it with. It holds ids only, so a log may show it."""

    listener: str
    entity: str
    version: int


def messages_of(event: Event, listeners: Listeners, hears_imported: Collection[str]) -> list[Message]:
    """A message for each listener to the event. Listeners to imported history are those in `hears_imported`."""
    return [
        Message(listener=listener, entity=event.entity, version=event.version)
        for listener in listeners.get(event.name, ())
        if not event.imported or listener in hears_imported
    ]


def send_messages(messages: Sequence[Message]) -> set[int]:
    """Put messages into the queue, ten a call. The answer is the positions of the messages that SQS refused."""
    refused: set[int] = set()
    for start in range(0, len(messages), MESSAGES_AT_ONCE):
        entries: list[Any] = [
            {
                "Id": str(place),
                "MessageBody": message.model_dump_json(),
                # SQS serves the groups fairly: while one listener is slow, the messages of the others go first.
                "MessageGroupId": message.listener,
            }
            for place, message in enumerate(messages[start : start + MESSAGES_AT_ONCE], start)
        ]
        url = ListenerQueueSettings.read().listener_queue_url
        answer = resources.sqs().send_message_batch(QueueUrl=url, Entries=entries)
        refused |= {int(failure["Id"]) for failure in answer.get("Failed", [])}
    return refused


def call_listener(store: Store, message: Message, listeners: Listeners, *, now: datetime) -> None:
    """Call the listener. Raises EventNotFoundError, ListenerNotFoundError, or what the listener raises."""
    event = load_event(store, message.entity, message.version)
    if event is None:
        raise EventNotFoundError(message.entity, message.version)
    # Checked before the import: a message in the queue must not decide which module is loaded.
    if message.listener not in listeners.get(event.name, ()):
        raise ListenerNotFoundError(message.listener, event.name)
    function_at(message.listener)(store, event, now)
