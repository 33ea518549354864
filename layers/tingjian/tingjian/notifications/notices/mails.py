"""What notices say by mail and text message."""

from datetime import datetime

from tingjian.notifications.deliveries.composition import RenderContext, email, text_message
from tingjian.notifications.deliveries.models import Outgoing, Rendered
from tingjian.notifications.notices.storage import load_preferences, notice_from_item
from tingjian.people.staff.posts import active_staff
from tingjian.platform.items import Item
from tingjian.platform.places import ticket_key


def notice_mail(context: RenderContext, item: Item, now: datetime) -> Rendered:
    """A notice to a member of staff; in quiet hours, the person's own or the ladder's, it waits. Two reads."""
    notice = notice_from_item(item)
    person = active_staff(context.store, notice.staff)
    ticket = context.store.get(ticket_key(notice.ticket), consistent=False) if notice.ticket else None
    if person is None or (notice.ticket and ticket is None):
        return Rendered()
    wishes = load_preferences(context.store, notice.staff)
    quiet = wishes.quiet_hours or notice.quiet_hours
    if quiet is not None and (until := quiet.until(now)) is not None:
        return Rendered(not_before=until)
    words: dict[str, object] = {"name": person.name, "title": notice.title(person.language)}
    words["link"] = f"{context.origin}/app/#/tickets/{notice.ticket}" if notice.ticket else f"{context.origin}/app/"
    kind = "notice"
    if ticket is None:
        kind = "notice_without_ticket"
    else:
        words["subject"] = ticket["subject"]
    outgoing: list[Outgoing] = []
    if "email" in notice.channels and person.email:
        outgoing.append(email(person.email, kind, person.language, words, ticket=notice.ticket or ""))
    if "sms" in notice.channels and wishes.phone and context.may_text(wishes.phone):
        outgoing.append(text_message(wishes.phone, "notice", person.language, words))
    return Rendered(tuple(outgoing))
