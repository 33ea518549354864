"""The security log: who was refused or did what, and from where, in one line that is a metric too."""

import io
import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.builders import AGENT, STRANGER, WAREHOUSE
from tests.functions.door import ADDRESS, EDGE, Knocker
from tests.functions.intake.test_idempotency import ask
from tests.functions.rights.people import UNKNOWN
from tingjian.platform import telemetry
from tingjian.platform.security import network_of, origin_mark


class Lines(io.StringIO):
    """What the process logs."""

    def of(self, fact: str) -> list[dict[str, Any]]:
        """The lines that say this fact."""
        lines = [json.loads(line) for line in self.getvalue().splitlines()]
        return [line for line in lines if line["message"] == fact]


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Lines:
    caught = Lines()
    for handler in telemetry.logger().handlers:
        monkeypatch.setattr(handler, "stream", caught)
    return caught


def mark_of(lines: Lines) -> str:
    """The origin in the only refusal."""
    [line] = lines.of("AccessDenied")
    return str(line["origin"])


def test_refusal_says_who_where_and_from_which_network(intake: Knocker, lines: Lines) -> None:
    path = f"/v1/tickets/{ask(intake).json['number'].replace('-', '')}"

    assert intake.get(path, caller=STRANGER).status == 403

    [line] = lines.of("AccessDenied")
    assert {name: line[name] for name in ("kind", "who", "path", "right", "origin", "AccessDenied")} == {
        "kind": "security",
        "who": STRANGER.id,
        "path": path,
        "right": "tickets.read",
        "origin": origin_mark(ADDRESS),
        "AccessDenied": 1,
    }
    [metric] = line["_aws"]["CloudWatchMetrics"]
    assert (metric["Namespace"], metric["Dimensions"]) == ("Tingjian", [["kind"]])


def test_refusal_by_role_alone_names_the_caller_too(intake: Knocker, lines: Lines) -> None:
    assert intake.get("/v1/tickets?team=aftersales", caller=WAREHOUSE).status == 403

    assert [line["who"] for line in lines.of("AccessDenied")] == [WAREHOUSE.id]


def test_token_of_nobody_active_is_logged_by_its_subject(intake: Knocker, lines: Lines) -> None:
    assert intake.get("/v1/me", caller=UNKNOWN).status == 401

    assert [line["who"] for line in lines.of("SignInRefused")] == [f"subject#sub-{UNKNOWN.id}"]


def test_no_address_and_no_link_is_in_a_line(intake: Knocker, lines: Lines) -> None:
    assert intake.get("/v1/public/tickets/never-issued").status == 404
    assert intake.get("/v1/me", caller=UNKNOWN).status == 401

    assert len(lines.of("LinkRefused")) == 1
    assert ADDRESS not in lines.getvalue()
    assert "never-issued" not in lines.getvalue()


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        ({}, ADDRESS),
        ({"x-forwarded-for": "198.51.100.1"}, ADDRESS),
        ({"x-forwarded-for": "198.51.100.1", "x-tingjian-edge": "guessed"}, ADDRESS),
        ({"x-forwarded-for": "198.51.100.1", "x-tingjian-edge": EDGE}, "198.51.100.1"),
        ({"x-forwarded-for": f"192.0.2.9, 198.51.100.1, {ADDRESS}", "x-tingjian-edge": EDGE}, "198.51.100.1"),
        ({"x-tingjian-edge": EDGE}, ADDRESS),
    ],
)
def test_address_is_believed_from_the_distribution_only(
    intake: Knocker, lines: Lines, headers: Mapping[str, str], address: str
) -> None:
    intake.knock("GET", "/v1/tickets?team=presales", None, caller=AGENT, headers=dict(headers))

    assert mark_of(lines) == origin_mark(address)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("", ""),
        ("no address", ""),
    ],
)
def test_network_is_what_one_household_has(address: str, network: str) -> None:
    assert network_of(address) == network
