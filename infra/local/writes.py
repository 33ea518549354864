"""A log of the writes since the last checkpoint, so that a kill loses no item and no file whose write was answered.

A write is in the log before its answer leaves, as the request that made it. The next start sends the logged requests
again, in order, to the state of the last checkpoint. A request that was under way while the state was split off can
come twice; what the product writes has conditions, so the second time changes nothing. Logged are items of tables,
objects of buckets and messages of queues. What AWS draws at random, such as the id of a new person of the user pool,
cannot be repeated.
"""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from infra.local.holds import App, Message, Receive, Send, again, whole_body

TARGETS = {
    b"DynamoDB_20120810.PutItem",
    b"DynamoDB_20120810.UpdateItem",
    b"DynamoDB_20120810.DeleteItem",
    b"DynamoDB_20120810.TransactWriteItems",
    b"DynamoDB_20120810.BatchWriteItem",
    b"AmazonSQS.SendMessage",
    b"AmazonSQS.SendMessageBatch",
}
OBJECT_WRITES = {"PUT", "POST", "DELETE"}
LARGEST_SUCCESS = 299
LOGGER = logging.getLogger("writes")


def is_logged(scope: Any) -> bool:
    """Whether a request is a write that can be sent again."""
    headers = dict(scope["headers"])
    if b"x-amz-target" in headers:
        return headers[b"x-amz-target"] in TARGETS
    if scope["method"] not in OBJECT_WRITES:
        return False
    form = scope["method"] == "POST" and headers.get(b"content-type", b"").startswith(b"multipart/form-data")
    return (
        form or b"/s3/aws4_request" in headers.get(b"authorization", b"") or b"X-Amz-Signature" in scope["query_string"]
    )


@dataclass(slots=True)
class WriteLog:
    """The files of the log in a folder; a checkpoint that is split off begins a new one."""

    folder: Path
    _number: int = 0
    _file: IO[str] | None = None
    _old: list[Path] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._old = sorted(self.folder.glob("writes-*.jsonl"))
        self._number = int(self._old[-1].stem.partition("-")[2]) if self._old else 0
        self.begin()

    def begin(self) -> list[Path]:
        """Log into a new file from now on; the files before it, which a finished checkpoint makes needless."""
        before = list(self._old)
        if self._file:
            self._file.close()
            before.append(Path(self._file.name))
        self._number += 1
        path = self.folder / f"writes-{self._number:09}.jsonl"
        self._file = path.open("a", encoding="ascii", buffering=1)
        self._old = before
        return before

    def forget(self, files: Iterable[Path]) -> None:
        """Delete files whose writes a checkpoint holds."""
        for path in files:
            path.unlink(missing_ok=True)
        self._old = [path for path in self._old if path.exists()]

    async def answer(self, app: App, scope: Any, receive: Receive, send: Send) -> None:
        """Let the application answer a write, and log it before the answer leaves."""
        body = await whole_body(receive)

        async def log_and_send(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] <= LARGEST_SUCCESS:
                self._append(scope, body)
            await send(message)

        await app(scope, again(body, receive), log_and_send)

    async def repeat(self, app: App) -> int:
        """Send the logged requests to the application again; how many there were."""
        count = 0
        async for scope, body in self._logged():
            count += 1

            async def drop(_message: Message) -> None:
                pass

            async def gone() -> Message:
                return {"type": "http.disconnect"}

            try:
                await app(scope, again(body, gone), drop)
            except Exception:
                LOGGER.exception("a logged write could not be repeated")
        return count

    def _append(self, scope: Any, body: bytes) -> None:
        record = {
            "method": scope["method"],
            "path": scope["path"],
            "raw_path": scope.get("raw_path", b"").decode("latin-1"),
            "query": scope["query_string"].decode("latin-1"),
            "headers": [[name.decode("latin-1"), value.decode("latin-1")] for name, value in scope["headers"]],
            "body": base64.b64encode(body).decode(),
        }
        if self._file:
            self._file.write(json.dumps(record) + "\n")

    async def _logged(self) -> AsyncIterator[tuple[dict[str, Any], bytes]]:
        for path in self._old:
            for line in path.read_text(encoding="ascii").splitlines():
                try:
                    record = json.loads(line)
                except ValueError:  # The kill came in the middle of the last line; its write was not answered.
                    continue
                yield (
                    {
                        "type": "http",
                        "asgi": {"version": "3.0"},
                        "http_version": "1.1",
                        "scheme": "http",
                        "server": ("127.0.0.1", 0),
                        "client": ("127.0.0.1", 0),
                        "root_path": "",
                        "method": record["method"],
                        "path": record["path"],
                        "raw_path": record["raw_path"].encode("latin-1"),
                        "query_string": record["query"].encode("latin-1"),
                        "headers": [
                            (name.encode("latin-1"), value.encode("latin-1")) for name, value in record["headers"]
                        ],
                    },
                    base64.b64decode(record["body"]),
                )
