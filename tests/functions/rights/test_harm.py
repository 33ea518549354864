"""What somebody who means harm would try with what they know."""

import pytest

from tests.builders import AGENT, COLLEAGUE, LEAD, STRANGER
from tests.functions.rights.centre import OTHER_UPLOAD, Centre, Thing
from tests.functions.rights.people import TEAMLESS
from tests.functions.rights.scopes import Place
from tingjian.people.staff.models import Staff
from tingjian.people.staff.sign_ins import identify
from tingjian.people.staff.storage import STAFF, staff_write
from tingjian.platform.errors import SignInRequiredError

READ = ("", "/history", "/messages", "/messages/{message}/attachments/{attachment}")


def found(world: Centre, team: str, owner: str | None) -> Thing:
    """The ticket in this place."""
    return next(thing for thing in world.things["ticket"] if thing.place == Place(team, owner))


def test_key_of_a_colleague_repeats_nothing_for_somebody_else(world: Centre) -> None:
    theirs = found(world, "presales", STRANGER.id)
    path, key = f"/v1/tickets/{theirs.parts['ticket']}/follow-link", {"idempotency-key": "k"}
    before = world.state

    first = world.knock("intake", "POST", path, caller=STRANGER, headers=key)
    again = world.knock("intake", "POST", path, caller=AGENT, headers=key)
    world.put_back(before)

    assert (first.status, again.status) == (200, 403)


def test_file_of_a_foreign_ticket_is_not_reached_by_way_of_an_own_one(world: Centre) -> None:
    own, theirs = found(world, "aftersales", AGENT.id), found(world, "presales", STRANGER.id)
    before = world.state
    message = world.with_other_file(theirs)
    path = f"/v1/tickets/{own.parts['ticket']}/messages/{message}/attachments/{OTHER_UPLOAD}"

    assert world.knock("intake", "GET", path, caller=AGENT).status == 404
    world.put_back(before)


@pytest.mark.parametrize("upload", ["../attachments", "a/../../b", "..", "uploads/upload-1"])
def test_file_is_taken_from_uploads_only(world: Centre, upload: str) -> None:
    own = found(world, "aftersales", AGENT.id)
    body = {"text": "见附件", "attachments": [upload]}
    before = world.state

    assert world.knock("intake", "POST", f"/v1/tickets/{own.parts['ticket']}/notes", body, caller=AGENT).status == 422
    assert world.state == before


def test_link_to_a_ticket_that_the_caller_may_not_read_is_refused(world: Centre) -> None:
    own, theirs = found(world, "aftersales", AGENT.id), found(world, "presales", STRANGER.id)
    before = world.state
    path, body = f"/v1/tickets/{own.parts['ticket']}/links", {"ticket": theirs.parts["ticket"]}

    assert world.knock("intake", "POST", path, body, caller=AGENT).status == 403
    assert world.state == before


def test_own_ticket_that_was_given_away_is_closed_to_who_had_it(world: Centre) -> None:
    own = found(world, "aftersales", AGENT.id)
    before = world.state
    world.do("intake", "POST", f"/v1/tickets/{own.parts['ticket']}/assign", {"team": "presales"})

    statuses = {
        world.knock(
            "intake", "GET", f"/v1/tickets/{own.parts['ticket']}{part.format_map(own.parts)}", caller=AGENT
        ).status
        for part in READ
    }
    listed = world.knock("intake", "GET", "/v1/tickets?limit=100", caller=AGENT).text
    world.put_back(before)

    assert statuses == {403}
    assert own.parts["ticket"] not in listed


def test_lead_of_one_team_gives_no_foreign_ticket_to_the_own_team(world: Centre) -> None:
    theirs = found(world, "presales", STRANGER.id)
    path, body = f"/v1/tickets/{theirs.parts['ticket']}/assign", {"team": "aftersales", "assignee": LEAD.id}

    assert world.knock("intake", "POST", path, body, caller=LEAD).status == 403


def test_notices_and_their_count_are_the_readers_own(world: Centre) -> None:
    for caller in (TEAMLESS, COLLEAGUE):
        shown = world.knock("escalation", "GET", "/v1/notices?limit=100", caller=caller).json
        stored = world.store.query_all(f"staff#{caller.id}", prefix="notice#")

        assert len(shown["items"]) == shown["unread"] == len(stored)


def test_cursor_of_a_list_that_leaves_things_out_is_of_use_to_its_reader_only(world: Centre) -> None:
    customer = world.things["of one customer"][0].parts["customer"]
    path = f"/v1/tickets?customer_id={customer}&limit=1"
    cursor = world.knock("intake", "GET", path, caller=AGENT).json["cursor"]

    asked = [
        world.knock("intake", "GET", f"{path}&cursor={cursor}", caller=caller).status for caller in (AGENT, TEAMLESS)
    ]
    end = "BA" if cursor.endswith("AA") else "AA"
    forged = world.knock("intake", "GET", f"{path}&cursor={cursor[:-2]}{end}", caller=AGENT)

    assert asked == [200, 422]
    assert forged.status == 422


@pytest.mark.parametrize("claims", [{}, {"sub": ""}, {"sub": "", "cognito:groups": "[admin]"}])
def test_token_without_a_subject_is_nobody(world: Centre, claims: dict[str, str]) -> None:
    before = world.state
    world.store.transact([staff_write(Staff(id="new", version=1, name="新人", roles=("admin",)))])
    world.store.forget(STAFF)

    with pytest.raises(SignInRequiredError):
        identify(world.store, claims)
    world.put_back(before)
    world.store.forget(STAFF)


@pytest.mark.parametrize(
    ("groups", "roles"),
    [("[lead]", {"lead"}), ("[agent lead quality]", {"lead"}), ("[agent]", set()), ("", set()), ("[king]", set())],
)
def test_roles_are_those_that_the_token_and_the_record_both_give(world: Centre, groups: str, roles: set[str]) -> None:
    claims = {"sub": f"sub-{LEAD.id}", "cognito:groups": groups}

    assert identify(world.store, claims).roles == roles


def test_name_of_a_colleague_is_no_way_into_what_is_theirs(world: Centre) -> None:
    path = f"/v1/tickets?assignee={STRANGER.id}&limit=100"

    assert world.knock("intake", "GET", path, caller=TEAMLESS).json["items"] == []
    assert world.knock("survey", "GET", f"/v1/follow-ups?owner={STRANGER.id}", caller=TEAMLESS).json["items"] == []
