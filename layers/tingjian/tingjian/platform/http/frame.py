"""The frame of every route: one middleware around the route and its answer.

Each concern has its own file beside this one, as plain functions that the frame calls. A middleware each would be
slower: one of Powertools' costs as much as five of these functions.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware

from tingjian.platform import resources, texts
from tingjian.platform.http.answers import write_answer
from tingjian.platform.http.bodies import body_of
from tingjian.platform.http.call import Call
from tingjian.platform.http.keys import Kept, answer_once, idempotency_of
from tingjian.platform.http.language import with_language
from tingjian.platform.http.origins import origin_of
from tingjian.platform.http.problems import own_error, refusal, shown_path
from tingjian.platform.http.refusals import record_refusal
from tingjian.platform.http.rights import guard_of, require_asked, require_role
from tingjian.platform.http.versions import version_of
from tingjian.platform.rights import Guard, Right
from tingjian.platform.texts import Language
from tingjian.platform.times import cut_to_milliseconds

Middleware = Callable[[APIGatewayHttpResolver, NextMiddleware], Response[Any]]


def framing(right: Right | None, *, kept: Kept) -> Middleware:
    """The frame of a route that needs this right. The product's own errors become problem documents."""

    def frame(app: APIGatewayHttpResolver, next_middleware: NextMiddleware) -> Response[Any]:
        event, guard = app.current_event.raw_event, None
        language = texts.best_language(event["headers"].get("accept-language"))
        try:
            # Rights come before the body is looked at: who may not call learns nothing about it.
            if right:
                guard = guard_of(event, resources.store(), app.context["identify"], right)
                require_role(guard)
            app.context["call"] = call = _call_of(app, guard, language)
            response = answer_once(call, lambda: write_answer(next_middleware(app)), kept)
        except Exception as error:  # noqa: BLE001 - what is not the product's own is raised again
            found = own_error(error)
            record_refusal(found, event, guard)
            response = refusal(found, language, shown_path(event["rawPath"]))
        # After the answer is made, so that a route which forgot to ask cannot answer at all.
        require_asked(guard, response.status_code)
        return with_language(response, language)

    return frame


def _call_of(app: APIGatewayHttpResolver, guard: Guard | None, language: Language) -> Call:
    event, store = app.current_event.raw_event, resources.store()
    path, headers, body = event["rawPath"], event["headers"], body_of(app.current_event)
    method = event["requestContext"]["http"]["method"]
    key = headers.get("idempotency-key") if method == "POST" else None
    return Call(
        now=cut_to_milliseconds(datetime.now(UTC)),
        language=language,
        store=store.with_guard(guard) if guard else store,
        path=path,
        guard=guard,
        idempotency=idempotency_of(key, guard.caller.id if guard else "public", path, body),
        if_match=version_of(method, headers),
        origin=origin_of(event),
        work=headers.get("tingjian-work", ""),
    )
