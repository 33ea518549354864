"""MiniStack with a front door, checkpoints and AWS's stream semantics. Run as `python -m infra.local.emulator`.

It reaches into MiniStack's internals, so the version is pinned and another one is refused. Each patch below says which
gap it closes; the parts with decisions in them are `front` and `streams`.

Environment: LOCAL_HOME is the folder of this stack, GATEWAY_PORT its port, and what MiniStack itself reads.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import sys
import threading
import time
from collections.abc import MutableMapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from infra.local import front, streams
from infra.local.holds import App, Hold, Message, Receive, Send
from infra.local.writes import WriteLog, is_logged

SUPPORTED = "1.5.33"
CHECKPOINT_S = 5.0
# A checkpoint takes longer as the state grows; it may keep one processor busy a fifth of the time.
CHECKPOINT_SHARE = 4
LONGEST_REQUEST_S = 5.0
HIGHEST_FILE = 1 << 16
READS = {"GET", "HEAD", "OPTIONS"}
PLAIN = "/$:@!&'()*+,;=~"  # What stands in a path as it is; the rest is written in per cent.

Scope = MutableMapping[str, Any]


def main() -> None:
    """Run the emulator until SIGTERM. It saves its state every few seconds, and at the end."""
    require_supported_version()
    home = Path(os.environ["LOCAL_HOME"])
    from ministack import app

    quicken()
    forget_stream_positions()
    shape_requests()
    deliver_streams()
    match_filters()
    keep_attributes()
    app.app = FrontDoor(app.app, home, Checkpoints(app, WriteLog(home)))
    sys.argv = ["ministack"]
    app.main()


def require_supported_version() -> None:
    """Exit with the way out unless MiniStack is the version that the patches were written and tested for."""
    try:
        found = version("ministack")
    except PackageNotFoundError:
        found = "none"
    if found != SUPPORTED:
        sys.exit(
            f"The local stack needs MiniStack {SUPPORTED}, but {found} is installed in {sys.prefix}."
            " Delete the folder .venv-local and run `make run` again."
        )


def quicken() -> None:
    """Shorten the 50 ms for which every call waits for a log line."""
    from ministack.core.lambda_runtime import Worker

    Worker._drain_stderr_bounded.__defaults__ = (0.003, 0.002, 0.25)


def forget_stream_positions() -> None:
    """Read streams from their start after a restart: old records are gone, so an old position would skip new ones."""
    from ministack.services import lambda_svc

    lambda_svc._restore_esm_positions = lambda _store, _positions: None


def shape_requests() -> None:
    """Hand functions the cookies of a request where API Gateway puts them."""
    from ministack.services import lambda_svc

    execute = lambda_svc._execute_function_with_config_scope

    def with_cookies(function: dict[str, Any], event: Any) -> dict[str, Any]:
        if isinstance(event, dict):
            front.list_cookies(event)
        return execute(function, event)  # type: ignore[no-any-return]

    lambda_svc._execute_function_with_config_scope = with_cookies


def deliver_streams() -> None:
    """Give batches of DynamoDB stream records the retries and the failure destination that their mapping asks for."""
    from ministack.services import lambda_svc

    execute = lambda_svc._execute_function

    def execute_batch(function: dict[str, Any], event: Any) -> dict[str, Any]:
        mapping = stream_mapping(lambda_svc, function, event)
        if mapping is None:
            return execute(function, event)  # type: ignore[no-any-return]
        source = mapping["EventSourceArn"]
        streams.deliver(
            event["Records"],
            mapping,
            invoke=lambda batch: execute(function, {"Records": batch}),
            discard=lambda batch, answer: lambda_svc._send_ddb_stream_failure_record(
                mapping, function, batch, source, answer, "RetryAttemptsExhausted"
            ),
            pause=time.sleep,
        )
        return {"body": None}

    lambda_svc._execute_function = execute_batch


def match_filters() -> None:
    """Let a filter match that asks for the absence of an attribute."""
    from ministack.services import lambda_svc

    match = lambda_svc._match_esm_filter
    lambda_svc._match_esm_filter = lambda record, pattern: match(streams.with_absent_parents(record, pattern), pattern)


def keep_attributes() -> None:
    """Keep the attributes of a nested stack's unchanged resources. Without them its outputs fail on an update."""
    from ministack.services.cloudformation import _stacks, provisioners

    update = provisioners._update_resource

    def update_resource(  # noqa: PLR0917 - the signature that MiniStack calls
        kind: str, identity: str, old: Any, new: Any, stack: str, logical_id: str | None = None, known: Any = None
    ) -> tuple[str, dict[str, Any]]:
        if known is None:
            resources = (_stacks.get(stack) or {}).get("_resources", {})
            known = resources.get(logical_id, {}).get("Attributes", {})
        updated, attributes = update(kind, identity, old, new, stack, logical_id, known)
        return updated, {**known, **(attributes or {})} if updated == identity else attributes

    provisioners._update_resource = update_resource


def stream_mapping(lambda_svc: Any, function: dict[str, Any], event: Any) -> dict[str, Any] | None:
    """Find the mapping with finite retries that an event came through; None for any other event."""
    records = event.get("Records") if isinstance(event, dict) else None
    if not records or records[0].get("eventSource") != "aws:dynamodb":
        return None
    arn = (function.get("config") or function).get("FunctionArn")
    for _account, _region, mapping in lambda_svc._iter_all_esms():
        if (mapping.get("EventSourceArn"), mapping.get("FunctionArn")) == (records[0]["eventSourceARN"], arn):
            attempts = mapping.get("MaximumRetryAttempts")
            return mapping if attempts is not None and attempts >= 0 else None
    return None


class Checkpoints:
    """Saves the emulator's state while it runs; what was written since then stands in the log of writes.

    A child process writes the files. It is split off on the event loop, between two requests, so the state is that of
    one moment, and the loop is not blocked. Logs are left out: they are most of the bytes, and no data of the product.
    """

    def __init__(self, app: Any, writes: WriteLog) -> None:
        self.app = app
        self.writes = writes
        self._before_split: list[Path] = []
        self.changed = threading.Event()
        self._one_at_a_time = threading.Lock()
        self._saved_code = ""
        save_at_stop = app.save_all
        logging.getLogger("persistence").setLevel(logging.WARNING)

        def save_alone(services: dict[str, Any]) -> None:
            with self._one_at_a_time:
                save_at_stop(services)
                writes.forget(writes.begin())

        app.save_all = save_alone

    def run(self, loop: asyncio.AbstractEventLoop) -> None:
        """Save after every change, for ever; it runs in its own thread."""
        while True:
            self.changed.wait()
            self.changed.clear()
            started = time.monotonic()
            self.save(loop)
            took = time.monotonic() - started
            time.sleep(max(CHECKPOINT_S, CHECKPOINT_SHARE * took))

    def save(self, loop: asyncio.AbstractEventLoop) -> None:
        """Save once; return when the files are written. Call it from any thread but the loop's own."""
        with self._one_at_a_time:
            split = asyncio.run_coroutine_threadsafe(self._split(), loop)
            try:
                child = split.result(timeout=LONGEST_REQUEST_S)
            except TimeoutError:  # The loop is busy with a long request, or with the last save before the end.
                split.cancel()
                self.changed.set()
                return
            _, status = os.waitpid(child, 0)
            if os.waitstatus_to_exitcode(status) == 0:
                self.writes.forget(self._before_split)

    async def _split(self) -> int:
        code = code_state()
        self._before_split = self.writes.begin()
        child = os.fork()
        if child == 0:
            self._write_and_exit({"cloudwatch_logs"} if code != self._saved_code else {"cloudwatch_logs", "lambda"})
        self._saved_code = code
        return child

    def _write_and_exit(self, left_out: set[str]) -> None:
        from ministack.core import persistence

        failed = 1
        with contextlib.suppress(Exception):
            # The child must not hold the port: the next start may come while it still writes.
            os.closerange(3, HIGHEST_FILE)
            services = self.app._build_persistence_save_dict()
            persistence.save_all({name: state for name, state in services.items() if name not in left_out})
            failed = 0
        os._exit(failed)


def code_state() -> str:
    """Return a text that changes with any deployment: layers are too big to be saved every few seconds."""
    from ministack.services import lambda_svc

    functions = {
        str(key): function["config"].get("RevisionId") for key, function in lambda_svc._functions._data.items()
    }
    return repr(
        (functions, [str(key) for key in lambda_svc._layers._data], [str(key) for key in lambda_svc._esms._data])
    )


class FrontDoor:
    """The ASGI application before MiniStack's: /v1/* is the API, /app/* the pages, /_local/* this launcher itself."""

    def __init__(self, inner: App, home: Path, checkpoints: Checkpoints) -> None:
        self.inner = inner
        self.home = home
        self.checkpoints = checkpoints
        self._backends: front.Backends | None = None
        self._hold: Hold | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on to MiniStack."""
        if scope["type"] == "lifespan":
            threading.Thread(target=self.checkpoints.run, args=[asyncio.get_running_loop()], daemon=True).start()
            await self.inner(scope, receive, self.repeating_writes(send))
        elif scope["type"] != "http":
            await self.inner(scope, receive, send)
        elif scope["path"].startswith("/_local/"):
            await self.answer(scope, send)
        else:
            led = self.led(scope)
            if is_logged(led):
                await self.checkpoints.writes.answer(self._app, led, receive, send)
            else:
                await self._app(led, receive, send)
            if scope["method"] not in READS:
                self.checkpoints.changed.set()

    @property
    def _app(self) -> App:
        return self._hold.lead if self._hold else self.inner

    def repeating_writes(self, send: Send) -> Send:
        """Send the logged writes again when the last checkpoint is loaded, before anything is answered."""

        async def send_later(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete" and await self.checkpoints.writes.repeat(self.inner):
                self.checkpoints.changed.set()
            await send(message)

        return send_later

    async def answer(self, scope: Scope, send: Send) -> None:
        """Say who runs here. A checkpoint is on the disk before it is answered; the deployment's ids are read anew."""
        if scope["path"] == "/_local/checkpoint":
            self._backends = None
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(None, self.checkpoints.save, loop)
        elif scope["path"] == "/_local/hold":
            self.set_hold(scope["method"], scope["query_string"].decode())
        waiting = self._hold.waiting if self._hold else 0
        body = json.dumps({"home": str(self.home), "pid": os.getpid(), "waiting": waiting}).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def set_hold(self, method: str, query: str) -> None:
        if method not in READS and self._hold:
            self._hold.lift()
            self._hold = None
        if method == "POST":
            self._hold = Hold.of_query(query, self.inner)

    def led(self, scope: Scope) -> Scope:
        backends = self.backends()
        path = front.inner_path(scope["path"], backends) if backends else None
        return scope if path is None else {**scope, "path": path, "raw_path": quote(path, safe=PLAIN).encode()}

    def backends(self) -> front.Backends | None:
        """Read from the deployment's outputs where the front door leads; None before the first deployment."""
        if self._backends is None:
            with contextlib.suppress(FileNotFoundError):
                outputs = json.loads((self.home / "stack.json").read_text())["outputs"]
                self._backends = front.Backends(outputs["ApiId"], outputs["WebBucket"])
        return self._backends


if __name__ == "__main__":
    main()
