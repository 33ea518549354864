"""Who is told that a customer wrote."""

from datetime import datetime

from tingjian.notifications.notices.models import notice_of
from tingjian.notifications.notices.storage import notice_item
from tingjian.people.staff.posts import holders
from tingjian.platform.events import Event
from tingjian.platform.store import Store


def tell_of_message(store: Store, event: Event, now: datetime) -> None:  # noqa: ARG001 - a repeat writes the same notice
    """Tell who has the ticket, else the lead, that the customer wrote, whatever the ticket's status."""
    if event.data.get("kind") != "customer":
        return
    number = event.entity.split("#")[1]
    mark = f"{event.data['message_id']}.customer_wrote"
    for person in holders(store, "assignee", team=event.data["team"], assignee=event.data.get("assignee")):
        data = {"status": event.data["status"]}
        # The time is the message's, so that a repeat finds the notice of the first.
        notice = notice_of(person.id, "customer_wrote", number, data, now=event.at, mark=mark)
        store.put_if_absent(notice_item(notice))
