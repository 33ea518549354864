"""Imports on moto: through every job, twice, killed anywhere, out of order; and files that cannot be imported."""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import AGENT, DESK, JOURNAL, MANAGER, NOW, key, make_centre, make_tables
from tests.faults import Crash, Fault, Strike, dealt, inject
from tingjian.intake.imports import actions, jobs, views
from tingjian.intake.imports.actions import ImportEndedError
from tingjian.intake.imports.cases import Reject
from tingjian.intake.imports.jobs import do_job, reject_file
from tingjian.intake.imports.models import ImportBody, ImportView
from tingjian.intake.imports.origins import staff_id
from tingjian.intake.imports.queue import ImportQueue
from tingjian.intake.imports.storage import case_key, load_import
from tingjian.intake.imports.worker import Worker
from tingjian.intake.ticket_views.actions import ticket_history
from tingjian.intake.tickets.actions import assign
from tingjian.intake.tickets.bodies import Assignment
from tingjian.intake.tickets.changes import Request
from tingjian.intake.tickets.rights import ASSIGN_TICKETS
from tingjian.intake.tickets.storage import load_ticket
from tingjian.people.staff.storage import find_staff
from tingjian.platform import resources
from tingjian.platform.errors import InvalidInputError
from tingjian.platform.store import Store, from_wire

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

BUCKET = "files"
HEADER = "Case,What,When,Who,Customer,Product,Prio"
MAPPING: dict[str, Any] = {
    "source": "old-desk",
    "time": {"column": "When", "format": "%Y-%m-%d %H:%M", "zone": "Europe/Rome"},
    "case": "Case",
    "activity": "What",
    "person": "Who",
    "fields": {"customer": "Customer", "product": "Product"},
    "priority": {"column": "Prio", "values": {"A": "urgent"}, "otherwise": "normal"},
    "type": "feedback",
    "activities": {
        "take": "take_in_charge",
        "wait": "wait",
        "resolve": "resolve",
        "end": "close",
        "grade": "set_priority",
    },
}
ROWS = (
    "C1,call,2012-05-01 09:00,Rossi,ACME,P1,A",
    "C2,take,2012-05-01 09:30,Verdi,ACME,P2,B",
    "C1,take,2012-05-01 10:00,Rossi,ACME,P1,A",
    "C1,resolve,2012-05-02 10:00,Rossi,ACME,P1,A",
    "C2,wait,2012-05-02 11:00,Verdi,ACME,P2,B",
    "C3,take,2012-05-03 08:00,,Bolt,P1,B",
    "C1,end,2012-05-09 10:00,Rossi,ACME,P1,A",
    "C1,call,2012-05-10 10:00,Rossi,ACME,P1,A",
)


def log(*rows: str) -> bytes:
    return "\n".join([HEADER, *rows, ""]).encode()


@dataclass(frozen=True)
class Desk:
    """A store with a centre, a bucket and a queue."""

    store: Store
    jobs: ImportQueue

    def worker(self, **options: Any) -> Worker:
        defaults: dict[str, Any] = {"now": NOW, "over": lambda: False, "threads": 1}
        return Worker(store=self.store, bucket=BUCKET, jobs=self.jobs, **(defaults | options))

    def upload(self, content: bytes, name: str = "key-1", **changes: Any) -> str:
        body = ImportBody.model_validate({"name": "log.csv", "size_bytes": 1000, "mapping": MAPPING | changes})
        record, _ = actions.create_import(
            self.store, body, bucket=BUCKET, actor=MANAGER.actor, now=NOW, idempotency=key(name)
        )
        resources.s3().put_object(Bucket=BUCKET, Key=f"imports/{record.id}/source", Body=content)
        return record.id

    def start(self, import_id: str) -> None:
        actions.start_import(self.store, self.jobs, import_id, bucket=BUCKET, actor=MANAGER.actor, now=NOW)

    def take(self) -> list[tuple[str, int | None]]:
        """Take what is queued off the queue."""
        answer = resources.sqs().receive_message(QueueUrl=self.jobs.url, MaxNumberOfMessages=10)
        taken = []
        for message in answer.get("Messages", []):
            resources.sqs().delete_message(QueueUrl=self.jobs.url, ReceiptHandle=message["ReceiptHandle"])
            job = json.loads(message["Body"])
            taken.append((job["import"], job["part"]))
        return taken

    def work_off(self, **options: Any) -> None:
        while jobs := self.take():
            for import_id, part in jobs:
                do_job(self.worker(**options), import_id, part)

    def run(self, content: bytes, name: str = "key-1", **changes: Any) -> ImportView:
        import_id = self.upload(content, name, **changes)
        self.start(import_id)
        self.work_off()
        return self.view(import_id)

    def view(self, import_id: str) -> ImportView:
        return views.view_import(self.store, import_id, language="en", now=NOW + timedelta(seconds=10))

    def rejects(self, import_id: str) -> list[str]:
        body = resources.s3().get_object(Bucket=BUCKET, Key=f"imports/{import_id}/rejects.csv")["Body"]
        return body.read().decode().splitlines()

    def ticket_of(self, case: str, source: str = "old-desk") -> str:
        item = self.store.get(case_key(source, case))
        assert item is not None
        return str(item["ticket"])

    def everything(self) -> dict[tuple[str, str, str], Any]:
        """All items of both tables, but for how often an import's own progress was stored."""
        found = {}
        for table in (DESK, JOURNAL):
            pages = self.store.client.get_paginator("scan").paginate(TableName=table)
            for item in (from_wire(wire) for page in pages for wire in page["Items"]):
                if not (item["pk"].startswith("import#") and item["sk"] != "import"):
                    found[table, item["pk"], item["sk"]] = item
        return found


def fresh(client: "DynamoDBClient", template: dict[str, Any]) -> Desk:
    """A desk on new tables."""
    for name in client.list_tables()["TableNames"]:
        client.delete_table(TableName=name)
    make_tables(client, template)
    store = Store(client, DESK, JOURNAL)
    make_centre(store)
    return Desk(store, ImportQueue(resources.sqs().create_queue(QueueName="imports")["QueueUrl"]))


@pytest.fixture
def clients(aws: None) -> None:  # noqa: ARG001 - for its effect
    resources.s3().create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})


@pytest.fixture
def desk(clients: None, centre: Store) -> Desk:  # noqa: ARG001 - for its effect
    return Desk(centre, ImportQueue(resources.sqs().create_queue(QueueName="imports")["QueueUrl"]))


def test_import_makes_tickets_with_their_past(desk: Desk) -> None:
    done = desk.run(log(*ROWS))

    ticket = load_ticket(desk.store, desk.ticket_of("C1"))
    assert (done.state, done.rows_read, done.cases_total, done.events_written) == ("done", 8, 3, 8)
    assert (ticket.status, ticket.imported, ticket.assignee) == ("closed", True, staff_id("old-desk", "Rossi"))
    assert ticket.fields == {"customer": "ACME", "product": "P1"}
    history = ticket_history(desk.store, ticket)
    assert history.unbroken
    assert [entry.event for entry in history.items] == [
        "TicketOpened",
        "TicketNoted",
        "TicketAssigned",
        "TicketAnswered",
        "TicketResolved",
        "TicketClosed",
        "TicketNoted",
    ]
    assert history.items[0].at.isoformat() == "2012-05-01T07:00:00+00:00"


def test_import_counts_what_came_after_a_close(desk: Desk) -> None:
    done = desk.run(log(*ROWS, "C1,take,2012-05-11 10:00,Rossi,ACME,P1,A"))

    noted = desk.run(
        log(*ROWS, "C1,take,2012-05-11 10:00,Rossi,ACME,P1,A"), "key-2", source="two", reading={"after_close": "note"}
    )
    assert (done.events_after_close, done.reopenings_after_close, done.reopenings) == (1, 0, 1)
    assert (noted.events_after_close, noted.reopenings_after_close, noted.reopenings) == (2, 1, 0)


def test_people_of_a_log_are_kept_without_a_log_in(desk: Desk) -> None:
    desk.run(log(*ROWS))

    desk.store.forget("staff")
    person = find_staff(desk.store, staff_id("old-desk", "Verdi"))
    assert person is not None
    assert (person.name, person.active, person.subject, person.email) == ("Verdi", False, "", "")


def test_imported_tickets_have_no_timers_and_send_nothing(desk: Desk) -> None:
    desk.run(log(*ROWS))

    items = [item for (table, pk, _), item in desk.everything().items() if table == DESK and pk.startswith("ticket#")]
    assert len(items) == 3
    assert not any({"due_at", "due_shard", "deliver"} & set(item) for item in items)


def test_second_import_of_the_same_log_adds_nothing(desk: Desk) -> None:
    desk.run(log(*ROWS))
    before = {k: v for k, v in desk.everything().items() if k[1].startswith(("ticket#", "customer#", "staff"))}

    again = desk.run(log(*ROWS), "key-2")

    after = {k: v for k, v in desk.everything().items() if k[1].startswith(("ticket#", "customer#", "staff"))}
    assert after == before
    assert (again.state, again.events_written, again.events_present) == ("done", 0, 8)


def test_longer_export_appends_what_is_new(desk: Desk) -> None:
    desk.run(log(*ROWS))

    longer = desk.run(
        log(*ROWS, "C3,resolve,2012-05-04 08:00,Verdi,Bolt,P1,B", "C4,call,2012-05-04 09:00,,,,"), "key-2"
    )

    ticket = load_ticket(desk.store, desk.ticket_of("C3"))
    assert (longer.events_written, longer.events_present, longer.cases_total) == (2, 8, 4)
    assert ticket.status == "resolved"
    assert ticket_history(desk.store, ticket).unbroken


def test_shorter_export_of_the_same_log_is_no_contradiction(desk: Desk) -> None:
    desk.run(log(*ROWS))

    shorter = desk.run(log(*ROWS[:4]), "key-2")

    assert (shorter.events_present, shorter.events_written, shorter.rows_rejected) == (4, 0, 0)


@pytest.mark.parametrize("length", [5, 8])
def test_contradicting_export_is_refused_from_the_row_that_differs(desk: Desk, length: int) -> None:
    desk.run(log(*ROWS))
    other = list(ROWS[:length])
    other[2] = other[2].replace("10:00", "10:01")

    done = desk.run(log(*other), "key-2")

    refused = [line.split(",")[:3] for line in desk.rejects(done.id)[1:]]
    lines = [place + 2 for place, row in enumerate(other) if row.startswith("C1") and place >= 2]
    assert refused == [[str(line), "C1", "contradicts"] for line in lines]
    assert done.events_written == 0
    assert ticket_history(desk.store, load_ticket(desk.store, desk.ticket_of("C1"))).unbroken


def test_ticket_that_was_worked_on_here_takes_no_more_of_the_log(desk: Desk) -> None:
    desk.run(log(*ROWS))
    number = desk.ticket_of("C2")
    request = Request(number=number, actor=MANAGER.actor, now=NOW, caller=MANAGER, right=ASSIGN_TICKETS)
    assign(desk.store, request, Assignment(team="aftersales", assignee=AGENT.id))

    done = desk.run(log(*ROWS, "C2,resolve,2012-05-04 08:00,Verdi,ACME,P2,B"), "key-2")

    assert [line.split(",")[:3] for line in desk.rejects(done.id)[1:]] == [["10", "C2", "changed_here"]]
    assert load_ticket(desk.store, number).assignee == AGENT.id


def test_bad_rows_go_to_the_reject_file_and_the_rest_goes_on(desk: Desk) -> None:
    done = desk.run(log(*ROWS[:3], "C9", ",call,2012-05-01 09:00,,,,", "C1,call,yesterday,,,,", *ROWS[3:]))

    assert desk.rejects(done.id) == [
        "line,case,reason,detail",
        "5,C9,too_few_columns,1/7",
        "6,,empty_case,",
        "7,C1,bad_time,yesterday",
    ]
    assert (done.rows_read, done.rows_rejected, done.events_written) == (11, 3, 8)


def test_case_longer_than_a_transaction_is_written_whole(desk: Desk) -> None:
    rows = [f"C1,call,2012-05-01 {n // 60:02d}:{n % 60:02d},Rossi,ACME,P1,A" for n in range(120)]

    done = desk.run(log(*rows))

    ticket = load_ticket(desk.store, desk.ticket_of("C1"))
    history = ticket_history(desk.store, ticket)
    assert (done.events_written, ticket.version, len(history.items), history.unbroken) == (120, 121, 121, True)


def test_number_that_is_taken_is_passed_over(desk: Desk) -> None:
    desk.run(log(ROWS[0]))
    number = desk.ticket_of("C1")
    moved = desk.store.get(case_key("old-desk", "C1"))
    assert moved is not None
    desk.store.client.delete_item(TableName=DESK, Key=case_key("old-desk", "C1").attributes())

    desk.run(log(ROWS[0]), "key-2")

    assert desk.ticket_of("C1") != number


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (log(), "no_rows"),
        (b"Case,What\nC1,call\n", "columns_missing"),
        ((",".join([HEADER, *map(str, range(193))]) + "\n").encode(), "columns_limit"),
        (b"\x1f\x8b broken", "broken_gzip"),
    ],
)
def test_file_that_is_no_log_is_refused_before_anything_is_written(desk: Desk, content: bytes, code: str) -> None:
    import_id = desk.upload(content)
    before = desk.everything()

    with pytest.raises(InvalidInputError) as refused:
        desk.start(import_id)

    assert [(error.field, error.code) for error in refused.value.errors] == [("file", code)]
    assert desk.everything() == before


def test_missing_upload_is_refused(desk: Desk) -> None:
    import_id = desk.upload(log(*ROWS))
    resources.s3().delete_object(Bucket=BUCKET, Key=f"imports/{import_id}/source")

    with pytest.raises(InvalidInputError) as refused:
        desk.start(import_id)

    assert refused.value.errors[0].code == "upload_missing"


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(log(*ROWS), mtime=0),
        b"\xef\xbb\xbf" + log(*ROWS),
        log(*[row.replace("Rossi", "罗西先生") for row in ROWS]).decode().encode("gb18030"),
    ],
)
def test_packed_marked_and_chinese_files_are_read(desk: Desk, content: bytes) -> None:
    done = desk.run(content)

    assert (done.state, done.events_written) == ("done", 8)


def test_wrong_encoding_deep_in_the_file_fails_the_import_and_writes_nothing(desk: Desk) -> None:
    rows = [f"C{n},call,2012-05-01 09:00,Rossi,ACME,{'P' * 50},A" for n in range(2000)]
    content = log(*rows) + "C1,call,2012-05-02 09:00,罗西,ACME,P,A\n".encode("gbk")

    done = desk.run(content, format={"encoding": "utf-8"})

    assert (done.state, done.reason_code) == ("failed", "wrong_encoding")
    assert "2002" in (done.reason or "")
    assert not [pk for _, pk, _ in desk.everything() if pk.startswith("ticket#")]


def test_failed_import_starts_again_with_the_file_mended(desk: Desk) -> None:
    rows = [f"C{n},call,2012-05-01 09:00,Rossi,ACME,{'P' * 50},A" for n in range(2000)]
    broken = desk.run(log(*rows) + b"C1,call,2012-05-02 09:00,\xff\xff,ACME,P,A\n", format={"encoding": "utf-8"})

    resources.s3().put_object(Bucket=BUCKET, Key=f"imports/{broken.id}/source", Body=log(*ROWS))
    desk.start(broken.id)
    desk.work_off()

    assert (desk.view(broken.id).state, desk.view(broken.id).events_written) == ("done", 8)


def test_cancelled_import_stops_and_stays(desk: Desk) -> None:
    import_id = desk.upload(log(*ROWS))
    desk.start(import_id)

    actions.cancel_import(desk.store, import_id, actor=MANAGER.actor, now=NOW)
    desk.work_off()

    assert desk.view(import_id).state == "cancelled"
    assert not [pk for _, pk, _ in desk.everything() if pk.startswith("ticket#")]
    with pytest.raises(ImportEndedError):
        desk.start(import_id)


def test_file_larger_than_memory_is_split_in_pieces_and_slices(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "PART_BYTES", 100)
    whole = desk.run(log(*ROWS), source="whole")

    import_id = desk.upload(log(*ROWS), "key-2", source="sliced")
    desk.start(import_id)
    desk.work_off(piece_bytes=150, over=lambda: True)

    sliced = desk.view(import_id)
    assert load_import(desk.store, import_id).parts > 1
    assert sliced.model_dump(exclude={"id", "source"}) == whole.model_dump(exclude={"id", "source"})


def test_case_with_too_many_rows_is_cut_at_the_limit(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "LONGEST_CASE_ROWS", 3)

    done = desk.run(log(*ROWS))

    assert [line.split(",")[:3] for line in desk.rejects(done.id)[1:]] == [
        ["8", "C1", "too_many_events"],
        ["9", "C1", "too_many_events"],
    ]
    assert done.rows_read == done.events_imported + done.rows_rejected == 8


@pytest.mark.parametrize("share", range(4))
def test_import_killed_at_any_store_call_comes_to_the_same(
    clients: None,  # noqa: ARG001 - for its effect
    dynamodb: "DynamoDBClient",
    template: dict[str, Any],
    share: int,
) -> None:
    def run(desk: Desk) -> None:
        import_id = desk.upload(log(ROWS[0], ROWS[5]))
        if load_import(desk.store, import_id).state != "done":
            desk.start(import_id)
        desk.work_off()

    desk = fresh(dynamodb, template)
    with inject(dynamodb) as seen:
        run(desk)
    expected = desk.everything()
    before = [Strike(Fault.CRASH_BEFORE, place) for place in range(1, len(seen.calls) + 1)]
    writes = [place for place, call in enumerate(seen.calls, start=1) if call == "TransactWriteItems"]

    for strike in dealt(before + [Strike(Fault.CRASH_AFTER, place) for place in writes], share, 4):
        desk = fresh(dynamodb, template)
        with inject(dynamodb, strike), pytest.raises(Crash):
            run(desk)
        run(desk)
        assert desk.everything() == expected, strike


def test_import_killed_twice_writes_every_event_once(desk: Desk) -> None:
    import_id = desk.upload(log(*ROWS))
    desk.start(import_id)
    for at in (2, 3):
        jobs = desk.take()
        with inject(desk.store.client, Strike(Fault.CRASH_AFTER, at, "TransactWriteItems")):
            for job in jobs:
                with pytest.raises(Crash):
                    do_job(desk.worker(), *job)
        desk.start(import_id)

    desk.work_off()

    done = desk.view(import_id)
    assert (done.state, done.events_written, done.events_present) == ("done", 8, 0)


def test_jobs_in_any_order_and_number_come_to_the_same(
    clients: None,  # noqa: ARG001 - for its effect
    dynamodb: "DynamoDBClient",
    template: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(actions, "PART_BYTES", 120)
    monkeypatch.setattr(jobs, "BATCH_CASES", 1)
    in_order = fresh(dynamodb, template)
    in_order.run(log(*ROWS))
    expected = {k: v for k, v in in_order.everything().items() if not k[1].startswith("import")}

    @settings(max_examples=12, deadline=None)
    @given(st.data())
    def any_order_comes_to_the_same(data: st.DataObject) -> None:
        desk = fresh(dynamodb, template)
        import_id = desk.upload(log(*ROWS))
        desk.start(import_id)
        queue: list[tuple[str, int | None]] = desk.take()
        while queue:
            job = queue[data.draw(st.integers(0, len(queue) - 1), label="job")]
            if not data.draw(st.booleans(), label="delivered again"):
                queue.remove(job)
            slice_over = data.draw(st.booleans(), label="time is up")
            do_job(desk.worker(over=lambda over=slice_over: over), *job)
            queue += desk.take()
            queue = queue[:40]

        assert {k: v for k, v in desk.everything().items() if not k[1].startswith("import")} == expected
        assert desk.view(import_id).events_written == 8

    any_order_comes_to_the_same()


def test_two_workers_at_once_write_every_event_once(desk: Desk) -> None:
    """One worker is overtaken by another between its reading and its writing."""
    import_id = desk.upload(log(*ROWS))
    desk.start(import_id)
    for job in desk.take():
        do_job(desk.worker(), *job)
    ((_, part),) = desk.take()
    overtaken: list[Callable[[], None]] = [lambda: do_job(desk.worker(), import_id, part)]
    store = OvertakenStore(desk.store.client, DESK, JOURNAL, overtaken)

    do_job(replace(desk.worker(), store=store), import_id, part)

    done = desk.view(import_id)
    assert not overtaken
    assert (done.state, done.events_written, done.events_imported) == ("done", 8, 8)
    assert ticket_history(desk.store, load_ticket(desk.store, desk.ticket_of("C1"))).unbroken


class OvertakenStore(Store):
    """A store before whose first transaction something else happens."""

    def __init__(self, client: "DynamoDBClient", desk: str, journal: str, before: list[Callable[[], None]]) -> None:
        super().__init__(client, desk, journal)
        self.before = before

    def transact(self, writes: Any, **options: Any) -> None:
        if self.before:
            self.before.pop()()
        super().transact(writes, **options)


def test_reject_file_lists_each_line_once_in_order() -> None:
    rejects = [Reject(30, "A", "bad_time"), Reject(2, "B", "bad_time"), Reject(10, "C", "too_long", "Who")]

    lines = reject_file([*rejects, rejects[0]]).decode().splitlines()

    assert lines == ["line,case,reason,detail", "2,B,bad_time,", "10,C,too_long,Who", "30,A,bad_time,"]
