"""The benches' own arithmetic, and the page they write to."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from tests.bench import measure

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_publish_replaces_its_own_section_and_no_other(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    measure.publish("one", "first", page)
    measure.publish("two", "second", page)

    measure.publish("one", r"again \1", page)

    text = page.read_text(encoding="utf-8")
    assert text.startswith("# Benchmarks")
    assert "<!-- one:start -->\nagain \\1\n<!-- one:end -->" in text
    assert "<!-- two:start -->\nsecond\n<!-- two:end -->" in text
    assert "first" not in text


def test_shuffled_rounds_take_every_scenario_once_a_round_and_drop_the_first() -> None:
    calls: list[str] = []

    def scenario(name: str) -> Callable[[], float]:
        def sample() -> float:
            calls.append(name)
            return float(len(calls))

        return sample

    kept = measure.shuffled_rounds({name: scenario(name) for name in "abc"}, 5, seed=1)

    rounds = ["".join(calls[start : start + 3]) for start in range(0, len(calls), 3)]
    assert [sorted(taken) for taken in rounds] == [list("abc")] * 6
    assert len(set(rounds)) > 1
    assert {name: len(values) for name, values in kept.items()} == {"a": 5, "b": 5, "c": 5}
    assert min(value for values in kept.values() for value in values) > 3


def test_ratios_compare_round_by_round() -> None:
    compared = measure.ratios({"base": [1.0, 10.0, 100.0], "ours": [2.0, 5.0, 300.0]}, "base")

    assert compared["base"].median == 1.0
    assert compared["ours"].median == 2.0


def test_summarize_refuses_to_summarize_nothing() -> None:
    with pytest.raises(measure.WorkNotDoneError):
        measure.summarize([])


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_drive_reports_each_answer_and_each_wrong_status() -> None:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(500 if body == b"3" else 201)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        requests = [measure.Request("POST", "/", {}, str(number).encode()) for number in range(8)]

        load = measure.drive(server.server_port, requests, 2, expect=201)

        server.shutdown()

    assert sorted(load.bodies) == [b"0", b"1", b"2", b"4", b"6"]
    assert load.errors == ["500: b'3'"]
    assert load.per_second > 0
