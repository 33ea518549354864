"""Messages in the store: items of their ticket's collection, in the order of time."""

from tingjian.intake.attachments.models import StoredFile
from tingjian.intake.messages.models import Message
from tingjian.platform.items import Item, Key
from tingjian.platform.places import ticket_entity
from tingjian.platform.store import Store, Write
from tingjian.platform.times import instant, stamp

MESSAGE = "message#"
DELIVERED = {"request": "opened", "reply": "reply"}
"""Templates of the mails that the customer gets of a message, by kind."""


def load_messages(
    store: Store, number: str, *, limit: int = 25, cursor: str | None = None
) -> tuple[list[Message], str | None]:
    """Messages of a ticket, newest first, and the cursor to older ones. One call."""
    page = store.query(ticket_entity(number), prefix=MESSAGE, limit=limit, forward=False, cursor=cursor)
    return [message_from_item(item) for item in page.items], page.cursor


def message_key(message: Message) -> Key:
    return Key(ticket_entity(message.ticket), f"{MESSAGE}{stamp(message.at)}#{message.id}")


def message_write(message: Message) -> Write:
    """The member of a transaction that adds a message; one with the same id must not be there."""
    return Write("desk", message_item(message), expect=0)


def message_item(message: Message) -> Item:
    """The item of a message. What the customer is told of, a new request and a reply, is marked for delivery.

    What was spoken is sent to nobody.
    """
    key = message_key(message)
    item: Item = {
        "pk": key.pk,
        "sk": key.sk,
        "kind": message.kind,
        "text": message.text,
    }
    if message.author:
        item["author"] = message.author
    if message.attachments:
        item["attachments"] = [attachment.model_dump() for attachment in message.attachments]
    if message.spoken:
        item["spoken"] = message.spoken
    elif message.kind in DELIVERED:
        item["deliver"] = DELIVERED[message.kind]
    return item


def message_from_item(item: Item) -> Message:
    _, at, message_id = item["sk"].split("#")
    return Message(
        id=message_id,
        ticket=item["pk"].removeprefix("ticket#"),
        kind=item["kind"],
        text=item["text"],
        at=instant(at),
        author=item.get("author", ""),
        attachments=tuple(StoredFile.model_validate(entry) for entry in item.get("attachments", [])),
        spoken=item.get("spoken"),
    )
