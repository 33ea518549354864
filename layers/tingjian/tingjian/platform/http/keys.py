"""Idempotency keys of POSTs: a repeat gets the first one's answer (docs/decisions/0005-idempotency.md)."""

import contextlib
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from aws_lambda_powertools.utilities.data_classes.common import BaseProxyEvent

from tingjian.platform.errors import DoneBeforeError, StaleError, invalid
from tingjian.platform.http.call import Call
from tingjian.platform.http.problems import refusal
from tingjian.platform.idempotency import Idempotency
from tingjian.platform.problems import STORED

KEY_LIMIT = 255


def idempotency_of(event: BaseProxyEvent, caller: str) -> Idempotency | None:
    """The key of a POST; None without one. Raises InvalidInputError for what cannot be one."""
    key = event.headers.get("idempotency-key")
    if key is None or event.http_method != "POST":
        return None
    if not 1 <= len(key) <= KEY_LIMIT or not key.isprintable():
        raise invalid("Idempotency-Key", "idempotency_key")
    return Idempotency.of(caller=caller, key=key, request=("POST", event.path, event.decoded_body or ""))


def keeping(*, always: bool) -> Callable[[APIGatewayHttpResolver, NextMiddleware], Response[Any]]:
    """What stores answers under the key: refusals that the state of things decided, or `always` every answer."""

    def middleware(app: APIGatewayHttpResolver, next_middleware: NextMiddleware) -> Response[Any]:
        call: Call = app.context["call"]
        if always:
            _raise_repeat(call)
        try:
            response = _tried_twice(app, next_middleware, call)
        except STORED as error:
            if isinstance(error, StaleError) and call.if_match is None:
                raise  # It lost against others at the same moment; a repeat may try again.
            response = refusal(app, error)
        else:
            if not always:
                return response
        if call.idempotency:
            item = call.idempotency.answer_item(status=response.status_code, answer=response.body or "", now=call.now)
            if not call.store.put_if_absent(item, "answer" if always else "pk"):
                _raise_repeat(call)
                if not always:  # A concurrent request with the same key did meanwhile what this one was refused.
                    return next_middleware(app)
        return response

    return middleware


def _tried_twice(app: APIGatewayHttpResolver, next_middleware: NextMiddleware, call: Call) -> Response[Any]:
    """The answer; a request that lost to a concurrent one with the same key finds on its second try what that did."""
    try:
        return next_middleware(app)
    except StaleError:
        if call.idempotency is None or call.if_match is not None:
            raise
        return next_middleware(app)


def _raise_repeat(call: Call) -> None:
    if call.idempotency:
        with contextlib.suppress(DoneBeforeError):
            call.store.get_many([], repeat=call.idempotency)
