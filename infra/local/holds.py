"""A fault point: calls of AWS are held back at the front door, so that a test meets a function in mid-work.

`POST /_local/hold?call=TransactWriteItems&text=…&passes=40` lets 40 such calls pass whose body has the text, and makes
every later one wait until its caller is gone or the hold is lifted with `DELETE`. With `&answered=no` the call is done
and only its answer waits, as when a reply is lost. Every answer of `/_local/hold` says how many calls are `waiting`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]


@dataclass(slots=True)
class Hold:
    """Stands before the application: which calls wait, and how many of them do."""

    app: App
    call: str
    text: str
    passes: int
    done: bool = False
    waiting: int = 0
    _lifted: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    def of_query(cls, query: str, app: App) -> Hold:
        """Read a hold from the query of its request. Raises KeyError, ValueError."""
        given = dict(parse_qsl(query))
        return cls(app, given["call"], given["text"], int(given["passes"]), done=given.get("answered") == "no")

    def lift(self) -> None:
        """Let go all that wait, and hold nothing more."""
        self._lifted.set()

    async def lead(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Pass a request on to the application, or hold it."""
        body = await whole_body(receive)
        answer: list[Message] = []

        async def keep(message: Message) -> None:
            answer.append(message)

        if not self._holds(scope, body):
            await self.app(scope, again(body, receive), send)
            return
        if self.done:
            await self.app(scope, again(body, receive), keep)
        if not await self._is_let_go(receive):
            return
        for message in answer:
            await send(message)
        if not self.done:
            await self.app(scope, again(body, receive), send)

    def _holds(self, scope: MutableMapping[str, Any], body: bytes) -> bool:
        target = dict(scope["headers"]).get(b"x-amz-target", b"").decode()
        if self._lifted.is_set() or target.rpartition(".")[2] != self.call or self.text.encode() not in body:
            return False
        self.passes -= 1
        return self.passes < 0

    async def _is_let_go(self, receive: Receive) -> bool:
        """Wait; True when the hold was lifted, False when the caller is gone."""
        self.waiting += 1
        gone, lifted = asyncio.ensure_future(receive()), asyncio.ensure_future(self._lifted.wait())
        try:
            await asyncio.wait({gone, lifted}, return_when=asyncio.FIRST_COMPLETED)
            return not gone.done()
        finally:
            self.waiting -= 1
            gone.cancel()
            lifted.cancel()


async def whole_body(receive: Receive) -> bytes:
    """Return the request's body; a part of it if the caller goes away."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def again(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that hands out the body once more, and then what is still to come."""
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return first.pop() if first else await receive()

    return receive_again
