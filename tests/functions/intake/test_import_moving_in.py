"""Moving in: open tickets taken over alive, known people and customers, workbooks, messages and customers, on moto."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from openpyxl import Workbook

from tests.builders import AGENT, DESK, NOW
from tests.functions.intake.test_import_undo import on_desk, undo
from tests.functions.intake.test_imports import Desk, clients, desk
from tests.unit.intake.test_import_exports import EXPORTS, mapping_of
from tingjian.intake.customers.storage import customer_from_item, lookup_key
from tingjian.intake.imports.storage import case_key
from tingjian.intake.messages.storage import load_messages
from tingjian.intake.tickets.storage import load_ticket
from tingjian.platform import resources
from tingjian.platform.places import customer_key
from tingjian.platform.signing import Signer

__all__ = ["clients", "desk"]
PHONE = "13812345678"


@pytest.fixture(autouse=True)
def signer(monkeypatch: pytest.MonkeyPatch) -> Signer:
    made = Signer(b"secret")
    monkeypatch.setattr(resources, "signer", lambda: made)
    return made


def run(desk: Desk, name: str, content: bytes | None = None, key: str = "key-1", **changes: Any) -> Any:
    mapping = mapping_of(name).model_dump(mode="json", exclude_none=True)
    # The clock of these tests stands in March 2026, so what is past must lie in the year before.
    export = (EXPORTS / f"{name}.csv").read_text(encoding="utf-8").replace("2026", "2025").replace("46083", "45718")
    given = content if content is not None else export.encode()
    return desk.run(given, key, **(BLANK | mapping | changes))


BLANK: dict[str, Any] = {
    "case": None,
    "activities": {},
    "activity": None,
    "person": None,
    "fields": {},
    "priority": None,
}


def test_row_a_ticket_becomes_a_ticket_with_its_customer_and_its_text(desk: Desk, signer: Signer) -> None:
    done = run(desk, "chinese-sheet")

    ticket = load_ticket(desk.store, desk.ticket_of("GD-0001", "sheet"))
    messages, _ = load_messages(desk.store, ticket.id)
    owner = desk.store.get(lookup_key(signer, "phone", f"+86{PHONE}"))
    assert (done.state, done.cases_total, done.first_responses, done.resolutions) == ("done", 3, 2, 1)
    assert (ticket.subject, ticket.source, ticket.source_id, ticket.channel) == (
        "包裹没收到",
        "sheet",
        "GD-0001",
        "phone",
    )
    assert [message.text for message in messages] == ["三天了还没有收到包裹"]
    assert owner is not None
    assert [holder["customer"] for holder in owner["holders"]] == [ticket.customer_id]


def test_nothing_of_an_import_is_delivered(desk: Desk) -> None:
    run(desk, "chinese-sheet", open_tickets="take_over")

    assert not [item for (table, _, _), item in desk.everything().items() if table == DESK and "deliver" in item]


def test_open_tickets_are_taken_over_with_clocks_from_their_opening(desk: Desk) -> None:
    run(desk, "chinese-sheet", open_tickets="take_over")

    alive = load_ticket(desk.store, desk.ticket_of("GD-0002", "sheet"))
    history = load_ticket(desk.store, desk.ticket_of("GD-0001", "sheet"))
    assert (alive.imported, alive.status, alive.assignee) == (False, "open", None)
    assert (history.imported, history.clocks) == (True, ())
    assert alive.opened_at == datetime(2025, 3, 2, 2, 0, tzinfo=UTC)
    assert all(clock.started_at == alive.opened_at for clock in alive.clocks)
    assert all(step.fired_at for clock in alive.clocks if clock.running for step in clock.steps if step.at <= NOW)


def test_name_of_a_colleague_means_that_colleague(desk: Desk) -> None:
    run(desk, "chinese-sheet", people={"李娜": AGENT.id}, open_tickets="take_over")

    assert load_ticket(desk.store, desk.ticket_of("GD-0002", "sheet")).assignee == AGENT.id


def test_undo_takes_customers_and_messages_of_a_cut_over_away(desk: Desk) -> None:
    before = on_desk(desk)
    done = run(desk, "chinese-sheet", open_tickets="take_over")

    undo(desk, done.id)

    assert on_desk(desk) == before
    assert not [pk for table, pk, _ in desk.everything() if table == DESK and pk.startswith("lookup#")]


def test_messages_stand_on_the_tickets_of_another_file_once(desk: Desk) -> None:
    run(desk, "chinese-sheet")
    run(desk, "messages", key="key-2")
    again = run(desk, "messages", key="key-3")

    messages, _ = load_messages(desk.store, desk.ticket_of("GD-0001", "sheet"))
    assert sorted((message.kind, message.text) for message in messages if message.kind != "request") == [
        ("note", "已联系仓库"),
        ("reply", "您好，正在为您查询"),
    ]
    assert again.events_written == 0


def test_customers_are_found_by_phone_by_the_tickets_that_follow(desk: Desk) -> None:
    done = run(desk, "customers")
    run(desk, "chinese-sheet", key="key-2")

    ticket = load_ticket(desk.store, desk.ticket_of("GD-0001", "sheet"))
    item = desk.store.get(customer_key(ticket.customer_id))
    assert item is not None
    customer = customer_from_item(item)
    assert (done.state, done.events_written, customer.name, customer.level) == ("done", 2, "王芳", "vip")


def test_workbook_is_imported_as_it_is(desk: Desk) -> None:
    book, body = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(["客服部工单明细表"])
    sheet.append(["工单编号", "创建时间", "完结时间", "电话"])
    opened = datetime(2025, 3, 2, 9, 0)  # noqa: DTZ001 - a workbook has local times
    sheet.append([10001, opened, opened + timedelta(hours=2), 13812345678])
    book.save(body)
    changes: dict[str, Any] = {
        "dates": {"opened": "创建时间", "resolved": "完结时间"},
        "customer": {"phone": "电话"},
        **dict.fromkeys(("status", "subject", "text", "priority", "satisfaction", "person")),
        "channel": "phone",
    }

    done = run(desk, "chinese-sheet", body.getvalue(), **changes)

    ticket = load_ticket(desk.store, desk.ticket_of("10001", "sheet"))
    assert (done.state, done.reason, done.resolutions) == ("done", None, 1)
    assert (ticket.opened_at.isoformat(), ticket.status) == ("2025-03-02T01:00:00+00:00", "resolved")


def test_time_in_the_future_is_refused(desk: Desk) -> None:
    rows = "Case,What,When,Who,Customer,Product,Prio\nC1,call,2012-05-01 09:00,,,,\nC2,call,2099-01-01 09:00,,,,\n"

    done = desk.run(rows.encode())

    assert [line.split(",")[2] for line in desk.rejects(done.id)[1:]] == ["future_time"]
    assert desk.store.get(case_key("old-desk", "C2")) is None


def test_text_of_a_ticket_that_was_only_opened_is_kept(desk: Desk) -> None:
    rows = "工单编号,问题描述,创建时间\nA1,三天没到,2025-03-02 09:00\n".encode()
    mapping = {
        "source": "opened-only", "form": "tickets", "time": {"zone": "Asia/Shanghai"}, "case": "工单编号",
        "text": "问题描述", "type": "feedback", "channel": "phone", "dates": {"opened": "创建时间"},
    }  # fmt: skip

    done = desk.run(rows, "key-1", **(BLANK | mapping))
    again = desk.run(rows, "key-2", **(BLANK | mapping))

    messages, _ = load_messages(desk.store, desk.ticket_of("A1", "opened-only"))
    assert (done.state, again.state, [message.text for message in messages]) == ("done", "done", ["三天没到"])
