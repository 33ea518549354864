"""Errors of the product, each named for a fact. `problems` maps them to HTTP statuses; here is no status.

An error carries the parameters of its text (`error.<code>` in the message catalogue), so that a door can write it in
the caller's language. It may carry further members of the problem document.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from tingjian.platform.texts import Phrase

MINUTE, HOUR = 60, 3600


class TingjianError(Exception):
    """Base of all errors that the product raises on purpose."""

    code: ClassVar[str] = "error"

    def __init__(self, *, members: Mapping[str, Any] | None = None, **parameters: object) -> None:
        super().__init__(self.code, parameters)
        self.parameters = parameters
        self.members = dict(members or {})


class MalformedRequestError(TingjianError):
    """The request cannot be read at all: no JSON, wrong encoding."""

    code = "malformed_request"


class PayloadTooLargeError(TingjianError):
    """The body is larger than any door accepts."""

    code = "payload_too_large"


class InvalidInputError(TingjianError):
    """Some fields of the request are wrong; `errors` names each with its reason."""

    code = "invalid_input"

    def __init__(self, errors: Sequence["FieldError"]) -> None:
        super().__init__()
        self.errors = tuple(errors)


class FieldError:
    """One wrong field: where it is, which rule it breaks, and the rule's parameters."""

    __slots__ = ("code", "field", "parameters")

    def __init__(self, field: str, code: str, **parameters: object) -> None:
        self.field, self.code, self.parameters = field, code, parameters


def invalid(field: str, code: str, **parameters: object) -> InvalidInputError:
    """The error for one wrong field; `code` is a key under `field.` in the catalogue."""
    return InvalidInputError([FieldError(field, code, **parameters)])


class SignInRequiredError(TingjianError):
    """Nobody is signed in, or the token names no active member of staff."""

    code = "sign_in_required"


class AccessDeniedError(TingjianError):
    """The caller's role or scope does not cover this."""

    code = "access_denied"


class NotFoundError(TingjianError):
    """There is no such thing, or none that the caller may know of."""

    code = "not_found"


class MethodNotAllowedError(TingjianError):
    """The resource exists and does not take this method."""

    code = "method_not_allowed"


class ConflictError(TingjianError):
    """The state of the thing does not allow the change."""

    code = "conflict"


class StaleError(ConflictError):
    """The thing changed after the caller read it; `members["conflicts"]` names who changed which fields when."""

    code = "stale"


class AlreadyExistsError(ConflictError):
    """A thing with this natural id is there already."""

    code = "already_exists"


class VersionRequiredError(TingjianError):
    """An edit came without the version that it was made on."""

    code = "version_required"


class IdempotencyMismatchError(TingjianError):
    """The idempotency key was used before with another request."""

    code = "idempotency_mismatch"


class LinkInvalidError(TingjianError):
    """A signed link was altered or never issued."""

    code = "link_invalid"


class LinkExpiredError(TingjianError):
    """A signed link is past its time, or was used up."""

    code = "link_expired"


class RetryLaterError(TingjianError):
    """The caller must wait; `retry_after_seconds` says how long."""

    code = "retry_later"

    def __init__(self, retry_after_seconds: int, *, members: Mapping[str, Any] | None = None) -> None:
        told = {"retry_after_seconds": retry_after_seconds}
        super().__init__(members=told | dict(members or {}), wait=_wait(retry_after_seconds))
        self.retry_after_seconds = retry_after_seconds


class LockedOutError(RetryLaterError):
    """Too many wrong tries."""

    code = "locked_out"


class DoneBeforeError(Exception):
    """A request with the same key was done before; its event stands at `entity` and `version` in Journal.

    It never reaches a caller: the action that catches it answers with the receipt of that event.
    """

    def __init__(self, entity: str, version: int) -> None:
        super().__init__(entity, version)
        self.entity, self.version = entity, version


class RepeatedAnswerError(TingjianError):
    """A request repeats one whose answer is stored; `answer` is the body that the first one got."""

    code = "repeated"

    def __init__(self, status: int, answer: str) -> None:
        super().__init__()
        self.status, self.answer = status, answer


def _wait(seconds: int) -> Phrase:
    """The time to wait as it is read: in hours from two on, else in minutes; rounded up, never too early."""
    unit, name = (HOUR, "hours") if seconds >= 2 * HOUR else (MINUTE, "minutes")
    return Phrase(f"wait.{name}", count=-(-seconds // unit))
