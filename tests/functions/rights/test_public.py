"""Links of customers: each opens the one thing that it was made for, until its time, and nothing that was made up."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.functions.rights.asking import ASKS
from tests.functions.rights.centre import OTHER_UPLOAD, SECRET, Centre, Thing
from tests.functions.rights.matrix import Cell, operations
from tingjian.platform.signing import Signer

BY_LINK = sorted(name for name, operation in operations().items() if "{token}" in operation.path)
SOON = datetime.now(UTC) + timedelta(days=1)


def use_of(thing: Thing) -> tuple[str, str]:
    """What the thing's link is for, and the id that it opens."""
    if "consents" in thing.parts:
        return "consents", thing.parts["consents"]
    return ("survey", thing.parts["survey"]) if "survey" in thing.parts else ("follow", thing.parts["ticket"])


def for_another_use(thing: Thing) -> str:
    use, identifier = use_of(thing)
    return SECRET.token("follow" if use == "survey" else "survey", identifier, expires_at=SOON)


def with_another_signature(thing: Thing) -> str:
    use, _ = use_of(thing)
    other = SECRET.token(use, "518600000007", expires_at=SOON)
    return f"{thing.parts['token'].partition('.')[0]}.{other.partition('.')[2]}"


def altered(thing: Thing) -> str:
    token = thing.parts["token"]
    return f"{token[:9]}{'A' if token[9] != 'A' else 'B'}{token[10:]}"


def cut(thing: Thing) -> str:
    return thing.parts["token"][:-1]


def signed_by_somebody_else(thing: Thing) -> str:
    use, identifier = use_of(thing)
    return Signer(b"t" * 64).token(use, identifier, expires_at=SOON)


def the_bare_id(thing: Thing) -> str:
    return use_of(thing)[1]


def expired(thing: Thing) -> str:
    use, identifier = use_of(thing)
    return SECRET.token(use, identifier, expires_at=datetime.now(UTC) - timedelta(seconds=1))


def a_sealed_cursor(thing: Thing) -> str:
    use, identifier = use_of(thing)
    return SECRET.seal("chen", f"1:{use}:{identifier}:9999999999")


@pytest.mark.parametrize("operation", BY_LINK)
@pytest.mark.parametrize("who", ["signed out", "manager"])
@pytest.mark.parametrize(
    ("forge", "status"),
    [
        (for_another_use, 404),
        (with_another_signature, 404),
        (altered, 404),
        (cut, 404),
        (signed_by_somebody_else, 404),
        (the_bare_id, 404),
        (a_sealed_cursor, 404),
        (expired, 410),
    ],
)
def test_link_that_was_not_given_opens_nothing(
    world: Centre, operation: str, who: str, forge: Callable[[Thing], str], status: int
) -> None:
    thing = world.things[ASKS[operation].about][0]
    before = world.state

    answer = Cell(operation, who, Thing({**thing.parts, "token": forge(thing)})).knock(world)

    assert answer.status == status
    assert world.state == before
    assert [part for part in ("包裹没到", *world.personal) if part in answer.text] == []


def test_link_opens_no_file_of_another_ticket(world: Centre) -> None:
    mine, theirs = world.things["ticket"][:2]
    before = world.state
    message = world.with_other_file(theirs)
    path = f"/v1/public/tickets/{{}}/messages/{message}/attachments/{OTHER_UPLOAD}"

    statuses = [
        world.knock("intake", "GET", path.format(thing.parts["token"]), caller=None).status for thing in (theirs, mine)
    ]
    world.put_back(before)

    assert statuses == [200, 404]


@pytest.mark.parametrize(("written", "status"), [("replies", 200), ("notes", 404)])
def test_customer_gets_the_files_of_replies_and_not_those_of_notes(world: Centre, written: str, status: int) -> None:
    mine = world.things["ticket"][0]
    before = world.state
    message = world.with_other_file(mine, written)
    path = f"/v1/public/tickets/{mine.parts['token']}/messages/{message}/attachments/{OTHER_UPLOAD}"

    answer = world.knock("intake", "GET", path, caller=None)
    world.put_back(before)

    assert answer.status == status


def test_customer_is_told_nothing_of_the_house(world: Centre) -> None:
    mine = world.things["ticket"][0]
    world_before = world.state
    note = f"/v1/tickets/{mine.parts['ticket']}/notes"
    world.do("intake", "POST", note, {"text": "只给自己人看"})
    headers = {"if-match": '"0"'}
    path = f"/v1/public/tickets/{mine.parts['token']}"

    shown = world.knock("intake", "GET", path, caller=None).text
    written = world.knock("intake", "POST", f"{path}/messages", {"text": "喂"}, caller=None, headers=headers)
    world.put_back(world_before)

    assert "只给自己人看" not in shown
    assert written.status == 201
    assert [word for word in ("chen", "aftersales", "staff#") if word in shown + written.text] == []
