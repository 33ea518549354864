"""The demo log is what its generator makes, and it holds what its mapping expects."""

from __future__ import annotations

import csv
import json
import runpy
from collections import Counter
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

DEMO = Path(__file__).parents[2] / "infra" / "demo"


def rows() -> list[dict[str, str]]:
    with (DEMO / "events.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def mapping(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DEMO / name).read_text(encoding="utf-8"))
    return found


def test_demo_log_is_what_the_generator_makes() -> None:
    generator = runpy.run_path(str(DEMO / "make_events.py"))

    assert (DEMO / "events.csv").read_text(encoding="utf-8") == generator["make_text"]()


def test_demo_log_has_the_columns_and_values_of_its_mapping() -> None:
    rules, events = mapping("events-mapping.json"), rows()
    columns = {rules["case"], rules["activity"], rules["person"], rules["time"]["column"], rules["priority"]["column"]}

    assert columns | set(rules["fields"].values()) <= set(events[0])
    assert {event[rules["priority"]["column"]] for event in events} <= set(rules["priority"]["values"])
    assert {event[rules["activity"]] for event in events} >= set(rules["activities"])


def test_demo_log_keeps_each_case_in_order_of_time() -> None:
    rules = mapping("events-mapping.json")
    times: dict[str, list[datetime]] = {}
    for event in rows():
        at = datetime.strptime(event[rules["time"]["column"]], rules["time"]["format"])  # noqa: DTZ007 -- compared only
        times.setdefault(event[rules["case"]], []).append(at)

    assert len(times) == 200
    assert all(earlier <= later for case in times.values() for earlier, later in pairwise(case))


def test_demo_log_holds_the_cases_an_import_gets_wrong() -> None:
    lives: dict[str, list[str]] = {}
    for event in rows():
        lives.setdefault(event["工单编号"], []).append(event["环节"])
    closing = {"关闭", "标记重复", "标记无效"}

    seen = Counter(
        {
            "opened by its first response": sum(life[0] == "受理" for life in lives.values()),
            "resolved twice running": sum(("解决", "解决") in pairwise(life) for life in lives.values()),
            "reopened": sum(("解决", "受理") in pairwise(life) for life in lives.values()),
            "noted after the close": sum(life[-1] == "补充记录" for life in lives.values()),
            "never closed": sum(not closing & set(life) for life in lives.values()),
        }
    )

    assert min(seen.values()) >= 1, seen


def test_both_mappings_have_the_same_shape() -> None:
    own, public = mapping("events-mapping.json"), mapping("helpdesk-log-mapping.json")

    assert own.keys() == public.keys()
    assert own["fields"].keys() == public["fields"].keys()
