"""Idempotency keys of POSTs: a repeat gets the first one's answer (docs/decisions/0005-idempotency.md)."""

import contextlib
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.event_handler import Response

from tingjian.platform.errors import DoneBeforeError, StaleError, invalid
from tingjian.platform.http.call import Call
from tingjian.platform.http.problems import refusal
from tingjian.platform.idempotency import Idempotency
from tingjian.platform.problems import STORED

KEY_LIMIT = 255


def idempotency_of(key: str | None, caller: str, path: str, body: str) -> Idempotency | None:
    """The key of a POST; None without one. Raises InvalidInputError for what cannot be one."""
    if key is None:
        return None
    if not 1 <= len(key) <= KEY_LIMIT or not key.isprintable():
        raise invalid("Idempotency-Key", "idempotency_key")
    return Idempotency.of(caller=caller, key=key, request=("POST", path, body))


def answer_once(call: Call, answer: Callable[[], Response[Any]], *, always: bool) -> Response[Any]:
    """The answer. A refusal that depends on stored state is kept under the call's key; with `always`, any answer is."""
    if always:
        _raise_repeat(call)
    try:
        response = _try_twice(call, answer)
    except STORED as error:
        if isinstance(error, StaleError) and call.if_match is None:
            raise  # A concurrent write was first, and no version was required. A repeat may succeed: store nothing.
        response = refusal(error, call.language, call.path)
    else:
        if not always:
            return response
    if call.idempotency:
        item = call.idempotency.answer_item(status=response.status_code, answer=response.body or "", now=call.now)
        if not call.store.put_if_absent(item, "answer" if always else "pk"):
            _raise_repeat(call)
            if not always:
                # A concurrent request with the same key succeeded where this was refused. Its receipt is the answer.
                return answer()
    return response


def _try_twice(call: Call, answer: Callable[[], Response[Any]]) -> Response[Any]:
    # The concurrent write that was first may have had the same key. Then the second try finds its receipt.
    try:
        return answer()
    except StaleError:
        if call.idempotency is None or call.if_match is not None:
            raise
        return answer()


def _raise_repeat(call: Call) -> None:
    if call.idempotency:
        with contextlib.suppress(DoneBeforeError):
            call.store.get_many([], repeat=call.idempotency)
