"""Notices in the store, in the list and by mail: what is due together goes out in one."""

from datetime import datetime, timedelta

import pytest

from tests.builders import AGENT, LEAD, NOW, SIGNER, WAREHOUSE
from tests.functions.door import Answer, Knocker, opened
from tests.functions.escalation.scene import Scene, open_one
from tingjian.intake.tickets.storage import ticket_item
from tingjian.notifications.deliveries.composition import RenderContext
from tingjian.notifications.deliveries.models import Outgoing
from tingjian.notifications.deliveries.storage import delivery_id_of, load_delivery
from tingjian.notifications.notices.actions import list_own
from tingjian.notifications.notices.digests import bundle_notices
from tingjian.notifications.notices.mails import digest_mail
from tingjian.notifications.notices.models import Notice, NoticeQuery, Preferences, notice_of
from tingjian.notifications.notices.storage import notice_item, notice_key, notice_write, preferences_write
from tingjian.notifications.quiet import QuietHours
from tingjian.platform.items import Item
from tingjian.platform.store import Store, Write


def told(store: Store, kind: str = "ticket_assigned", ticket: str | None = None, *, mark: str = "fact") -> Notice:
    """A stored notice of the lead."""
    notice = notice_of(LEAD.id, kind, ticket, {"score": 2}, now=NOW, mark=mark)  # type: ignore[arg-type]
    store.transact([notice_write(notice)])
    return notice


def digests(store: Store, staff: str = LEAD.id) -> list[Item]:
    return store.query_all(f"staff#{staff}", prefix="digest#")


def mails(store: Store, item: Item) -> tuple[Outgoing, ...]:
    context = RenderContext(store, lambda: SIGNER, "https://desk.example", sms=False)
    return digest_mail(context, item, NOW).outgoing


def state_of(store: Store, notice: Notice) -> tuple[str, datetime | None]:
    delivery = load_delivery(store, delivery_id_of(notice_key(notice.staff, notice.id)))
    return delivery.state, delivery.due_at


def test_notice_without_a_ticket_is_listed_and_mailed(centre: Store) -> None:
    notice = told(centre, "followup_overdue")
    bundle_notices(centre, notice_item(notice), NOW)

    [shown] = list_own(centre, NoticeQuery(), caller=LEAD, language="en").items
    [digest] = digests(centre)
    [mail] = mails(centre, digest)

    assert (shown.id, shown.ticket, shown.number, shown.subject) == (notice.id, None, None, None)
    assert mail.to == "zhao@example.com"
    assert mail.text.count("https://desk.example/app/\n") == 1


def test_fifty_notices_of_one_minute_are_one_mail(centre: Store) -> None:
    number = open_one(centre)
    notices = [told(centre, "clock_breached", number, mark=f"{n}") for n in range(50)]

    for notice in notices:
        bundle_notices(centre, notice_item(notice), NOW)

    [digest] = digests(centre)
    [mail] = mails(centre, digest)
    assert len(digest["notices"]) == 50
    assert mail.text.count(f"https://desk.example/app/#/tickets/{number}") == 50
    assert {state_of(centre, notice)[0] for notice in notices} == {"bundled"}


def test_more_than_a_transaction_takes_go_out_in_few_mails_and_none_is_lost(centre: Store) -> None:
    number = open_one(centre)
    notices = [told(centre, "clock_breached", number, mark=f"{n}") for n in range(120)]

    for notice in notices:
        bundle_notices(centre, notice_item(notice), NOW)

    sent = [notice for digest in digests(centre) for notice in digest["notices"]]
    assert sorted(sent) == sorted(notice.id for notice in notices)
    assert len(digests(centre)) <= 4


def test_notice_that_was_read_or_whose_ticket_is_closed_is_not_mailed(centre: Store) -> None:
    scene = Scene(centre, open_one(centre))
    read, closed = told(centre, "followup_overdue"), told(centre, "handoff_warned", scene.number, mark="closed")
    reopened = told(centre, "customer_wrote", scene.number, mark="wrote")
    centre.transact([notice_write(read.mark_read(NOW))])
    ticket = scene.ticket.model_copy(update={"status": "closed"})
    centre.transact([Write("desk", ticket_item(ticket))])
    bundle_notices(centre, notice_item(closed), NOW)

    [digest] = digests(centre)
    [mail] = mails(centre, digest)

    assert len(digest["notices"]) == 3
    assert reopened.title("zh-CN") in mail.text
    assert closed.title("zh-CN") not in mail.text + mail.subject


def test_what_a_person_refuses_by_mail_stays_on_the_screen(centre: Store) -> None:
    number = open_one(centre)
    centre.transact([preferences_write(LEAD.id, Preferences(version=1, mail={"ticket_assigned": False}))])
    bundle_notices(centre, notice_item(told(centre, ticket=number)), NOW)

    [digest] = digests(centre)

    assert mails(centre, digest) == ()
    assert len(list_own(centre, NoticeQuery(), caller=LEAD, language="en").items) == 1


def test_little_news_is_mailed_to_those_only_who_ask_for_it(centre: Store) -> None:
    number = open_one(centre)
    bundle_notices(centre, notice_item(told(centre, "handoff_accepted", number)), NOW)
    [digest] = digests(centre)
    before = mails(centre, digest)

    centre.transact([preferences_write(LEAD.id, Preferences(version=1, mail={"handoff_accepted": True}))])

    assert (before, len(mails(centre, digest))) == ((), 1)


def test_quiet_hours_end_with_one_mail(centre: Store) -> None:
    quiet = QuietHours(start="08:00", end="12:00", timezone="Asia/Shanghai")
    centre.transact([preferences_write(LEAD.id, Preferences(version=1, quiet_hours=quiet))])
    noon, number = datetime.fromisoformat("2026-03-02T12:00:00+08:00"), open_one(centre)
    notices = [told(centre, ticket=number, mark=f"{n}") for n in range(5)]

    for notice in notices:
        bundle_notices(centre, notice_item(notice), NOW)
    waiting = [state_of(centre, notice) for notice in notices]
    for notice in notices:
        bundle_notices(centre, notice_item(notice), noon)

    assert waiting == [("waiting", noon)] * 5
    [digest] = digests(centre)
    assert len(digest["notices"]) == 5


def test_notice_that_comes_again_is_not_sent_again(centre: Store) -> None:
    notice = told(centre, ticket=open_one(centre))

    for later in range(3):
        bundle_notices(centre, notice_item(notice), NOW + timedelta(minutes=later))

    assert len(digests(centre)) == 1


@pytest.mark.parametrize(
    ("kind", "data", "staff", "page"),
    [
        ("handoff_asked", {"handoff": 1}, WAREHOUSE.id, "handoffs/{number}/1"),
        ("handoff_done", {"handoff": 1}, AGENT.id, "tickets/{number}"),
        ("followup_opened", {"follow_up": "s-1"}, LEAD.id, "follow-ups/s-1"),
    ],
)
def test_mail_leads_to_the_page_that_its_reader_may_see(
    centre: Store, kind: str, data: dict[str, object], staff: str, page: str
) -> None:
    number = open_one(centre)
    notice = notice_of(staff, kind, number, data, now=NOW, mark="x")  # type: ignore[arg-type]
    centre.transact([notice_write(notice)])
    bundle_notices(centre, notice_item(notice), NOW)

    [digest] = digests(centre, staff)
    [mail] = mails(centre, digest)

    assert f"https://desk.example/app/#/{page.format(number=number)}\n" in mail.text


@pytest.mark.usefixtures("centre")
def test_broken_promises_are_always_mailed(monkeypatch: pytest.MonkeyPatch) -> None:
    with opened("escalation", monkeypatch) as door:
        refused = _wish(door, {"clock_breached": False})
        taken = _wish(door, {"customer_wrote": False, "handoff_accepted": True})
        unknown = _wish(door, {"poem": True})

    assert (refused.status, refused.json["errors"][0]["field"]) == (422, "mail.clock_breached")
    assert (taken.status, taken.json["mail"]) == (200, {"customer_wrote": False, "handoff_accepted": True})
    assert unknown.status == 422


def _wish(door: Knocker, mail: dict[str, bool]) -> Answer:
    return door.send("PUT", "/v1/notices/preferences", {"mail": mail}, caller=AGENT, if_match='"0"')
