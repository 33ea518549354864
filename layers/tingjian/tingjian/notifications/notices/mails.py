"""What notices say by mail and text message: one alone, or many in one message."""

from datetime import datetime

from tingjian.notifications.deliveries.composition import RenderContext, email, text_message
from tingjian.notifications.deliveries.models import Outgoing, Rendered
from tingjian.notifications.notices.models import EVEN_WHEN_CLOSED, Notice, Preferences
from tingjian.notifications.notices.storage import last_read_all, load_notices, load_preferences
from tingjian.people.staff.models import Staff
from tingjian.people.staff.posts import active_staff
from tingjian.platform.items import Item
from tingjian.platform.places import ticket_key
from tingjian.platform.store import Store
from tingjian.platform.times import stamp

HANDOFF = "handoff_"


def digest_mail(context: RenderContext, item: Item, _now: datetime) -> Rendered:
    """The notices of a digest in one message. What was read meanwhile, or is closed by now, is left out. Four reads."""
    staff = item["pk"].removeprefix("staff#")
    person = active_staff(context.store, staff)
    if person is None:
        return Rendered()
    wishes = load_preferences(context.store, staff)
    entries = _news(context.store, staff, load_notices(context.store, staff, item["notices"]))
    by_mail = [entry for entry in entries if "email" in entry[0].channels and wishes.wants_mail(entry[0].kind)]
    outgoing: list[Outgoing] = []
    if by_mail and person.email:
        outgoing.append(_mail(context, person, by_mail))
    by_phone = [entry for entry in entries if "sms" in entry[0].channels]
    if by_phone and wishes.phone and context.may_text(wishes.phone):
        outgoing.append(_text_message(person, wishes, by_phone))
    return Rendered(tuple(outgoing))


def page_of(notice: Notice, person: Staff, origin: str) -> str:
    """The page on which the person sees what the notice is about; departments see hand-offs, and no tickets."""
    if follow_up := notice.data.get("follow_up"):
        return f"{origin}/app/#/follow-ups/{follow_up}"
    if notice.data.get("webhook_id"):
        return f"{origin}/app/#/webhooks/{notice.data['webhook_id']}"
    if notice.ticket is None:
        return f"{origin}/app/"
    if (number := notice.data.get("handoff")) and set(person.roles) == {"department"}:
        return f"{origin}/app/#/handoffs/{notice.ticket}/{number}"
    return f"{origin}/app/#/tickets/{notice.ticket}"


def _news(store: Store, staff: str, notices: list[Notice]) -> list[tuple[Notice, str]]:
    """Each notice that is news still, with the subject of its ticket."""
    until = last_read_all(store, staff)
    unread = [notice for notice in notices if notice.read_at is None and stamp(notice.at) > until]
    keys = {notice.ticket: ticket_key(notice.ticket) for notice in unread if notice.ticket}
    tickets = store.get_many(list(keys.values()), consistent=False) if keys else {}
    news = []
    for notice in unread:
        if notice.ticket is None:
            news.append((notice, ""))
            continue
        ticket = tickets.get(keys[notice.ticket])
        if ticket and (ticket["status"] != "closed" or notice.kind in EVEN_WHEN_CLOSED):
            news.append((notice, str(ticket["subject"])))
    return news


def _mail(context: RenderContext, person: Staff, entries: list[tuple[Notice, str]]) -> Outgoing:
    language = person.language
    if len(entries) == 1:
        [(notice, subject)] = entries
        words = {"name": person.name, "title": notice.title(language), "subject": subject}
        words["link"] = page_of(notice, person, context.origin)
        kind = "notice" if notice.ticket else "notice_without_ticket"
        return email(person.email, kind, language, words, ticket=notice.ticket or "")
    listed = "\n\n".join(
        "\n".join(part for part in (notice.title(language), subject, page_of(notice, person, context.origin)) if part)
        for notice, subject in entries
    )
    title = entries[0][0].title(language)
    words = {"name": person.name, "count": str(len(entries)), "title": title, "list": listed}
    return email(person.email, "digest", language, words)


def _text_message(person: Staff, wishes: Preferences, entries: list[tuple[Notice, str]]) -> Outgoing:
    kind = "notice" if len(entries) == 1 else "digest"
    words = {"title": entries[0][0].title(person.language), "count": str(len(entries))}
    return text_message(wishes.phone or "", kind, person.language, words)
