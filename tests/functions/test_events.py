"""What is written to Journal, who hears it, and what the streams let through agree.

Three requests live their lives on moto, and their real events are what the lake is fed with: a listener, a filter or a
statement of SQL that waits for an event, a field or a template that nobody writes finds none.
"""

import ast
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from moto.events.models import EventPattern

from functions.escalation.assembled import MAILS
from functions.survey.assembled import LISTENERS
from tests.builders import AGENT, CUSTOMER, DESK, JOURNAL, NOW, SIGNER, WAREHOUSE
from tests.functions.escalation.scene import put_ladder, sweep
from tests.functions.survey.callback_plans.lives import live_through_plans
from tests.functions.survey.scene import Scene
from tests.template.templates import events as sources
from tingjian.escalation.ladders.models import Rung
from tingjian.intake.conversations.actions import write_message
from tingjian.intake.conversations.answers import hear_failed, hear_reached
from tingjian.intake.customers.actions import edit_customer
from tingjian.intake.customers.edits import ContactEdits, EditCustomer, NewContact
from tingjian.intake.customers.models import Contact
from tingjian.intake.customers.storage import load_customer
from tingjian.intake.handoffs import actions as handoffs
from tingjian.intake.handoffs.actions import ask_department
from tingjian.intake.handoffs.bodies import AskDepartment, HandoffResult
from tingjian.intake.lookups.actions import send_code
from tingjian.intake.tickets import actions
from tingjian.intake.tickets.bodies import Ask, Closing, EditTicket, Reply, Resolution, Waiting, Written
from tingjian.intake.tickets.changes import Request
from tingjian.intake.tickets.openings import Opening, open_ticket
from tingjian.intake.tickets.self_closing import fire_close
from tingjian.intake.tickets.storage import load_ticket
from tingjian.intake.transfers.actions import escalate, transfer
from tingjian.intake.transfers.models import Escalation, Transfer
from tingjian.notifications.deliveries.models import Delivery
from tingjian.notifications.deliveries.outcomes import with_outcome
from tingjian.notifications.notices.digests import bundle_notices
from tingjian.notifications.webhooks.models import Webhook, secret_text
from tingjian.notifications.webhooks.storage import webhook_write
from tingjian.people.staff.actions import put_staff
from tingjian.people.staff.models import StaffBody
from tingjian.people.staff.storage import current_staff
from tingjian.platform.events import Event, load_event
from tingjian.platform.store import Store, from_wire
from tingjian.platform.times import stamp
from tingjian.report.lake.actions import append_events
from tingjian.report.lake.database import open_lake
from tingjian.report.lake.storage import Lake
from tingjian.survey.surveys.events import SurveyCameLate, SurveyDismissed, SurveySkipped, SurveyWithdrawn

ROOT = Path(__file__).parents[2]
LAKE = "lake"
A_NAME = re.compile(r"[A-Z][a-z]+(?:[A-Z][a-z]+)+")
"""How events are named: `TicketOpened`."""
KINDS = {
    "opened",
    "answered",
    "resolved",
    "closed",
    "reopened",
    "stay_unsolved",
    "stay_resolved",
    "first_response",
    "first_response_kept",
    "first_response_missed",
    "resolution",
    "resolution_kept",
    "resolution_missed",
    "survey",
    "survey_issued",
    "survey_delivered",
    "survey_responded",
}
"""The kinds of facts that the lake counts."""


OF_IMPORTS = {"TicketImportUndone", "TicketRated"}
"""Events that only an import writes; its own tests tell what the lake makes of them."""


OF_SURVEYS = {fact.__name__ for fact in (SurveyCameLate, SurveyDismissed, SurveySkipped, SurveyWithdrawn)}
"""Events of surveys that go other ways than these lives; `tests/unit/report` tells what the lake makes of them."""


class Past(NamedTuple):
    """What three lives wrote: the records of Journal in their order, and the items of Desk."""

    records: list[dict[str, Any]]
    desk: list[dict[str, Any]]

    @property
    def names(self) -> set[str]:
        """The events that were written."""
        return {record["dynamodb"]["NewImage"]["name"]["S"] for record in self.records}

    @property
    def templates(self) -> set[str]:
        """The templates of what was to be delivered."""
        return {item["deliver"]["S"] for item in self.desk if "deliver" in item}


def heard() -> dict[str, set[str]]:
    """The names of events that anybody waits for, by where it says so: code, SQL, stream filters."""
    found = {f"filter of {door}": names for door, names in filtered().items()} | {"listeners": set(LISTENERS)}
    for source in [*ROOT.glob("functions/**/*.py"), *ROOT.glob("layers/tingjian/**/*.py")]:
        found[str(source.relative_to(ROOT))] = set(_asked_for(ast.parse(source.read_text(encoding="utf-8"))))
    for source in ROOT.glob("layers/tingjian/**/*.sql"):
        text = source.read_text(encoding="utf-8")
        clauses = re.findall(r"\bname\s*(?:=|<>|(?:NOT )?IN)\s*(\([^)]*\)|'\w+')", text)
        found[str(source.relative_to(ROOT))] = {name for clause in clauses for name in re.findall(r"'(\w+)'", clause)}
    return {where: names for where, names in found.items() if names}


def _asked_for(tree: ast.AST) -> Iterator[str]:
    """The names of events that code compares an event's name with, or counts among names."""
    for node in ast.walk(tree):
        asked: list[ast.expr] = []
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            asked = sides if any(isinstance(side, ast.Attribute) and side.attr == "name" for side in sides) else []
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "count":
            asked = node.args
        for constant in (inner for side in asked for inner in ast.walk(side)):
            if isinstance(constant, ast.Constant) and isinstance(constant.value, str):
                yield from A_NAME.findall(constant.value)


def filtered() -> dict[str, set[str]]:
    """The names that the filter of each reader of Journal lets through; none where it lets all through."""
    found: dict[str, set[str]] = {}
    for door, source in sources("DynamoDB"):
        if source["Stream"]["Fn::GetAtt"][0] != "JournalTable":
            continue
        patterns = " ".join(one["Pattern"] for one in source["FilterCriteria"]["Filters"])
        found[door] = set(A_NAME.findall(patterns)) - {"NewImage"}
    return found


@pytest.fixture
def past(centre: Store, monkeypatch: pytest.MonkeyPatch) -> Past:
    """A complaint that all goes well with, rated and taken up again; one whose deadlines all pass; callback plans."""
    written: dict[str, list[dict[str, Any]]] = {DESK: [], JOURNAL: []}

    def keep(params: dict[str, Any], **_: object) -> None:
        for put in (member["Put"] for member in params["TransactItems"] if "Put" in member):
            written[put["TableName"]].append(put["Item"])

    centre.client.meta.events.register("before-parameter-build.dynamodb.TransactWriteItems", keep)
    prompt_life(centre)
    late_life(centre)
    wandering_life(centre)
    live_through_plans(centre, keep, monkeypatch)
    notices = [item for item in written[DESK] if item.get("deliver") == {"S": "notice"}]
    bundle_notices(centre, from_wire(notices[-1]), NOW + timedelta(hours=1))
    records = [
        {"eventName": "INSERT", "dynamodb": {"SequenceNumber": str(place), "NewImage": item}}
        for place, item in enumerate(written[JOURNAL], start=1)
    ]
    return Past(records, written[DESK])


def asked(store: Store) -> str:
    body = Ask(
        type="complaint", subject="鞋开胶了", text="三天就开胶", contact=Contact(phone="13812345678", name="王芳")
    )
    return open_ticket(store, SIGNER, body, Opening(CUSTOMER, NOW, "zh-CN")).id


def requests(number: str) -> Callable[..., Request]:
    def by(minutes: float, **options: Any) -> Request:
        return Request(number, AGENT.actor, NOW + timedelta(minutes=minutes), AGENT, **options)

    return by


def prompt_life(store: Store) -> None:
    number = asked(store)
    by = requests(number)
    customer = Request(number, CUSTOMER, NOW + timedelta(minutes=30))
    actions.claim(store, by(5))
    write_message(store, None, by(10), "reply", Reply(text="正在查", spoken="phone"))
    actions.edit(store, by(12, if_match=3), EditTicket(fields={"level": "2"}))
    actions.wait(store, by(20), Waiting())
    write_message(store, None, customer, "customer", Written(text="照片在这"))
    write_message(store, None, by(35), "reply", Written(text="收到"))
    scene = Scene(store, number)
    actions.resolve(store, by(40), Resolution(fields={"cause": "物流延误"}))
    scene.answer(scene.issue(), 5, reasons=("fast",))
    actions.reopen(store, by(60), "又开胶了")
    actions.resolve(store, by(90), Resolution())
    actions.close(store, by(100), Closing(fields={"verified": True}))


def comes_back(store: Store, number: str, message: str) -> None:
    """A reply goes out, and comes back two minutes later."""
    at = NOW + timedelta(minutes=63)
    sent = Delivery(
        id="d", version=3, template="reply", source_pk=f"ticket#{number}", source_sk=message, state="sent", tries=1,
        made_at=at, changed_at=at,
    )  # fmt: skip
    sent, told = with_outcome(sent, at)
    store.transact(told)
    hear_reached(store, one_event(store, "outcome#d", 1), at)
    _, told = with_outcome(sent.bounce("MailboxFull", at), at + timedelta(minutes=2))
    store.transact(told)
    hear_failed(store, one_event(store, "outcome#d", 2), at + timedelta(minutes=2))


def one_event(store: Store, entity: str, version: int) -> Event:
    found = load_event(store, entity, version)
    assert found is not None
    return found


def late_life(store: Store) -> None:
    webhook = Webhook(id="erp", version=1, name="erp", url="https://erp.example.com/", secret=secret_text(b"0" * 24))
    store.transact([webhook_write(webhook)])
    put_ladder(store, Rung(share=100, channels=("webhook",)))
    number = asked(store)
    by = requests(number)
    sweep(store, NOW + timedelta(minutes=61))
    message = write_message(store, None, by(62), "reply", Written(text="正在查")).message_id
    comes_back(store, number, f"message#{stamp(NOW + timedelta(minutes=62))}#{message}")
    write_message(store, None, by(70), "reply", Reply(text="抱歉久等", spoken="phone"))
    customer = Request(number, CUSTOMER, NOW + timedelta(minutes=80))
    write_message(store, None, customer, "customer", Written(text="还有一件事"))
    sweep(store, NOW + timedelta(hours=49))
    actions.resolve(store, by(50 * 60), Resolution(fields={"cause": "物流延误"}))
    # Its customer still waits for an answer, so it cannot close by itself; and a colleague leaves.
    store.transact(list(fire_close(store, load_ticket(store, number), now=NOW + timedelta(days=9)).writes))
    person = current_staff(store, "lin")
    assert person is not None
    leaves = StaffBody.model_validate(person.model_dump(include=set(StaffBody.model_fields)) | {"active": False})
    put_staff(store, "lin", leaves, expected=person.version, actor=AGENT.actor, now=NOW + timedelta(days=10))


def wandering_life(store: Store) -> None:
    """A request that departments answer in every way, that goes up and to another team, and whose customer changes."""
    number = asked(store)
    by = requests(number)
    actions.claim(store, by(5))
    send_code(store, number, origin="", now=NOW + timedelta(minutes=6))
    for place, minutes in enumerate((10, 20, 30), start=1):
        ask_department(store, by(minutes), AskDepartment(department="warehouse", request="请核对库存"))
        department = Request(number, WAREHOUSE.actor, NOW + timedelta(minutes=minutes + 1), WAREHOUSE, right=None)
        if place == 1:
            handoffs.answer(store, department, "1", "accepted")
            handoffs.complete(store, department, "1", HandoffResult(text="有货"))
        elif place == 2:
            handoffs.answer(store, department, "2", "declined", "不归我们")
            handoffs.answer(store, by(minutes + 2), "2", "withdrawn", "不用了")
        else:
            handoffs.answer(store, by(minutes + 2), "3", "withdrawn", "不用了")
    escalate(store, by(40), Escalation(reason="客户要找主管"))
    transfer(store, by(45), Transfer(team="presales", reason="归售前"))
    customer = load_customer(store, load_ticket(store, number).customer_id)
    lost = ContactEdits(remove=(customer.contacts[0].id,), add=(NewContact(kind="email", value="wang@example.com"),))
    at = NOW + timedelta(minutes=50)
    edit_customer(
        store,
        SIGNER,
        customer.id,
        EditCustomer(contacts=lost),
        expected=customer.version,
        reason="correction",
        actor=AGENT.actor,
        now=at,
    )


def test_every_event_that_anybody_hears_is_written(past: Past) -> None:
    written = past.names | OF_IMPORTS | OF_SURVEYS
    unwritten = {where: names - written for where, names in heard().items() if names - written}

    assert unwritten == {}, "nobody writes these; or the lives in this file do not come so far"


def test_listeners_are_found() -> None:
    places = heard()

    assert "TicketResolved" in places["listeners"]
    assert {"ClockBreached", "SurveyAnswered"} <= places["layers/tingjian/tingjian/report/lake/derive.sql"]


def let_through(door: str, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The records that the filter of a door's stream lets through."""
    [source] = [source for reader, source in sources("DynamoDB") if reader == door]
    [filter_] = source["FilterCriteria"]["Filters"]
    pattern: Any = EventPattern.load(filter_["Pattern"])
    return [record for record in records if pattern.matches_event(record)]


def test_filter_of_survey_lets_through_exactly_what_its_door_listens_to(past: Past) -> None:
    through = let_through("SurveyStream", past.records)

    assert {record["dynamodb"]["NewImage"]["name"]["S"] for record in through} == set(LISTENERS)
    resolved = [one for one in through if one["dynamodb"]["NewImage"]["name"]["S"] == "TicketResolved"]
    assert len(resolved) == 3, "of two requests, one of which was resolved twice"


def test_filter_of_survey_keeps_imported_history_away(past: Past) -> None:
    imported = [
        {**record, "dynamodb": {**record["dynamodb"], "NewImage": record["dynamodb"]["NewImage"] | {"imported": mark}}}
        for record in past.records
        for mark in ({"BOOL": True}, {"S": "true"})
    ]

    assert let_through("SurveyStream", imported) == []


def test_filter_of_escalation_lets_through_exactly_what_is_to_be_delivered(past: Past) -> None:
    records: list[dict[str, Any]] = [{"eventName": "INSERT", "dynamodb": {"NewImage": item}} for item in past.desk]

    through = let_through("EscalationStream", records)

    assert through == [record for record in records if "deliver" in record["dynamodb"]["NewImage"]]
    assert let_through("EscalationStream", [record | {"eventName": "MODIFY"} for record in through]) == []


def test_filter_of_report_lets_every_event_through(past: Past) -> None:
    assert let_through("ReportStream", past.records) == past.records


def test_lake_finds_in_the_events_all_that_it_tells_of_a_ticket(past: Past, tmp_path: Path) -> None:
    with lake_of(past, tmp_path).database as database:
        columns = [name for name, *_ in database.execute("DESCRIBE tickets").fetchall()]
        rows = database.execute(
            "SELECT * FROM tickets ORDER BY closed_at NULLS LAST, resolution_kept NULLS LAST"
        ).fetchall()

    prompt, late, _ = (dict(zip(columns, row, strict=True)) for row in rows)
    # Only an imported ticket has a source.
    assert [name for name, value in prompt.items() if value is None] == ["source"]
    assert (prompt["first_response_kept"], prompt["resolution_kept"], prompt["reopened"]) == (True, True, 1)
    assert (prompt["score"], prompt["level"], prompt["person"], prompt["close_reason"]) == (5, "2", "chen", "done")
    assert (late["first_response_kept"], late["resolution_kept"]) == (False, False)
    assert {name for name, value in late.items() if value is None} == {
        "closed_at",
        "close_reason",
        "score",
        "level",
        "source",
    }


def test_lake_counts_every_kind_of_fact(past: Past, tmp_path: Path) -> None:
    with lake_of(past, tmp_path).database as database:
        counted = {kind for (kind,) in database.execute("SELECT DISTINCT kind FROM facts").fetchall()}
        unowned = database.execute("SELECT kind FROM facts WHERE team IS NULL").fetchall()

    assert counted == KINDS
    assert unowned == []


def test_figures_are_made_of_kinds_that_the_lake_counts() -> None:
    named: set[str] = set()
    for source in ROOT.glob("layers/tingjian/tingjian/report/figures/*.sql"):
        for clause in re.findall(r"\bkind\s*(?:=|<>|(?:NOT )?IN)\s*(\([^)]*\)|'\w+')", source.read_text("utf-8")):
            named |= set(re.findall(r"'(\w+)'", clause))

    assert named <= KINDS
    assert named >= {"opened", "survey", "stay_unsolved"}


def lake_of(past: Past, copies: Path) -> Any:
    lake = Lake(LAKE, copies / "copies")
    assert append_events(lake, past.records) == []
    return open_lake(lake)


def test_what_is_to_be_delivered_has_a_writer_and_every_writer_something_to_write(
    past: Past,
) -> None:
    writers = set(MAILS)

    assert past.templates == writers
