"""Notices in the store, in the list and by mail."""

from tests.builders import LEAD, NOW, SIGNER
from tingjian.notifications.deliveries.composition import RenderContext
from tingjian.notifications.notices.actions import list_own
from tingjian.notifications.notices.mails import notice_mail
from tingjian.notifications.notices.models import NoticeQuery, notice_of
from tingjian.notifications.notices.storage import notice_item, notice_write
from tingjian.platform.store import Store


def test_notice_without_a_ticket_is_listed_and_mailed(centre: Store) -> None:
    notice = notice_of(LEAD.id, "followup_overdue", None, {"score": 2}, now=NOW, mark="fact")
    centre.transact([notice_write(notice)])

    [shown] = list_own(centre, NoticeQuery(), caller=LEAD, language="en").items
    context = RenderContext(centre, lambda: SIGNER, "https://desk.example", sms=False)
    [mail] = notice_mail(context, notice_item(notice), NOW).outgoing

    assert (shown.id, shown.ticket, shown.number, shown.subject) == (notice.id, None, None, None)
    assert mail.to == "zhao@example.com"
    assert mail.text.count("https://desk.example/app/\n") == 1
