"""Every operation, asked by every role about things in every position, and by nobody, against one table."""

import importlib
import itertools
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.builders import DESK, JOURNAL, emulated_aws, make_centre, make_tables
from tests.functions.door import Answer, Knocker, opened
from tests.functions.rights.operations import WAYS, Operation, Way, operations
from tests.functions.rights.people import AWAY, CALLERS, COLLEAGUE, HOME, STRANGER, Position, positions, reaches
from tests.functions.rights.table import SCOPES
from tests.functions.rights.things import ADDRESS, EMAIL, PHONE, Things
from tingjian.people.staff.models import Staff, Team
from tingjian.people.staff.storage import staff_write, team_write
from tingjian.platform import resources
from tingjian.platform.assembled import RIGHTS
from tingjian.platform.rights import Caller, RightNotAskedError
from tingjian.platform.store import Store

STAFF_OPERATIONS = [operation for operation in operations() if operation.right]
NARROW = {right for right, scopes in SCOPES.items() if set(scopes.values()) - {"all"}}
HIDDEN = {"POST /v1/notices/{notice}/read"}
"""Where somebody else's thing is not refused but not there."""
SHOWS_ALL = {"POST /v1/customers/{customer}/reveal"}


@dataclass(frozen=True)
class World:
    """The doors of all wings before one centre; `writes` counts what was sent to the store to be written."""

    things: Things
    doors: dict[str, Knocker]
    writes: list[str]
    readable: str

    def stored(self) -> set[tuple[str, str, str]]:
        """Table and key of everything that is there."""
        found = set()
        for table in (DESK, JOURNAL):
            pages = self.things.store.client.get_paginator("scan").paginate(TableName=table)
            found |= {(table, item["pk"]["S"], item["sk"]["S"]) for page in pages for item in page["Items"]}
        return found

    def ask(self, operation: Operation, way: Way, caller: Caller | None, made: dict[str, str]) -> Answer:
        """What the door answers."""
        known = defaultdict(lambda: "none", made | {"readable": self.readable, "date": "2026-10-01"})
        path = operation.path.format_map(known) + (f"?{way.query.format_map(known)}" if way.query else "")
        body = {name: str(value).format_map(known) for name, value in way.body.items()} if way.body else way.body
        sent = body if operation.method in {"POST", "PUT", "PATCH"} else None
        return self.doors[operation.wing].knock(operation.method, path, sent, caller=caller, headers=way.headers)


@pytest.fixture(scope="module")
def world(template: dict[str, Any]) -> Iterator[World]:
    """One centre for all cells; each thing is made for its cell."""
    with pytest.MonkeyPatch.context() as patch, emulated_aws():
        for name, value in {"AWS_DEFAULT_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "test"}.items():
            patch.setenv(name, value)
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("WEBHOOK_LOOPBACK", "on")
        with opened("intake", patch) as intake:
            make_tables(resources.dynamodb(), template)
            store = resources.store()
            fill(store)
            writes: list[str] = []
            for call in ("TransactWriteItems", "PutItem"):
                store.client.meta.events.register(f"before-call.dynamodb.{call}", lambda **_: writes.append("write"))
            doors = {
                wing: Knocker(importlib.import_module(f"functions.{wing}.api").handler)
                for wing in ("escalation", "survey", "report")
            }
            things = Things(store)
            readable = things.make("ticket", Position(HOME, None))["ticket"]
            yield World(things, doors | {"intake": intake}, writes, readable)


@pytest.fixture(autouse=True)
def emptied(world: World) -> Iterator[None]:
    """Take away what a test has made: moto copies its tables for every transaction."""
    before = world.stored()
    yield
    for table, pk, sk in world.stored() - before:
        key = {"pk": {"S": pk}, "sk": {"S": sk}}
        world.things.store.client.delete_item(TableName=table, Key=key)


def fill(store: Store) -> None:
    """The small centre, and everybody who asks."""
    make_centre(store)
    people = [*CALLERS.values(), COLLEAGUE, STRANGER]
    store.transact(
        [
            *(staff_write(_staff(caller)) for caller in people),
            staff_write(_staff(Caller(id="gone", name="gone", roles=frozenset({"manager"})), active=False)),
            team_write(Team(id="finance", version=1, name="财务部", kind="department")),
        ]
    )


def _staff(caller: Caller, *, active: bool = True) -> Staff:
    return Staff(
        id=caller.id,
        version=1,
        name=caller.name,
        roles=("agent",),
        teams=tuple(caller.teams),
        subject=f"sub-{caller.id}",
        active=active,
    )


def test_rights_are_those_of_the_table() -> None:
    words = {1: "own", 2: "team", 3: "all"}

    assert {right: {role: words[scope] for role, scope in scopes.items()} for right, scopes in RIGHTS.items()} == SCOPES


def test_every_operation_with_a_narrow_right_has_a_way_to_be_asked() -> None:
    narrow = {operation.name for operation in STAFF_OPERATIONS if operation.right in NARROW}

    assert narrow == set(WAYS)


def cells(way: Way) -> Iterator[tuple[str, Caller, str, Position | None]]:
    """Who asks about what: role, caller, name of the position, the position."""
    for role, caller in CALLERS.items():
        if way.about is None:
            yield role, caller, "the centre's", None
        else:
            for name, place in positions(caller).items():
                shown = Position(place.team, None) if way.about in {"team", "department"} else place
                yield role, caller, name, shown


@pytest.mark.parametrize("operation", STAFF_OPERATIONS, ids=lambda operation: operation.name)
def test_operation_is_for_those_whom_the_table_names(world: World, operation: Operation) -> None:
    way = WAYS.get(operation.name, Way(body={}))
    wrong, refused, done = [], 0, 0
    for role, caller, name, place in cells(way):
        made = (
            world.things.make(way.about, place, move=operation.path.rpartition("/")[2]) if way.about and place else {}
        )
        allowed = reaches(caller, operation.right, asked_about(operation, way, place))
        world.writes.clear()
        answer = world.ask(operation, way, caller, made)
        refused += not allowed
        done += answer.status < 400
        if not fits(operation, way, answer.status, allowed=allowed):
            wrong.append(f"{role}, {name}: {answer.status} though {'allowed' if allowed else 'refused'}")
        if not allowed and world.writes:
            wrong.append(f"{role}, {name}: refused, but something was written")
        if operation.name not in SHOWS_ALL and any(full in answer.text for full in (PHONE, PHONE[3:], EMAIL, ADDRESS)):
            wrong.append(f"{role}, {name}: personal data in full")

    assert wrong == []
    if operation.right in NARROW and way.about:
        assert refused, "a narrow right that refuses nobody"
        assert done or way.absent, "nobody could do it, so the way to ask is wrong"


def asked_about(operation: Operation, way: Way, place: Position | None) -> Position | None:
    """The thing as the right sees it."""
    if place is None:
        return None
    if operation.right == "handoffs.answer":  # A hand-off is its department's, whoever has the ticket.
        return Position(place.team, None)
    if operation.right == "notices.read":  # A notice is one person's, whatever the team.
        return Position("", place.owner)
    if operation.right == "alerts.read" and place.owner is None:  # An alert that names nobody is the lead's.
        return Position(place.team, "")
    return Position(place.team, None) if way.about == "survey" else place


def fits(operation: Operation, way: Way, status: int, *, allowed: bool) -> bool:
    """Whether a status is what the table wants."""
    if not allowed:
        return status == 403 or (status == 404 and operation.name in HIDDEN)
    if status >= 500 or status in {401, 403}:
        return False
    return status == 404 or way.about is None if way.absent else status != 404 or way.about is None


@pytest.mark.parametrize("operation", STAFF_OPERATIONS, ids=lambda operation: operation.name)
def test_operation_is_for_nobody_who_is_not_signed_in(world: World, operation: Operation) -> None:
    way = WAYS.get(operation.name, Way(body={}))
    strangers = [
        None,
        Caller(id="gone", name="", roles=frozenset({"manager"})),
        Caller(id="x", name="", roles=frozenset({"admin"})),
    ]

    assert {world.ask(operation, way, caller, {}).status for caller in strangers} == {401}


LISTS = {
    "/v1/tickets": ("ticket", "tickets.read"),
    "/v1/follow-ups": ("follow_up", "followups.work"),
    "/v1/surveys?answered=false": ("survey", "surveys.read"),
    "/v1/alerts": ("alert", "alerts.read"),
}


@pytest.mark.parametrize(("path", "role"), list(itertools.product(LISTS, CALLERS)))
def test_list_shows_what_the_caller_may_see_and_nothing_else(world: World, path: str, role: str) -> None:
    kind, right = LISTS[path]
    caller = CALLERS[role]
    made = {name: (world.things.make(kind, place), place) for name, place in positions(caller).items()}  # type: ignore[arg-type]
    wing = {"/v1/tickets": "intake", "/v1/alerts": "escalation"}.get(path, "survey")
    if not reaches(caller, right, None):
        assert world.doors[wing].get(path, caller=caller).status == 403
        return
    asked = [path, *(f"{path}{'&' if '?' in path else '?'}{extra}" for extra in filters_of(path, caller))]
    shown: set[str] = set()
    for one in asked:
        cursor = ""
        for _ in range(200):
            answer = world.doors[wing].get(
                one + (f"{'&' if '?' in one else '?'}cursor={cursor}" if cursor else ""), caller=caller
            )
            if answer.status != 200:
                assert answer.status == 403
                break
            shown |= {json.dumps(item) for item in answer.json["items"]}
            cursor = answer.json.get("cursor", "")
            if not cursor:
                break
    for name, (ids, place) in made.items():
        seen = any(ids["ticket"] in item for item in shown)
        assert seen <= reaches(caller, right, place), f"{role} sees what is {name}"


def filters_of(path: str, caller: Caller) -> list[str]:
    """What somebody curious asks for."""
    common = [f"team={HOME}", f"team={AWAY}"]
    if path == "/v1/tickets":
        return [*common, f"assignee={STRANGER.id}", f"assignee={caller.id}", f"assignee={COLLEAGUE.id}"]
    return [*common, f"owner={STRANGER.id}"] if path == "/v1/follow-ups" else common


@pytest.mark.parametrize("role", CALLERS)
def test_list_of_nothing_is_an_empty_list_or_refused(world: World, role: str) -> None:
    number = world.things.make("ticket", Position(HOME, CALLERS[role].id))["ticket"]
    asked = {
        "intake": ["/v1/tickets?assignee=nobody", "/v1/tickets?customer_id=none", "/v1/tickets?order_number=none"],
        "survey": [f"/v1/surveys?ticket={number}", "/v1/surveys", "/v1/follow-ups", "/v1/follow-ups?owner=nobody"],
        "escalation": ["/v1/alerts", "/v1/alerts?mine=true", "/v1/notices"],
    }

    for wing, paths in asked.items():
        for path in paths:
            assert world.doors[wing].get(path, caller=CALLERS[role]).status in {200, 403}, path


CHECKS = {
    "a right covers everything": (Caller, "may", lambda *_args, **_named: True),
    "a role has every right": (Caller, "widest", lambda *_args: 3),
}


@pytest.mark.parametrize("name", CHECKS)
def test_matrix_fails_when_a_check_is_gone(world: World, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    owner, attribute, substitute = CHECKS[name]
    monkeypatch.setattr(owner, attribute, substitute)
    operation = next(one for one in STAFF_OPERATIONS if one.name == "POST /v1/tickets/{ticket}/notes")

    with pytest.raises((AssertionError, RightNotAskedError)):
        test_operation_is_for_those_whom_the_table_names(world, operation)


def test_action_that_forgets_to_ask_answers_nothing_and_writes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Caller, "require", lambda *_args, **_named: None)
    forgetful = [one for one in STAFF_OPERATIONS if one.name in WAYS and WAYS[one.name] != Way("ticket", absent=True)]
    forgetful = [one for one in forgetful if WAYS[one.name].about == "ticket"]
    for operation in forgetful:
        way = WAYS[operation.name]
        made = world.things.make("ticket", Position(AWAY, STRANGER.id), move=operation.path.rpartition("/")[2])
        world.writes.clear()

        with pytest.raises(RightNotAskedError, match=operation.right):
            world.ask(operation, way, CALLERS["lead"], made)

        assert not world.writes, operation.name
