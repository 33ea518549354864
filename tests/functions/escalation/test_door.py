"""The HTTP door of escalation."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.builders import AGENT, COLLEAGUE, LEAD, MANAGER, STRANGER, hire
from tests.functions.door import Knocker, opened
from tests.functions.escalation.scene import Scene, open_one, sweep
from tests.process import forget_process
from tingjian.platform.events import load_events
from tingjian.platform.rights import Caller
from tingjian.platform.store import Store

DIRECTOR = Caller(id="he", name="何静", roles=frozenset({"director"}))
RUNG = {"share": 80, "tell": ["lead"]}


@pytest.fixture
def door(centre: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Knocker]:
    """The door, which may call webhooks on this machine."""
    hire(centre, DIRECTOR)
    monkeypatch.setenv("WEBHOOK_LOOPBACK", "on")
    with opened("escalation", monkeypatch) as knocker:
        yield knocker


@pytest.fixture
def warned(centre: Store) -> Scene:
    """A claimed ticket whose first response was warned of just now."""
    opened_at = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=50)
    scene = Scene(centre, open_one(centre, at=opened_at))
    sweep(centre, opened_at + timedelta(minutes=49))
    return scene


class Receiver:
    """A webhook's receiver on this machine, answering with one status."""

    def __init__(self, status: int) -> None:
        self.calls: list[tuple[dict[str, str], bytes]] = []
        calls = self.calls

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                calls.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(status)
                self.send_header("Location", "http://127.0.0.1:1/")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/hook"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that takes everything."""
    made = Receiver(204)
    yield made
    made.close()


def fields(answer: object) -> list[tuple[str, str]]:
    return [(entry["field"], entry["code"]) for entry in answer.json["errors"]]  # type: ignore[attr-defined]


def test_notices_are_ones_own_newest_first_with_the_unread_counted(door: Knocker, warned: Scene) -> None:
    own = door.get("/v1/notices", caller=LEAD, accept_language="en")
    other = door.get("/v1/notices", caller=AGENT)

    [notice] = own.json["items"]
    assert notice["title"].endswith("80% of the time for first response is used up")
    assert (notice["ticket"], notice["subject"], notice["read"]) == (warned.number, "包裹没到", False)
    assert (own.json["unread"], other.json) == (1, {"items": [], "unread": 0})


def test_notice_is_read_once_and_stays_read(door: Knocker, warned: Scene) -> None:  # noqa: ARG001 - it made the notice
    [notice] = door.get("/v1/notices", caller=LEAD).json["items"]

    answers = [door.post(f"/v1/notices/{notice['id']}/read", caller=LEAD).said for _ in range(2)]

    assert answers == [(200, '{"unread":0}')] * 2
    assert door.get("/v1/notices", caller=LEAD).json["items"][0]["read"]


def test_somebody_elses_notice_is_not_there(door: Knocker, warned: Scene) -> None:  # noqa: ARG001 - as above
    [notice] = door.get("/v1/notices", caller=LEAD).json["items"]

    foreign = door.post(f"/v1/notices/{notice['id']}/read", caller=AGENT)
    silly = door.post("/v1/notices/12-x/read", caller=AGENT)
    worse = door.post("/v1/notices/none/read", caller=AGENT)

    assert [answer.status for answer in (foreign, silly, worse)] == [404] * 3


def test_reading_everything_is_one_write_and_counts_what_comes_later(door: Knocker, warned: Scene) -> None:
    assert door.post("/v1/notices/read-all", caller=LEAD).json == {"unread": 0}

    sweep(warned.store, datetime.now(UTC) + timedelta(minutes=30))
    later = door.get("/v1/notices", caller=LEAD).json

    assert (later["unread"], [item["read"] for item in later["items"]]) == (1, [False, True])


def test_preferences_are_ones_own(door: Knocker) -> None:
    hours = {"start": "22:00", "end": "08:00", "timezone": "Asia/Taipei"}
    body = {"quiet_hours": hours, "phone": "13812345678"}

    stored = door.send("PUT", "/v1/notices/preferences", body, caller=LEAD)
    wrong = door.send("PUT", "/v1/notices/preferences", {"phone": "12"}, caller=LEAD)
    zone = door.send("PUT", "/v1/notices/preferences", {"quiet_hours": hours | {"timezone": "Mars"}}, caller=LEAD)

    assert stored.json == body | {"phone": "+8613812345678", "mail": {}, "version": 1}
    assert door.get("/v1/notices/preferences", caller=LEAD).json == stored.json
    assert door.get("/v1/notices/preferences", caller=AGENT).json == {"mail": {}, "version": 0}
    assert (wrong.status, fields(wrong)) == (422, [("phone", "phone")])
    assert (zone.status, fields(zone)) == (422, [("quiet_hours.timezone", "time_zone")])


@pytest.mark.usefixtures("warned")
@pytest.mark.parametrize(
    ("caller", "path", "count"),
    [
        (LEAD, "/v1/alerts", 1),
        (LEAD, "/v1/alerts?mine=true", 1),
        (LEAD, "/v1/alerts?state=acknowledged", 0),
        (MANAGER, "/v1/alerts", 1),
        (MANAGER, "/v1/alerts?team=presales", 0),
        (AGENT, "/v1/alerts", 0),
    ],
)
def test_alerts_are_listed_within_the_callers_scope(door: Knocker, caller: Caller, path: str, count: int) -> None:
    answer = door.get(path, caller=caller)

    assert (answer.status, len(answer.json["items"])) == (200, count)


def test_alerts_of_a_foreign_team_are_refused(door: Knocker, warned: Scene) -> None:
    [alert] = warned.alerts()

    listed = door.get("/v1/alerts?team=presales", caller=LEAD)
    acknowledged = door.post(f"/v1/alerts/{alert.id}/acknowledge", caller=STRANGER)

    assert (listed.status, acknowledged.status) == (403, 403)


def test_alert_is_acknowledged_with_the_first_name_and_time(door: Knocker, warned: Scene) -> None:
    [alert] = warned.alerts()

    first = door.post(f"/v1/alerts/{alert.id}/acknowledge", caller=LEAD)
    second = door.post(f"/v1/alerts/{alert.id}/acknowledge", caller=MANAGER)

    assert (first.status, first.json["acknowledged_by"], first.json["state_now"]) == (200, "zhao", "acknowledged")
    assert second.said == first.said
    [event] = load_events(warned.store, f"alert#{alert.id}")
    assert (event.name, str(event.actor), event.data["ticket"]) == ("AlertAcknowledged", "staff#zhao", warned.number)


def test_alert_that_is_none_is_not_found(door: Knocker) -> None:
    answers = [
        door.post(f"/v1/alerts/{name}/acknowledge", caller=LEAD)
        for name in ("x", "482739510664.resolution.1.80", "482739510664.resolution.99999999999999.80")
    ]

    assert [answer.status for answer in answers] == [404] * 3


def test_alerts_are_paged_by_place(door: Knocker, centre: Store) -> None:
    opened_at = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=50)
    for n in range(5):
        open_one(centre, at=opened_at + timedelta(seconds=n))
    sweep(centre, opened_at + timedelta(minutes=49))

    pages, cursor = [], ""
    while True:
        answer = door.get(f"/v1/alerts?limit=2{cursor}", caller=MANAGER).json
        pages.append([item["id"] for item in answer["items"]])
        if "cursor" not in answer:
            break
        cursor = f"&cursor={answer['cursor']}"

    assert [len(page) for page in pages] == [2, 2, 1]
    assert len({alert for page in pages for alert in page}) == 5


def test_ladder_is_stored_in_versions(door: Knocker) -> None:
    first = door.send("PUT", "/v1/ladders/house", {"name": "house", "rungs": [RUNG]}, caller=MANAGER)
    second = door.send("PUT", "/v1/ladders/house", {"name": "家", "rungs": [RUNG]}, caller=MANAGER, if_match='"1"')
    stale = door.send("PUT", "/v1/ladders/house", {"name": "x", "rungs": [RUNG]}, caller=MANAGER, if_match='"1"')

    assert [answer.status for answer in (first, second, stale)] == [200, 200, 409]
    assert door.get("/v1/ladders/house", caller=AGENT).json["name"] == "家"
    assert [ladder["version"] for ladder in door.get("/v1/ladders", caller=AGENT).json["items"]] == [2]
    assert door.send("PUT", "/v1/ladders/house", {"name": "x", "rungs": [RUNG]}, caller=AGENT).status == 403
    assert door.get("/v1/ladders/none", caller=AGENT).status == 404


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"rungs": []}, [("rungs", "tells_nobody")]),
        ({"rungs": [{"share": 80}]}, [("rungs.0.tell", "tells_nobody")]),
        ({"rungs": [RUNG | {"channels": []}]}, [("rungs.0.channels", "tells_nobody")]),
        ({"rungs": [RUNG, RUNG]}, [("rungs.1.share", "not_rising")]),
        ({"rungs": [{"share": 80, "people": ["nobody"]}]}, [("rungs.0.people.0", "unknown")]),
        ({"rungs": [RUNG | {"share": 0}]}, [("rungs.0.share", "greater_than_equal")]),
        ({"rungs": [RUNG | {"colour": "red"}]}, [("rungs.0.colour", "extra_forbidden")]),
        ({"quiet_hours": {"start": "22", "end": "08:00"}}, [("quiet_hours.start", "string_pattern_mismatch")]),
    ],
)
def test_ladder_that_is_none_is_refused_by_field(
    door: Knocker, change: dict[str, object], wrong: list[tuple[str, str]]
) -> None:
    answer = door.send("PUT", "/v1/ladders/house", {"name": "house", "rungs": [RUNG]} | change, caller=MANAGER)

    assert (answer.status, fields(answer)) == (422, wrong)


def test_ladder_that_says_as_much_as_another_about_the_same_clocks_is_refused(door: Knocker) -> None:
    door.send("PUT", "/v1/ladders/house", {"name": "house", "rungs": [RUNG]}, caller=MANAGER)

    answer = door.send("PUT", "/v1/ladders/other", {"name": "other", "rungs": [RUNG]}, caller=MANAGER)
    narrow = {"name": "other", "rungs": [RUNG], "reach": {"types": ["complaint"]}}

    assert (answer.status, fields(answer)) == (422, [("reach", "ladder_tie")])
    assert "house" in answer.json["errors"][0]["message"]
    assert door.send("PUT", "/v1/ladders/other", narrow, caller=MANAGER).status == 200


def test_webhook_is_added_once_a_key_with_a_secret_that_is_shown_once(door: Knocker, receiver: Receiver) -> None:
    body = {"name": "erp", "url": receiver.url, "events": ["alert.raised"]}

    first = door.post("/v1/webhooks", body, key="k", caller=DIRECTOR)
    again = door.post("/v1/webhooks", body, key="k", caller=DIRECTOR)
    other = door.post("/v1/webhooks", body | {"name": "x"}, key="k", caller=DIRECTOR)

    assert (first.status, again.said, other.status) == (201, first.said, 422)
    assert first.json["secret"].startswith("whsec_")
    assert "secret" not in door.get(first.headers["Location"], caller=DIRECTOR).json
    assert [len(receiver.calls), receiver.calls[0][0]["webhook-id"][:4]] == [1, "msg_"]
    assert door.post("/v1/webhooks", body, caller=AGENT).status == 403


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://10.0.0.7/hook", "private_address"),
        ("https://169.254.169.254/latest/meta-data", "private_address"),
        ("https://localhost.invalid/", "private_address"),
        ("ftp://example.com/", "url"),
        ("https://user@example.com/", "url"),
    ],
)
def test_webhook_to_an_address_that_is_not_public_is_refused(door: Knocker, url: str, code: str) -> None:
    answer = door.post("/v1/webhooks", {"name": "erp", "url": url}, caller=DIRECTOR)

    assert (answer.status, fields(answer)) == (422, [("url", code)])


def test_webhook_to_this_machine_is_refused_unless_that_is_set(
    door: Knocker, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEBHOOK_LOOPBACK", "off")
    forget_process()

    plain = door.post("/v1/webhooks", {"name": "erp", "url": receiver.url}, caller=DIRECTOR)
    secure = door.post("/v1/webhooks", {"name": "erp", "url": "https://127.0.0.1/"}, caller=DIRECTOR)

    assert (fields(plain), fields(secure)) == ([("url", "url")], [("url", "private_address")])
    assert receiver.calls == []


def test_webhook_that_redirects_is_refused(door: Knocker) -> None:
    redirecting = Receiver(302)

    answer = door.post("/v1/webhooks", {"name": "erp", "url": redirecting.url}, caller=DIRECTOR)
    redirecting.close()

    assert (answer.status, fields(answer)) == (422, [("url", "redirects")])
    assert len(redirecting.calls) == 1


def test_webhook_is_changed_rotated_and_removed(door: Knocker, receiver: Receiver) -> None:
    body = {"name": "erp", "url": receiver.url}
    made = door.post("/v1/webhooks", body, caller=DIRECTOR).json
    path = f"/v1/webhooks/{made['id']}"

    changed = door.send("PUT", path, body | {"active": False}, caller=DIRECTOR, if_match='"1"')
    unseen = door.send("PUT", path, body, caller=DIRECTOR, if_match="")
    rotated = door.post(f"{path}/rotate-secret", caller=DIRECTOR)
    removed = door.send("DELETE", path, None, caller=DIRECTOR)

    assert (changed.json["active"], unseen.status, removed.status) == (False, 428, 204)
    assert rotated.json["secret"] not in {made["secret"], None}
    assert door.get(path, caller=DIRECTOR).status == 404


def test_colleague_who_was_not_told_does_not_acknowledge(door: Knocker, warned: Scene) -> None:
    [alert] = warned.alerts()

    assert door.post(f"/v1/alerts/{alert.id}/acknowledge", caller=COLLEAGUE).status == 403


def test_eleventh_webhook_is_refused(door: Knocker, receiver: Receiver) -> None:
    body = {"url": receiver.url}

    answers = [door.post("/v1/webhooks", body | {"name": f"w{n}"}, caller=DIRECTOR) for n in range(11)]

    assert [answer.status for answer in answers] == [201] * 10 + [422]
    assert fields(answers[-1]) == [("webhooks", "too_many")]
