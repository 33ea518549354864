"""Idempotency keys of POSTs: a repeat gets the first one's answer (docs/decisions/0005-idempotency.md)."""

import contextlib
from collections.abc import Callable
from typing import Any, Literal

from aws_lambda_powertools.event_handler import Response

from tingjian.platform import resources
from tingjian.platform.errors import DoneBeforeError, LinkInvalidError, RepeatedAnswerError, StaleError, invalid
from tingjian.platform.http.call import Call
from tingjian.platform.http.problems import refusal, shown_path
from tingjian.platform.idempotency import Idempotency
from tingjian.platform.problems import STORED

KEY_LIMIT = 255
SEALED = "~"
"""The first character of a sealed answer, and of no JSON."""
Kept = bool | Literal["sealed", "never"]
"""Which answers are stored: all or refusals alone, all of them sealed, or none."""


def idempotency_of(key: str | None, caller: str, path: str, body: str) -> Idempotency | None:
    """The key of a POST; None without one. Raises InvalidInputError for what cannot be one."""
    if key is None:
        return None
    if not 1 <= len(key) <= KEY_LIMIT or not key.isprintable():
        raise invalid("Idempotency-Key", "idempotency_key")
    return Idempotency.of(caller=caller, key=key, request=("POST", path, body))


def answer_once(call: Call, answer: Callable[[], Response[Any]], kept: Kept) -> Response[Any]:
    """The answer. A refusal that depends on stored state is stored under the call's key, or what `kept` says."""
    if kept == "never":
        return answer()
    return _answer_stored(call, answer, kept, always=bool(kept))


def _answer_stored(call: Call, answer: Callable[[], Response[Any]], kept: Kept, *, always: bool) -> Response[Any]:
    if always:
        _raise_repeat(call)
    try:
        response = _try_twice(call, answer)
    except STORED as error:
        if isinstance(error, StaleError) and call.if_match is None:
            raise  # A concurrent write was first, and no version was required. A repeat may succeed: store nothing.
        response = refusal(error, call.language, shown_path(call.path))
    else:
        if not always:
            return response
    if call.idempotency:
        told = _stored_form(call.idempotency.key, response.body or "", kept)
        item = call.idempotency.answer_item(status=response.status_code, answer=told, now=call.now)
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
    if call.idempotency is None:
        return
    # An answer that was sealed under a secret of before cannot be told again: the request is answered anew.
    with contextlib.suppress(DoneBeforeError, LinkInvalidError):
        try:
            call.store.get_many([], repeat=call.idempotency)
        except RepeatedAnswerError as repeated:
            raise RepeatedAnswerError(repeated.status, _opened(call.idempotency.key, repeated.answer)) from repeated


def _stored_form(key: str, answer: str, kept: Kept) -> str:
    return SEALED + resources.signer().seal(key, answer) if kept == "sealed" else answer


def _opened(key: str, answer: str) -> str:
    """A stored answer in plain. Raises LinkInvalidError."""
    return resources.signer().unseal(key, answer[1:]) if answer.startswith(SEALED) else answer
