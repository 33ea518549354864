"""A callback plan on the deployed stack: lists made into callbacks by a worker that is killed, shared out, exported.

`CALLS_OF_A_PLAN` says how many; docs/benchmarks.md has the figures of 20,000.
"""

from __future__ import annotations

import io
import os
import secrets
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from openpyxl import load_workbook

from infra.cli.deployment import Deployment
from tests.stack.holds import held, kill_held
from tests.stack.people import Stack, Visitor, eventually

CALLS = int(os.environ.get("CALLS_OF_A_PLAN", "180"))
A_FILE = 5000
SECONDS = 240 + CALLS / 4
PLANS = "/v1/callback-plans"
FIRST = 13_000_000_000 + secrets.randbelow(900_000) * 1000


@dataclass(frozen=True)
class Made:
    """A plan whose lists were worked off, and how long its parts took."""

    path: str
    id: str
    lists: list[dict[str, Any]]
    seconds: float


def announced(lead: Visitor, path: str, content: bytes) -> str:
    """A list with its file, read as a whole; its path."""
    made = lead.post(f"{path}/lists", {"name": "名单.csv", "size_bytes": len(content)}).expect(201)
    slot = made["upload"]
    requests.post(slot["url"], data=slot["fields"], files={"file": content}, timeout=60).raise_for_status()
    lead.post(f"{path}/lists/{made['id']}/start").expect(200)
    return f"{path}/lists/{made['id']}"


def sheet(first: int, count: int) -> bytes:
    rows = [f"客户{place},{FIRST + place}" for place in range(first, first + count)]
    return "\n".join(["姓名,电话", *rows, f"又一次,{FIRST + first}", "座机,62345678"]).encode("gbk")


@pytest.fixture(scope="module")
def made(stack: Stack, deployment: Deployment, lead: Visitor) -> Made:  # noqa: ARG001 - people come first
    """The worker is killed twice while it makes the callbacks: before a group is written, and after."""
    body = {"name": "老客户回访", "kind": "care", "team": "aftersales", "people": ["chenyu", "linhao"]}
    plan = lead.post(PLANS, body).expect(201)["id"]
    path = f"{PLANS}/{plan}"
    lists = [announced(lead, path, sheet(first, min(A_FILE, CALLS - first))) for first in range(0, CALLS, A_FILE)]
    began = time.monotonic()
    for place, answered in enumerate((True, False)):
        with held(stack, "TransactWriteItems", f"callback-members#{plan}", passes=3, answered=answered):
            lead.post(f"{path}/{'start' if place == 0 else 'pause'}").expect(200)
            if place:
                lead.post(f"{path}/resume").expect(200)
            kill_held(stack, "SurveyWorkerFunction")

    def done() -> list[dict[str, Any]] | None:
        shown = [lead.get(one).expect(200) for one in lists]
        return shown if all(one["state"] == "done" for one in shown) else None

    shown = eventually(done, SECONDS) or []
    return Made(path, plan, shown, time.monotonic() - began)


def members(stack: Stack, plan: str) -> list[dict[str, Any]]:
    pages = (
        stack.aws("dynamodb")
        .get_paginator("query")
        .paginate(
            TableName=stack.outputs["DeskTable"],
            KeyConditionExpression="pk = :plan",
            ExpressionAttributeValues={":plan": {"S": f"callback-members#{plan}"}},
        )
    )
    return [item for page in pages for item in page["Items"]]


def test_each_row_is_one_callback_shared_out_evenly_though_the_worker_was_killed(
    stack: Stack, lead: Visitor, made: Made
) -> None:
    found = members(stack, made.id)
    shares = Counter(item["person"]["S"] for item in found)
    counts = lead.get(made.path).expect(200)["counts"]

    assert len({item["customer"]["S"] for item in found}) == len(found) == CALLS
    assert sorted(int(item["position"]["N"]) for item in found) == list(range(CALLS))
    assert max(shares.values()) - min(shares.values()) <= 1
    assert (counts["total"], counts["not_called"]) == (CALLS, CALLS)
    assert {(one["made"], one["refused"]) for one in made.lists[:-1]} <= {(A_FILE, 2)}
    assert made.lists[-1]["refused"] == 2
    print(f"{CALLS} callbacks made and shared out in {made.seconds:.0f} s, with two kills")  # noqa: T201 - a figure


def test_refused_rows_are_a_file_with_lines_and_reasons(lead: Visitor, made: Made) -> None:
    link = lead.get(f"{made.path}/lists/{made.lists[0]['id']}/rejects").expect(200)["url"]

    rows = requests.get(link, timeout=60).content.decode("utf-8-sig").splitlines()

    first = min(A_FILE, CALLS) + 2
    assert rows[1].startswith(f"{first},The same person as in line 2")
    assert rows[2].startswith(f"{first + 1},A landline without its area code")


def test_agent_records_a_call_and_the_counts_follow(agent: Visitor, lead: Visitor, made: Made) -> None:
    mine = agent.get(f"{made.path}/callbacks", limit=1).expect(200)["items"][0]
    agent.post(f"/v1/callbacks/{mine['callback']}/calls", {"result": "satisfied", "note": "很满意"}).expect(200)

    def counted() -> bool:
        counts: dict[str, Any] = lead.get(made.path).expect(200)["counts"]
        return (counts["satisfied"], counts["not_called"]) == (1, CALLS - 1)

    assert mine["person"] == "chenyu"
    assert eventually(counted)


def test_export_has_every_callback_once_with_masked_phones(lead: Visitor, made: Made) -> None:
    began = time.monotonic()
    export = lead.post(f"{made.path}/exports", {"form": "xlsx"}).expect(202)["id"]
    path = f"{made.path}/exports/{export}"
    eventually(lambda: lead.get(path).expect(200)["state"] == "made", SECONDS)
    seconds = time.monotonic() - began

    content = requests.get(lead.get(f"{path}/file").expect(200)["url"], timeout=60).content
    book = load_workbook(io.BytesIO(content), read_only=True)
    rows = list(book.worksheets[0].iter_rows(values_only=True))

    assert [row[0] for row in rows[1:]] == list(range(1, CALLS + 1))
    assert all("****" in str(row[2]) for row in rows[1:])
    print(f"{CALLS} callbacks exported in {seconds:.0f} s, {len(content) / 1024:.0f} KB")  # noqa: T201 - a figure


def test_stop_withdraws_what_is_open(lead: Visitor, made: Made) -> None:
    began = time.monotonic()
    lead.post(f"{made.path}/stop").expect(200)

    counts = eventually(lambda: _when_nothing_is_open(lead, made), SECONDS) or {}

    assert counts["withdrawn"] + counts["satisfied"] == CALLS
    print(f"{CALLS} callbacks withdrawn in {time.monotonic() - began:.0f} s")  # noqa: T201 - a figure


def _when_nothing_is_open(lead: Visitor, made: Made) -> dict[str, Any] | None:
    counts: dict[str, Any] = lead.get(made.path).expect(200)["counts"]
    return counts if counts["open"] == 0 else None
