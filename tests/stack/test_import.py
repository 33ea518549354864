"""An import through the deployed stack, stopped twice on its way, and what it leaves behind."""

import json
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import requests

from infra.demo.make_events import __file__ as demo_maker
from tests.stack.holds import held, kill_held
from tests.stack.people import Stack, Visitor, eventually

DEMO = Path(demo_maker).parent
LOG = (DEMO / "events.csv").read_bytes()
ROWS = LOG.decode().splitlines()[1:]
CASES = {row.split(",")[0] for row in ROWS}
IMPORT_SECONDS = 300.0
SOURCE = f"killed-{uuid.uuid4().hex[:12]}"


def mapping(**changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DEMO / "events-mapping.json").read_text(encoding="utf-8"))
    return found | changes


def make(manager: Visitor, content: bytes, asked: dict[str, Any]) -> str:
    """Make an import and upload its file; its path."""
    body = {"name": "events.csv", "size_bytes": max(len(content), 1), "mapping": asked}
    made = manager.post("/v1/imports", body).expect(201)
    slot = made["upload"]
    requests.post(slot["url"], data=slot["fields"], files={"file": content}, timeout=60).raise_for_status()
    return f"/v1/imports/{made['id']}"


def ended(manager: Visitor, path: str) -> dict[str, Any]:
    def check() -> dict[str, Any] | None:
        shown: dict[str, Any] = manager.get(path).expect(200)
        return shown if shown["state"] in {"done", "failed"} else None

    found = eventually(check, IMPORT_SECONDS)
    assert found is not None
    return found


def journal_of(stack: Stack, tickets: set[str]) -> Counter[str]:
    """How many imported events each of these tickets has."""
    found: Counter[str] = Counter()
    pages = stack.aws("dynamodb").get_paginator("scan").paginate(TableName=stack.outputs["JournalTable"])
    for page in pages:
        found.update(item["pk"]["S"] for item in page["Items"] if item["pk"]["S"] in tickets)
    return found


def cases_of(stack: Stack, source: str) -> dict[str, dict[str, Any]]:
    """What is known of the cases of a source."""
    pages = (
        stack.aws("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=stack.outputs["DeskTable"],
            FilterExpression="sk = :case AND #source = :source",
            ExpressionAttributeNames={"#source": "source"},
            ExpressionAttributeValues={":case": {"S": "case"}, ":source": {"S": source}},
        )
    )
    return {item["case"]["S"]: item for page in pages for item in page["Items"]}


@pytest.fixture(scope="module")
def killed_twice(stack: Stack, manager: Visitor) -> dict[str, Any]:
    """The demo's log, imported while its worker is killed twice in the middle of it and it is started again.

    The first time no write of the worker's is under way; the second time some are done and it was not told.
    """
    path = make(manager, LOG, mapping(source=SOURCE))
    written_by = f'"{path.rpartition("/")[2]}:'  # So begins what each event of a case says of its import.
    for cases, answered in ((len(CASES) // 10, True), (len(CASES) // 2, False)):
        before = len(cases_of(stack, SOURCE))
        with held(stack, "TransactWriteItems", written_by, passes=cases - before, answered=answered):
            manager.post(f"{path}/start").expect(202)
            kill_held(stack, "IntakeWorkerFunction")
        assert before < len(cases_of(stack, SOURCE)) < len(CASES)
        assert manager.get(path).expect(200)["state"] == "importing"
    manager.post(f"{path}/start").expect(202)
    return ended(manager, path)


def test_import_killed_twice_loses_and_doubles_no_event(stack: Stack, killed_twice: dict[str, Any]) -> None:
    cases = cases_of(stack, SOURCE)

    assert (killed_twice["state"], killed_twice["rows_read"]) == ("done", len(ROWS))
    assert killed_twice["events_written"] + killed_twice["rows_rejected"] == len(ROWS)
    assert set(cases) == CASES
    # Equal rows are one event.
    assert sum(int(case["steps"]["N"]) for case in cases.values()) == len(set(ROWS))
    versions = {f"ticket#{case['ticket']['S']}": int(case["version"]["N"]) for case in cases.values()}
    assert journal_of(stack, set(versions)) == versions


def test_imported_ticket_shows_its_past_unbroken(stack: Stack, manager: Visitor, killed_twice: dict[str, Any]) -> None:
    assert killed_twice["state"] == "done"
    number = next(iter(cases_of(stack, SOURCE).values()))["ticket"]["S"]

    history = manager.get(f"/v1/tickets/{number}/history").expect(200)

    assert history["unbroken"]
    assert history["items"][0]["event"] == "TicketOpened"
    assert manager.get(f"/v1/tickets/{number}").expect(200)["imported"]


def test_second_import_of_the_log_writes_nothing(manager: Visitor, killed_twice: dict[str, Any]) -> None:
    path = make(manager, LOG, mapping(source=SOURCE))
    manager.post(f"{path}/start").expect(202)

    done = ended(manager, path)

    assert (done["state"], done["events_written"]) == ("done", 0)
    assert done["events_present"] == killed_twice["events_written"]


def test_history_is_asked_about_in_no_survey(stack: Stack, killed_twice: dict[str, Any]) -> None:
    assert killed_twice["resolutions"] > 0

    found = stack.aws("dynamodb").scan(
        TableName=stack.outputs["DeskTable"],
        FilterExpression="begins_with(pk, :survey) AND contains(#ticket, :number)",
        ExpressionAttributeNames={"#ticket": "ticket"},
        ExpressionAttributeValues={
            ":survey": {"S": "survey#"},
            ":number": {"S": next(iter(cases_of(stack, SOURCE).values()))["ticket"]["S"]},
        },
    )

    assert found["Count"] == 0


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xef\xbb\xbf\n", "empty_file"),
        (LOG.splitlines()[0], "no_rows"),
        (b"a,b\n1,2\n", "columns_missing"),
        (LOG.decode().encode("gbk"), "wrong_encoding"),
        (LOG.splitlines()[0] + b"".join(b",x%d" % n for n in range(200)) + b"\n", "columns_limit"),
    ],
)
def test_file_that_is_no_log_is_refused_in_the_callers_language(manager: Visitor, content: bytes, code: str) -> None:
    path = make(manager, content, mapping(source="refused", format={"encoding": "utf-8"}))

    problem = manager.speaking("zh-CN").post(f"{path}/start").expect(422)

    assert [(error["field"], error["code"]) for error in problem["errors"]] == [("file", code)]
    assert any("\u4e00" <= character <= "\u9fff" for character in problem["errors"][0]["message"])


def test_file_of_500_megabytes_is_refused_by_its_size(manager: Visitor) -> None:
    body = {"name": "events.csv", "size_bytes": 500 * 1024 * 1024, "mapping": mapping()}

    problem = manager.post("/v1/imports", body).expect(422)

    assert [error["field"] for error in problem["errors"]] == ["size_bytes"]


def test_import_is_for_managers(agent: Visitor) -> None:
    assert agent.get("/v1/imports").status == 403
