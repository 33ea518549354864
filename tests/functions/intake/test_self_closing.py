"""Resolved tickets close by themselves; complaints once the customer was heard."""

from datetime import timedelta

from tests.builders import CUSTOMER, NOW
from tests.functions.escalation.scene import notices_of, sweep
from tests.functions.intake.test_tickets import ask, by
from tingjian.escalation.audiences.listeners import tell
from tingjian.intake.conversations.actions import write_message
from tingjian.intake.tickets import actions
from tingjian.intake.tickets.bodies import Reply, Resolution, Written
from tingjian.intake.tickets.changes import Request
from tingjian.intake.tickets.storage import load_ticket
from tingjian.notifications.notices.models import notice_of
from tingjian.platform.events import last_event
from tingjian.platform.ids import spoken_number
from tingjian.platform.places import ticket_entity
from tingjian.platform.store import Store

WEEK = timedelta(days=7, minutes=20)


def resolved(store: Store, kind: str = "feedback") -> str:
    number = ask(store, kind=kind).id
    write_message(store, None, by(number), "reply", Reply(text="好的", spoken="phone"))
    actions.resolve(
        store, by(number, minutes=20), Resolution(fields={"cause": "物流延误"} if kind == "complaint" else {})
    )
    return number


def test_resolved_ticket_closes_by_itself_after_the_days_of_its_type(centre: Store) -> None:
    number = resolved(centre)

    sweep(centre, NOW + WEEK - timedelta(seconds=1))
    before = load_ticket(centre, number).status
    sweep(centre, NOW + WEEK)

    ticket = load_ticket(centre, number)
    assert (before, ticket.status, ticket.close_reason, ticket.timer_at) == ("resolved", "closed", "done", None)


def test_complaint_waits_until_its_customer_was_heard(centre: Store) -> None:
    number = resolved(centre, "complaint")

    assert load_ticket(centre, number).wake_at is None


def test_reopened_ticket_is_not_closed_by_the_time_of_before(centre: Store) -> None:
    number = resolved(centre)
    actions.reopen(centre, by(number, minutes=30), "还没好")

    assert load_ticket(centre, number).wake_at is None


def test_owner_hears_what_keeps_a_ticket_from_closing_by_itself(centre: Store) -> None:
    number = resolved(centre, "feedback")
    write_message(
        centre, None, Request(number, CUSTOMER, NOW + timedelta(minutes=30), None), "customer", Written(text="?")
    )

    sweep(centre, NOW + WEEK)
    sweep(centre, NOW + WEEK + timedelta(days=1))

    held = last_event(centre, ticket_entity(number))
    ticket = load_ticket(centre, number)
    assert held is not None
    assert (held.name, ticket.status, ticket.assignee) == ("CloseHeld", "resolved", "chen")
    tell(centre, held, NOW)
    tell(centre, held, NOW)
    [notice] = [notice for notice in notices_of(centre, "chen") if notice.kind == "close_held"]
    assert notice.title("zh-CN") == f"工单 {spoken_number(number)} 到期未能自动关闭：客户的消息还没有回复"


def test_what_holds_a_close_is_named_in_words() -> None:
    data = {"blockers": ["handoff:3"], "missing": ["cause", "verified"], "unanswered": True}
    notice = notice_of("zhao", "close_held", "123456789012", data, now=NOW, mark="m")

    assert notice.title("en").endswith("hand-off 3; 2 required fields are empty; the customer waits for an answer")
    assert notice.title("zh-TW").endswith("轉辦 3；有 2 項必填內容未填寫；客戶的訊息還沒有回覆")
