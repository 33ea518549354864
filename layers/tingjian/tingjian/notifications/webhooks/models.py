"""Webhooks by Standard Webhooks 1.0.0: signed, addressed to public hosts only, switched off by a 410. Pure."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, StringConstraints

from tingjian.platform.assembled import WebhookType
from tingjian.platform.errors import NotFoundError, invalid
from tingjian.platform.models import Frozen, Line
from tingjian.platform.times import epoch_seconds

PING = "webhook.ping"
SECRET_PREFIX = "whsec_"  # noqa: S105 - the form's own mark, no secret
SECRET_BYTES = 32
OLD_SECRET_LIVES = timedelta(hours=24)
URL_LENGTH = 2000
REST = timedelta(minutes=1)
LONGEST_REST = timedelta(days=1)
OFTEN, SURE = 3, 10
"""So many failures in a row give a receiver a rest, and make sure that it is not one bad call."""


class WebhookNotFoundError(NotFoundError):
    """There is no webhook with this id."""

    code = "webhook_not_found"


class WebhookBody(Frozen):
    """What an administrator writes: where to call, and about what; no event named means all.

    A webhook is switched off when every call has failed for `off_after_hours`: five days, as Standard Webhooks advises.
    """

    name: Line
    url: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=URL_LENGTH)]
    events: tuple[WebhookType, ...] = Field(default=(), max_length=10)
    active: bool = True
    off_after_hours: int = Field(default=120, ge=1, le=720)


SwitchedOff = Literal["gone", "failing"]


class Webhook(WebhookBody):
    """A stored webhook. After a rotation the old secret signs along for a day."""

    id: str
    version: int
    secret: str
    old_secret: str | None = None
    old_secret_until: datetime | None = None
    switched_off: SwitchedOff | None = None

    def wants(self, event: str) -> bool:
        return self.active and (not self.events or event in self.events)

    def secrets(self, now: datetime) -> tuple[str, ...]:
        """The secrets that sign at this instant, the newest first."""
        if self.old_secret and self.old_secret_until and now < self.old_secret_until:
            return (self.secret, self.old_secret)
        return (self.secret,)

    def rotate_secret(self, secret: str, now: datetime) -> "Webhook":
        return self.model_copy(
            update={
                "version": self.version + 1,
                "secret": secret,
                "old_secret": self.secret,
                "old_secret_until": now + OLD_SECRET_LIVES,
            }
        )

    def switch_off(self, why: SwitchedOff) -> "Webhook":
        """A version that is off, since its receiver wants no more calls or has failed for too long."""
        return self.model_copy(update={"version": self.version + 1, "active": False, "switched_off": why})


class Health(Frozen):
    """How a webhook's receiver does: since when every call fails, how many, and until when it is left alone."""

    version: int = 0
    failing_since: datetime | None = None
    failures: int = 0
    rests_until: datetime | None = None

    def fail(self, now: datetime, *, retry_at: datetime | None, slow: bool) -> "Health":
        """One call more has failed. A slow receiver, one that failed often, and one that asks for it gets a rest."""
        failures = self.failures + 1
        rest = now + REST if slow or failures >= OFTEN else None
        return Health(
            version=self.version + 1,
            failing_since=self.failing_since or now,
            failures=failures,
            rests_until=max((until for until in (rest, retry_at) if until), default=None),
        )

    def recover(self) -> "Health":
        return Health(version=self.version + 1)

    def is_hopeless(self, webhook: Webhook, now: datetime) -> bool:
        """Whether the receiver has failed for as long as the webhook bears, and often enough to be sure."""
        return (
            self.failures >= SURE
            and self.failing_since is not None
            and now - self.failing_since >= timedelta(hours=webhook.off_after_hours)
        )


class WebhookView(Frozen):
    """A webhook as it is shown; the secret only where it was just made."""

    id: str
    version: int
    name: str
    url: str
    events: tuple[WebhookType, ...]
    active: bool
    off_after_hours: int
    switched_off: str | None = None
    failing_since: datetime | None = None
    rests_until: datetime | None = None
    secret: str | None = None

    @classmethod
    def of(cls, webhook: Webhook, health: Health | None = None, *, with_secret: bool = False) -> "WebhookView":
        apart = {"secret", "failing_since", "rests_until"}
        shown = {name: getattr(webhook, name) for name in cls.model_fields if name not in apart}
        known = health or Health()
        return cls(
            **shown,
            failing_since=known.failing_since,
            rests_until=known.rests_until,
            secret=webhook.secret if with_secret else None,
        )

    @property
    def location(self) -> str:
        return f"/v1/webhooks/{self.id}"


class WebhookList(Frozen):
    """All webhooks."""

    items: tuple[WebhookView, ...]


class Target(Frozen):
    """A checked address: the parts of a URL that a call needs."""

    scheme: Literal["http", "https"]
    host: str
    port: int
    path: str


def target_of(url: str, *, loopback: bool) -> Target:
    """The parts of a webhook's URL. Plain http only where `loopback` allows calls to this machine.

    Raises InvalidInputError for the field `url`: no URL, another scheme, a user or a fragment in it.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise invalid("url", "url") from error
    schemes = ("https", "http") if loopback else ("https",)
    if parts.scheme not in schemes or not parts.hostname or parts.username or parts.fragment or not url.isascii():
        raise invalid("url", "url")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not path.isprintable() or " " in path:
        raise invalid("url", "url")
    scheme: Literal["http", "https"] = "https" if parts.scheme == "https" else "http"
    return Target(scheme=scheme, host=parts.hostname, port=port or (443 if scheme == "https" else 80), path=path)


def call_headers(message_id: str, body: str, secrets: Iterable[str], now: datetime) -> dict[str, str]:
    """The headers of a call: id, time, and one signature a secret over `id.time.body`."""
    at = str(epoch_seconds(now))
    signed = f"{message_id}.{at}.{body}".encode()
    signatures = [f"v1,{_signature(secret, signed)}" for secret in secrets]
    return {
        "content-type": "application/json",
        "user-agent": "tingjian-webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": at,
        "webhook-signature": " ".join(signatures),
    }


def retry_time(header: str | None, now: datetime) -> datetime | None:
    """The instant that a `Retry-After` names, in seconds or as a date; a day from now at most. Else None."""
    if header is None:
        return None
    try:
        if header.strip().isdecimal():
            until = now + timedelta(seconds=min(int(header), LONGEST_REST.total_seconds()))
        else:
            until = parsedate_to_datetime(header)
            until = until.replace(tzinfo=until.tzinfo or UTC)
    except (ValueError, OverflowError):
        return None
    return min(until, now + LONGEST_REST) if until > now else None


def secret_text(raw: bytes) -> str:
    return SECRET_PREFIX + base64.b64encode(raw).decode()


def call_payload(event: str, at: datetime, data: dict[str, Any]) -> dict[str, Any]:
    """What a call says: the event, when it happened, and ids."""
    return {"type": event, "timestamp": at.isoformat(), "data": data}


def _signature(secret: str, signed: bytes) -> str:
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error as error:
        message = "a webhook's secret is not base64"
        raise ValueError(message) from error
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
