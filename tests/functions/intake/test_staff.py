"""Who may sign in as whom, and who may change that."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.builders import AGENT, LEAD, MANAGER, NOW, WAREHOUSE
from tests.functions.door import Knocker
from tests.functions.intake.test_security import Lines, lines
from tests.functions.rights.people import ADMIN, DIRECTOR
from tingjian.people.staff.actions import put_staff
from tingjian.people.staff.models import Staff, StaffBody
from tingjian.people.staff.ranks import LastAdministratorError
from tingjian.people.staff.storage import STAFF, current_staff, staff_write
from tingjian.platform.errors import InvalidInputError, StaleError
from tingjian.platform.events import SYSTEM
from tingjian.platform.rights import Caller
from tingjian.platform.store import Store

__all__ = ["lines"]
SECOND = Caller(id="second", name="副管理员", roles=frozenset({"admin"}))
NEW = {"name": "韩梅", "roles": ["agent"], "teams": ["aftersales"], "subject": "sub-han"}


@pytest.fixture
def centre(centre: Store) -> Store:
    """The small centre with a director and two administrators."""
    centre.transact([staff_write(stored(caller)) for caller in (DIRECTOR, ADMIN, SECOND)])
    return centre


def stored(caller: Caller, **changes: Any) -> Staff:
    fields = {"id": caller.id, "version": 1, "name": caller.name, "roles": tuple(caller.roles)}
    return Staff(**fields | {"teams": tuple(caller.teams), "subject": f"sub-{caller.id}"} | changes)


def body_of(caller: Caller, **changes: Any) -> dict[str, Any]:
    return stored(caller).model_dump(exclude={"id", "version"}) | changes


def put(door: Knocker, person: str, body: dict[str, Any], *, by: Caller = ADMIN, version: int = 1) -> tuple[int, str]:
    """The status, and what the problem is about."""
    answer = door.send("PUT", f"/v1/staff/{person}", body, caller=by, if_match=f'"{version}"')
    problem = "" if answer.status < 300 else str(answer.json["type"]).rpartition(":")[2]
    return answer.status, problem


def test_sign_in_belongs_to_one_person(intake: Knocker) -> None:
    taken = intake.send("PUT", "/v1/staff/hanmei", NEW | {"subject": f"sub-{AGENT.id}"}, caller=ADMIN)

    assert (taken.status, taken.json["errors"][0]["field"], taken.json["errors"][0]["code"]) == (
        422,
        "subject",
        "taken",
    )
    assert put(intake, "hanmei", NEW, version=0) == (200, "")
    assert put(intake, "lilei", NEW, version=0) == (422, "invalid_input")
    assert put(intake, "hanmei", NEW | {"active": False}) == (200, "")
    assert put(intake, "lilei", NEW, version=0) == (422, "invalid_input"), "a leaver's sign-in is nobody else's"


def test_of_two_people_given_one_sign_in_at_once_one_gets_it(centre: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    made: dict[str, Any] = {"expected": None, "actor": SYSTEM, "now": NOW}
    asked = threading.Event()
    transact = Store.transact

    def second_first(store: Store, *arguments: Any, **options: Any) -> None:
        if not asked.is_set():
            asked.set()
            put_staff(store, "lilei", StaffBody.model_validate(NEW), **made)
        transact(store, *arguments, **options)

    monkeypatch.setattr(Store, "transact", second_first)

    with pytest.raises((StaleError, InvalidInputError)):
        put_staff(centre, "hanmei", StaffBody.model_validate(NEW), **made)

    assert current_staff(centre, "hanmei") is None


def test_sign_in_that_two_old_records_share_signs_nobody_in(intake: Knocker, centre: Store) -> None:
    centre.transact([staff_write(stored(AGENT, id="double"))])

    assert intake.get("/v1/me", caller=AGENT).status == 401


def test_demotion_acts_with_the_next_request_whatever_the_token_says(intake: Knocker, centre: Store) -> None:
    assert intake.get("/v1/tickets?team=presales", caller=MANAGER).status == 200

    # Another process writes; this one has its copy of the staff list still.
    centre.transact([staff_write(stored(MANAGER, roles=("agent",), version=2))])

    assert intake.get("/v1/me", caller=MANAGER).status == 403
    assert intake.get("/v1/tickets?team=presales", caller=MANAGER).status == 403


def test_whoever_is_switched_off_is_out_with_the_next_request(intake: Knocker, centre: Store) -> None:
    assert intake.get("/v1/me", caller=AGENT).status == 200

    centre.transact([staff_write(stored(AGENT, active=False, version=2))])

    assert intake.get("/v1/me", caller=AGENT).status == 401


@pytest.mark.parametrize("token", [{"agent", "admin"}, {"agent"}])
def test_role_counts_only_where_token_and_record_agree(intake: Knocker, token: set[Any]) -> None:
    caller = Caller(id=AGENT.id, name=AGENT.name, roles=frozenset(token))

    assert intake.get("/v1/me", caller=caller).json["roles"] == ["agent"]


@pytest.mark.parametrize(
    ("by", "person", "changes"),
    [
        (MANAGER, MANAGER, {}),
        (ADMIN, ADMIN, {"roles": ["agent"]}),
        (MANAGER, DIRECTOR, {"active": False}),
        (MANAGER, ADMIN, {"subject": "sub-mine"}),
        (DIRECTOR, ADMIN, {}),
        (MANAGER, AGENT, {"roles": ["director"]}),
        (MANAGER, AGENT, {"roles": ["agent", "admin"]}),
    ],
)
def test_nobody_edits_himself_or_anybody_above_or_gives_what_he_has_not(
    intake: Knocker, by: Caller, person: Caller, changes: dict[str, Any]
) -> None:
    assert put(intake, person.id, body_of(person, **changes), by=by) == (403, "access_denied")


@pytest.mark.parametrize(("by", "person"), [(MANAGER, LEAD), (DIRECTOR, MANAGER), (ADMIN, DIRECTOR), (ADMIN, SECOND)])
def test_those_above_and_equals_edit(intake: Knocker, by: Caller, person: Caller) -> None:
    assert put(intake, person.id, body_of(person, name="新名"), by=by) == (200, "")


def test_last_administrator_stays_one(intake: Knocker, centre: Store) -> None:
    assert put(intake, SECOND.id, body_of(SECOND, roles=["manager"])) == (200, "")

    for changes in ({"roles": ("agent",)}, {"active": False}, {"subject": ""}):
        body = StaffBody.model_validate(body_of(ADMIN, **changes))
        with pytest.raises(LastAdministratorError):
            put_staff(centre, ADMIN.id, body, expected=None, actor=SYSTEM, now=NOW)


def test_two_administrators_who_remove_each_other_at_once_do_not_both_succeed(
    centre: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: dict[str, Any] = {"expected": None, "actor": SYSTEM, "now": NOW}

    def remove(caller: Caller) -> Callable[[], Staff]:
        body = StaffBody.model_validate(body_of(caller, active=False))
        return lambda: put_staff(centre, caller.id, body, **made)

    transact, begun = Store.transact, threading.Event()

    def second_first(store: Store, *arguments: Any, **options: Any) -> None:
        if not begun.is_set():
            begun.set()
            remove(SECOND)()
        transact(store, *arguments, **options)

    monkeypatch.setattr(Store, "transact", second_first)
    with pytest.raises(StaleError):
        remove(ADMIN)()

    centre.forget(STAFF)
    kept = current_staff(centre, ADMIN.id)
    assert kept is not None
    assert kept.active


def test_id_of_a_leaver_is_never_another_persons(intake: Knocker) -> None:
    assert put(intake, AGENT.id, body_of(AGENT, active=False)) == (200, "")

    heir = NEW | {"name": "接班人"}
    assert put(intake, AGENT.id, heir, version=2) == (409, "id_of_leaver")
    assert put(intake, AGENT.id, heir | {"active": False}, version=2) == (409, "id_of_leaver")
    assert put(intake, AGENT.id, body_of(AGENT), version=2) == (200, ""), "the same sign-in may come back"


def test_departments_see_names_and_teams_only(intake: Knocker) -> None:
    put(intake, LEAD.id, body_of(LEAD, active=False))

    seen = intake.get("/v1/staff", caller=WAREHOUSE).json["items"]

    assert {tuple(sorted(person)) for person in seen} == {("id", "name", "teams")}
    assert LEAD.id not in {person["id"] for person in seen}


def test_sign_in_ids_are_shown_to_editors_only(intake: Knocker) -> None:
    for_agent, for_manager = (intake.get("/v1/staff", caller=caller).json["items"] for caller in (AGENT, MANAGER))

    assert not any("subject" in person for person in for_agent)
    assert all("email" in person for person in for_agent)
    assert all("subject" in person for person in for_manager)


def test_change_of_rights_is_a_line_of_the_security_log(intake: Knocker, lines: Lines) -> None:
    put(intake, LEAD.id, body_of(LEAD, name="赵敏敏"))
    assert lines.of("RolesChanged") == []

    put(intake, LEAD.id, body_of(LEAD, roles=["manager"]), version=2)

    [line] = lines.of("RolesChanged")
    assert {name: line[name] for name in ("kind", "who", "person", "roles", "was")} == {
        "kind": "security",
        "who": ADMIN.id,
        "person": LEAD.id,
        "roles": "manager",
        "was": "lead",
    }


def test_refused_edit_is_a_line_too(intake: Knocker, lines: Lines) -> None:
    put(intake, DIRECTOR.id, body_of(DIRECTOR), by=MANAGER)

    [line] = lines.of("AccessDenied")
    assert (line["who"], line["right"]) == (MANAGER.id, "staff.edit")
