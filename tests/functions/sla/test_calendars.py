"""Calendars through the door: what is refused and why, China's years, single dates, answers with their reasons."""

from typing import Any

import pytest

from tests.builders import AGENT, MANAGER
from tests.functions.door import Answer, Knocker
from tingjian.platform.store import Store
from tingjian.sla.china import china_year

HOURS = {"mon": [["09:00", "12:00"], ["13:00", "18:00"]]}
BODY: dict[str, Any] = {"name": "夜班", "timezone": "Asia/Shanghai", "hours": HOURS}


def put(door: Knocker, version: int = 0, **changes: object) -> Answer:
    path, match = "/v1/calendars/night", f'"{version}"'
    return door.send("PUT", path, BODY | changes, caller=MANAGER, accept_language="en", if_match=match)


def errors(answer: Answer) -> list[tuple[str, str]]:
    assert answer.status == 422, answer.text
    return [(error["field"], error["code"]) for error in answer.json["errors"]]


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"hours": {}}, "hours", "never_open"),
        ({"hours": {}, "extra": {"2026-05-09": [["09:00", "12:00"]]}}, "hours", "never_open"),
        ({"hours": {"mon": [["09:00", "12:00"], ["11:00", "18:00"]]}}, "hours.mon", "overlap"),
        ({"hours": {"mon": [["22:00", "06:00"]], "tue": [["05:00", "09:00"]]}}, "hours.tue", "overlap"),
        ({"hours": {"mon": [["09:00", "12:00"], ["13:00", "25:00"]]}}, "hours.mon.1", "not_a_time"),
        ({"hours": {"mon": [["09:00", "12:00"], ["13:00"]]}}, "hours.mon.1.1", "missing"),
        ({"hours": {"mon": [["09:00", "09:00"]]}}, "hours.mon.0", "empty_span"),
        ({"hours": {"monday": [["09:00", "12:00"]]}}, "hours.monday", "unknown_weekday"),
        ({"timezone": "Mars/Olympus"}, "timezone", "unknown_zone"),
        ({"closed": ["2026-02-30"]}, "closed.0", "not_a_date"),
        ({"extra": {"2026-02-28": [["9", "12:00"]]}}, "extra.2026-02-28.0", "not_a_time"),
        ({"colour": "red"}, "colour", "extra_forbidden"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused_with_field_and_reason(
    door: Knocker, changes: dict[str, Any], field: str, code: str
) -> None:
    answer = put(door, **changes)

    assert errors(answer) == [(field, code)]


def test_the_always_open_calendar_cannot_be_changed(door: Knocker) -> None:
    answer = door.send("PUT", "/v1/calendars/always", BODY, caller=MANAGER)

    assert errors(answer) == [("calendar", "reserved")]


def test_only_who_may_edit_policies_edits_calendars(door: Knocker) -> None:
    assert door.send("PUT", "/v1/calendars/night", BODY, caller=AGENT).status == 403
    assert door.get("/v1/calendars", caller=AGENT).status == 200


def test_versions_are_kept_newest_first(door: Knocker) -> None:
    put(door)
    put(door, 1, name="早班")

    answer = door.get("/v1/calendars/night/versions", caller=AGENT)

    assert [(item["version"], item["name"]) for item in answer.json["items"]] == [(2, "早班"), (1, "夜班")]


def test_an_edit_on_an_old_version_names_who_was_first(door: Knocker) -> None:
    put(door)
    put(door, 1, name="早班")

    answer = door.send("PUT", "/v1/calendars/night", BODY, caller=MANAGER, if_match='"1"')

    assert answer.status == 409
    assert answer.json["conflicts"][0]["by"] == "staff#wu"


def china(door: Knocker, year: int, **body: object) -> dict[str, Any]:
    path = "/v1/calendars/office/china-holidays"
    answer = door.post(path, {"year": year, **body}, key=f"china-{year}", caller=MANAGER)
    assert answer.status == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def test_an_announced_year_brings_its_holidays_and_make_up_days(door: Knocker) -> None:
    calendar = china(door, 2025)

    assert "2025-10-01" in calendar["closed"]
    assert calendar["extra"]["2025-09-28"] == [["09:00", "12:00"], ["13:00", "18:00"]]
    assert calendar["estimated_years"] == []
    assert calendar["version"] == 2
    assert calendar["replan"]["state"] == "done"


def test_a_year_that_is_not_announced_is_stored_as_estimated(door: Knocker) -> None:
    calendar = china(door, 2060)

    assert calendar["estimated_years"] == [2060]
    assert not [day for day in calendar["extra"] if day.startswith("2060")]


def test_the_same_year_twice_makes_one_version(door: Knocker) -> None:
    china(door, 2025)
    second = door.post("/v1/calendars/office/china-holidays", {"year": 2025}, caller=MANAGER)

    assert second.json["version"] == 2
    assert "replan" not in second.json


def test_a_date_set_by_hand_survives_the_next_import_and_a_taken_back_estimate_does_not(door: Knocker) -> None:
    guessed = [day.isoformat() for day in china_year(2025).closed if day.month == 2]
    calendar = door.get("/v1/calendars/office", caller=MANAGER).json
    body = {name: calendar[name] for name in ("name", "timezone", "hours")}
    wrong = [*guessed, "2025-03-03"]
    body |= {"closed": wrong, "estimated_years": [2025], "imported_dates": wrong}
    door.send("PUT", "/v1/calendars/office", body, caller=MANAGER, if_match='"1"')
    path = "/v1/calendars/office/dates/2025-10-01"
    door.send("PUT", path, {"hours": [["10:00", "12:00"]]}, caller=MANAGER, if_match='"2"')

    calendar = china(door, 2025)

    assert "2025-03-03" not in calendar["closed"]
    assert calendar["extra"]["2025-10-01"] == [["10:00", "12:00"]]
    assert "2025-10-01" not in calendar["closed"]
    assert calendar["estimated_years"] == []


def test_single_dates_are_closed_opened_and_given_back(door: Knocker) -> None:
    path = "/v1/calendars/office/dates/2026-05-09"

    opened = door.send("PUT", path, {"hours": [["09:00", "12:00"]]}, caller=MANAGER, if_match='"1"').json
    closed = door.send("PUT", path, {}, caller=MANAGER, if_match='"2"').json
    cleared = door.send("DELETE", path, None, caller=MANAGER).json

    assert (opened["extra"], opened["closed"]) == ({"2026-05-09": [["09:00", "12:00"]]}, [])
    assert (closed["extra"], closed["closed"]) == ({}, ["2026-05-09"])
    assert (cleared["extra"], cleared["closed"], cleared["version"]) == ({}, [], 4)


def test_a_date_is_refused_with_field_and_reason(door: Knocker) -> None:
    wrong = door.send("PUT", "/v1/calendars/office/dates/tomorrow", {}, caller=MANAGER)
    overlapping = door.send(
        "PUT", "/v1/calendars/office/dates/2026-05-09", {"hours": [["09:00", "12:00"], ["11:00", "13:00"]]},
        caller=MANAGER, if_match='"1"',
    )  # fmt: skip

    assert errors(wrong) == [("date", "date")]
    assert errors(overlapping) == [("extra.2026-05-09", "overlap")]


def ask(door: Knocker, path: str = "deadline", **body: Any) -> Answer:
    given: dict[str, object] = {"start": "2026-03-06T17:30:00+08:00", "minutes": 60}
    return door.post(f"/v1/calendars/office/{path}", given | body, caller=AGENT)


def test_a_deadline_skips_the_weekend(door: Knocker) -> None:
    assert ask(door).json["due_at"] == "2026-03-09T01:30:00Z"


def test_a_deadline_moves_by_its_pauses(door: Knocker) -> None:
    answer = ask(door, pauses=[["2026-03-06T17:40:00+08:00", "2026-03-09T09:10:00+08:00"]])

    assert answer.json["due_at"] == "2026-03-09T02:00:00Z"


def test_an_explanation_lists_each_span_and_the_sum(door: Knocker) -> None:
    answer = ask(door, "explain").json

    assert [(span["counted"], span["reason"], span["seconds"]) for span in answer["spans"]] == [
        (True, "weekly_hours", 1800.0),
        (False, "outside_hours", 6 * 3600.0),
        (False, "day_off", 24 * 3600.0),
        (False, "day_off", 24 * 3600.0),
        (False, "outside_hours", 9 * 3600.0),
        (True, "weekly_hours", 1800.0),
    ]
    assert (answer["counted_seconds"], answer["skipped_seconds"]) == (3600.0, 63 * 3600.0)


def test_a_deadline_on_an_estimated_year_says_so(door: Knocker) -> None:
    china(door, 2060)

    assert ask(door, start="2060-03-01T09:00:00+08:00").json["estimated"] is True
    assert ask(door).json["estimated"] is False


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"start": "2026-03-06T17:30:00"}, "start", "datetime"),
        ({"minutes": -1}, "minutes", "greater_than_equal"),
        ({"pauses": [["2026-03-06T17:30:00", "2026-03-06T18:00:00+08:00"]]}, "pauses.0.0", "datetime"),
        ({"pauses": [["2026-03-06T18:00:00Z", "2026-03-06T17:00:00Z"]]}, "pauses.0", "ends_before_start"),
        ({"start": "9999-12-01T00:00:00Z", "minutes": 5_000_000}, "minutes", "no_open_time_left"),
    ],
)
def test_a_question_without_sense_is_refused(door: Knocker, body: dict[str, Any], field: str, code: str) -> None:
    assert errors(ask(door, **body)) == [(field, code)]


def test_an_unknown_calendar_is_not_found(door: Knocker, office: Store) -> None:
    assert office.collection("calendars")
    assert door.get("/v1/calendars/none", caller=AGENT).status == 404
    assert door.post("/v1/calendars/none/china-holidays", {"year": 2026}, caller=MANAGER).status == 404
