"""RFC 9457 problem documents: the one place where an error meets an HTTP status and a language."""

from collections.abc import Iterable, Mapping
from typing import Any

from tingjian.platform import errors, texts
from tingjian.platform.errors import FieldError, InvalidInputError, RepeatedAnswerError, TingjianError
from tingjian.platform.texts import Language, Phrase

STATUS: dict[type[TingjianError], int] = {
    errors.MalformedRequestError: 400,
    errors.SignInRequiredError: 401,
    errors.AccessDeniedError: 403,
    errors.NotFoundError: 404,
    errors.LinkInvalidError: 404,
    errors.MethodNotAllowedError: 405,
    errors.ConflictError: 409,
    errors.LinkExpiredError: 410,
    errors.PayloadTooLargeError: 413,
    errors.InvalidInputError: 422,
    errors.IdempotencyMismatchError: 422,
    errors.VersionRequiredError: 428,
    errors.RetryLaterError: 429,
}
STORED = (errors.ConflictError, errors.NotFoundError)
"""Refusals that depend on stored state, which may change. They are stored, so that a repeat gets the same answer."""


def status_of(error: TingjianError) -> int:
    if isinstance(error, RepeatedAnswerError):
        return error.status
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def problem_of(error: TingjianError, *, language: Language, instance: str) -> dict[str, Any]:
    """The problem document of an error in a language; `instance` is the path that was asked for."""
    problem: dict[str, Any] = {
        "type": f"urn:tingjian:problem:{error.code}",
        "title": texts.text(f"error.{error.code}", language, **_texts_of(error.parameters, language)),
        "status": status_of(error),
        "instance": instance,
    }
    if isinstance(error, InvalidInputError):
        problem["errors"] = [_field(entry, language) for entry in error.errors]
    return problem | error.members


def input_error(found: Iterable[Mapping[str, Any]], *, prefix: str = "") -> InvalidInputError:
    """The error for what pydantic found (`ValidationError.errors()`).

    A check of a whole model names the place below it in its context, as `field`.
    """
    wrong = []
    for entry in found:
        below = entry.get("ctx", {}).get("field")
        parts = [*entry["loc"], below] if below else entry["loc"]
        place = ".".join(str(part) for part in parts if part != "__root__")
        code = str(entry["type"])
        parameters = {
            name: value
            for name, value in entry.get("ctx", {}).items()
            if isinstance(value, str | int | float) and name != "field"
        }
        if code.startswith(("datetime", "timezone")):
            code = "datetime"
        elif code.startswith("date"):
            code = "date"
        wrong.append(FieldError(prefix + place, code if texts.has(f"field.{code}") else "invalid", **parameters))
    # A list whose entries are wrong is called too short as well, since none of them is left.
    inside = [entry.field.rpartition(".")[0] for entry in wrong]
    return InvalidInputError(
        [
            entry
            for entry in wrong
            if entry.code != "too_short" or not any(f"{place}.".startswith(f"{entry.field}.") for place in inside)
        ]
    )


def _field(entry: FieldError, language: Language) -> dict[str, Any]:
    return {
        "field": entry.field,
        "code": entry.code,
        "message": texts.text(f"field.{entry.code}", language, **_texts_of(entry.parameters, language)),
    }


def _texts_of(parameters: Mapping[str, object], language: Language) -> dict[str, object]:
    return {name: _shown_value(value, language) for name, value in parameters.items()}


def _shown_value(value: object, language: Language) -> object:
    if isinstance(value, list | tuple):
        separator = ", " if language == "en" else "、"
        return separator.join(str(_shown_value(member, language)) for member in value)
    return value.text(language) if isinstance(value, Phrase) else value
