import asyncio
from collections.abc import Coroutine, MutableMapping
from typing import Any

import pytest

from infra.local.holds import Hold, Message, Receive, Send

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])  # An event loop wakes itself through a socket.

QUERY = "call=TransactWriteItems&text=%22case%22&passes=1"
SCOPE = {"headers": [(b"x-amz-target", b"DynamoDB_20120810.TransactWriteItems")]}


class Application:
    """Remembers the bodies that it was given."""

    def __init__(self) -> None:
        self.done: list[bytes] = []

    async def __call__(self, _scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        self.done.append((await receive())["body"])
        await send({"type": "http.response.body", "body": b"done"})


class Caller:
    """Sends one request in two pieces, and hears the answer; it may hang up."""

    def __init__(self, body: bytes = b'{"case": 1}') -> None:
        self.heard: list[Message] = []
        self.messages: asyncio.Queue[Message] = asyncio.Queue()
        for place, piece in enumerate((body[:4], body[4:])):
            self.messages.put_nowait({"type": "http.request", "body": piece, "more_body": place == 0})

    def hang_up(self) -> None:
        self.messages.put_nowait({"type": "http.disconnect"})

    async def hear(self, message: Message) -> None:
        self.heard.append(message)

    def call(self, hold: Hold, scope: dict[str, Any] = SCOPE) -> Coroutine[Any, Any, None]:
        return hold.lead(scope, self.messages.get, self.hear)


async def waiting(hold: Hold, caller: Caller) -> asyncio.Task[None]:
    """The call of a caller that is being held."""
    call = asyncio.ensure_future(caller.call(hold))
    while not hold.waiting:  # noqa: ASYNC110 - a hold counts, and tells nobody
        await asyncio.sleep(0)
    return call


def test_calls_pass_until_so_many_have_and_others_always_do() -> None:
    async def story() -> tuple[list[bytes], int]:
        application = Application()
        hold = Hold.of_query(QUERY, application)
        await Caller().call(hold)
        await Caller(b'{"other": 1}').call(hold)
        await Caller().call(hold, {"headers": [(b"x-amz-target", b"DynamoDB_20120810.GetItem")]})
        await Caller().call(hold, {"headers": []})
        call = await waiting(hold, Caller())
        call.cancel()
        return application.done, hold.waiting

    done, left = asyncio.run(story())

    assert done == [b'{"case": 1}', b'{"other": 1}', b'{"case": 1}', b'{"case": 1}']
    assert left == 1


@pytest.mark.parametrize(("answered", "at_once"), [("yes", 0), ("no", 1)])
def test_held_call_is_answered_once_it_is_let_go(answered: str, at_once: int) -> None:
    async def story() -> tuple[int, list[bytes], list[Message]]:
        application, caller = Application(), Caller()
        hold = Hold.of_query(f"{QUERY}&answered={answered}".replace("passes=1", "passes=0"), application)
        call = await waiting(hold, caller)
        done = len(application.done)
        hold.lift()
        await call
        await Caller().call(hold)
        return done, application.done, caller.heard

    done, in_all, heard = asyncio.run(story())

    assert done == at_once
    assert in_all == [b'{"case": 1}'] * 2
    assert [message["body"] for message in heard] == [b"done"]


@pytest.mark.parametrize(("answered", "in_all"), [("yes", 0), ("no", 1)])
def test_held_call_of_a_caller_that_is_gone_is_dropped(answered: str, in_all: int) -> None:
    async def story() -> tuple[int, int, list[Message]]:
        application, caller = Application(), Caller()
        hold = Hold.of_query(f"{QUERY}&answered={answered}".replace("passes=1", "passes=0"), application)
        call = await waiting(hold, caller)
        caller.hang_up()
        await call
        return len(application.done), hold.waiting, caller.heard

    assert asyncio.run(story()) == (in_all, 0, [])
