"""Adding and changing webhooks. A new address is called once before it is stored, and refused if it redirects."""

import json
import secrets
from datetime import datetime

from tingjian.notifications.notices.models import notice_of
from tingjian.notifications.notices.storage import notice_write
from tingjian.notifications.webhooks.dialer import (
    AddressRefusedError,
    CallFailedError,
    Dialer,
    GoneError,
    RedirectRefusedError,
    check_address,
)
from tingjian.notifications.webhooks.events import (
    WebhookAdded,
    WebhookChanged,
    WebhookGone,
    WebhookRemoved,
    WebhookSecretRotated,
    WebhookSwitchedOff,
)
from tingjian.notifications.webhooks.models import (
    PING,
    SECRET_BYTES,
    SwitchedOff,
    Webhook,
    WebhookBody,
    call_headers,
    call_payload,
    secret_text,
    target_of,
)
from tingjian.notifications.webhooks.storage import (
    WEBHOOKS,
    call_write,
    health_delete,
    list_webhooks,
    load_webhook,
    webhook_delete,
    webhook_write,
)
from tingjian.people.staff.models import Staff
from tingjian.people.staff.storage import list_staff
from tingjian.platform.assembled import NoticeKind
from tingjian.platform.errors import DoneBeforeError, StaleError, invalid
from tingjian.platform.events import Actor, load_event
from tingjian.platform.facts import Fact
from tingjian.platform.idempotency import Idempotency
from tingjian.platform.ids import random_id
from tingjian.platform.records import record_change
from tingjian.platform.store import Store, Write

PROBE_TIMEOUT_S = 3.0
MOST_TOLD = 20
MOST_WEBHOOKS = 10
"""Each is a member of the transaction that raises an alert."""


def add_webhook(
    store: Store, dialer: Dialer, body: WebhookBody, *, idempotency: Idempotency | None, actor: Actor, now: datetime
) -> Webhook:
    """Add a webhook with a new secret; the same key gives the same one. Raises InvalidInputError for its address."""
    webhook_id = idempotency.derive("webhook") if idempotency else random_id()
    if idempotency and (first := load_event(store, f"webhook#{webhook_id}", 1)):
        idempotency.check(first.request)
        return load_webhook(store, webhook_id)
    if len(list_webhooks(store)) >= MOST_WEBHOOKS:
        raise invalid("webhooks", "too_many", limit=MOST_WEBHOOKS)
    webhook = Webhook(**dict(body), id=webhook_id, version=1, secret=secret_text(secrets.token_bytes(SECRET_BYTES)))
    probe(dialer, webhook, now)
    _record(store, webhook, WebhookAdded, [webhook_write(webhook)], actor, now, idempotency=idempotency)
    return webhook


def put_webhook(
    store: Store, dialer: Dialer, webhook_id: str, body: WebhookBody, *, expected: int, actor: Actor, now: datetime
) -> Webhook:
    """Change a webhook. Raises WebhookNotFoundError, StaleError, InvalidInputError for its address."""
    before = load_webhook(store, webhook_id)
    webhook = before.model_copy(
        update=dict(body)
        | {"version": before.version + 1, "switched_off": None if body.active else before.switched_off}
    )
    if body.active or body.url != before.url:
        probe(dialer, webhook, now)
    begins_anew = [health_delete(webhook.id)] if body.active and not before.active else []
    _record(store, webhook, WebhookChanged, [webhook_write(webhook), *begins_anew], actor, now, expected=expected)
    return webhook


def rotate_secret(
    store: Store, webhook_id: str, *, idempotency: Idempotency | None = None, actor: Actor, now: datetime
) -> Webhook:
    """Give a webhook a new secret; the old one signs along for a day. The same key gives the same one."""
    try:
        store.get_many([], repeat=idempotency)
    except DoneBeforeError:
        return load_webhook(store, webhook_id)
    before = load_webhook(store, webhook_id)
    webhook = before.rotate_secret(secret_text(secrets.token_bytes(SECRET_BYTES)), now)
    _record(store, webhook, WebhookSecretRotated, [webhook_write(webhook)], actor, now, idempotency=idempotency)
    return webhook


def remove_webhook(store: Store, webhook_id: str, *, expected: int | None, actor: Actor, now: datetime) -> None:
    """Remove a webhook; calls that are still to be made are dropped. Raises WebhookNotFoundError, StaleError."""
    before = load_webhook(store, webhook_id)
    after = before.model_copy(update={"version": before.version + 1})
    _record(store, after, WebhookRemoved, [webhook_delete(before)], actor, now, expected=expected)


def call_for_test(store: Store, webhook_id: str, *, now: datetime) -> None:
    """Have the webhook called once with a ping, by the same way as any event. Raises WebhookNotFoundError."""
    webhook = load_webhook(store, webhook_id)
    store.transact([call_write(webhook, PING, {}, mark=random_id(), now=now)])


def switch_off(store: Store, webhook: Webhook, why: SwitchedOff, *, actor: Actor, now: datetime) -> None:
    """Switch off a webhook and tell who may change it, unless the webhook was changed since.

    Its receiver answered 410 (`gone`), or has failed for as long as the webhook bears (`failing`).
    """
    after = webhook.switch_off(why)
    kinds: dict[SwitchedOff, NoticeKind] = {"gone": "webhook_gone", "failing": "webhook_failing"}
    data, mark = {"webhook": webhook.name, "webhook_id": webhook.id}, f"webhook.{webhook.id}.{after.version}"
    notices = [
        notice_write(notice_of(person.id, kinds[why], None, data, now=now, mark=mark))
        for person in _who_may_change_it(store)
    ]
    fact = WebhookGone if why == "gone" else WebhookSwitchedOff
    try:
        _record(store, after, fact, [webhook_write(after), *notices], actor, now)
    except StaleError:
        return


def _who_may_change_it(store: Store) -> list[Staff]:
    """The administrators, else the directors."""
    people = [person for person in list_staff(store) if person.active]
    administrators = [person for person in people if "admin" in person.roles]
    return (administrators or [person for person in people if "director" in person.roles])[:MOST_TOLD]


def probe(dialer: Dialer, webhook: Webhook, now: datetime) -> None:
    """Call the address once with a ping. Raises InvalidInputError for an address that is not public or redirects.

    An address at which nobody answers yet is accepted.
    """
    target = target_of(webhook.url, loopback=dialer.loopback)
    check_address(dialer, target)
    body = json.dumps(call_payload(PING, now, {}), separators=(",", ":"))
    quick = Dialer(loopback=dialer.loopback, timeout_s=PROBE_TIMEOUT_S)
    try:
        quick.post(target, body, call_headers(f"msg_{random_id()}", body, webhook.secrets(now), now))
    except RedirectRefusedError as error:
        raise invalid("url", "redirects") from error
    except AddressRefusedError as error:
        raise invalid("url", "private_address") from error
    except (OSError, CallFailedError, GoneError):
        return


def _record(  # noqa: PLR0917 - the parts of a change
    store: Store,
    webhook: Webhook,
    fact: type[Fact],
    writes: list[Write],
    actor: Actor,
    now: datetime,
    *,
    expected: int | None = None,
    idempotency: Idempotency | None = None,
) -> None:
    record_change(
        store,
        entity=f"webhook#{webhook.id}",
        fact=fact,
        writes=writes,
        version=webhook.version,
        data={"events": webhook.events, "active": webhook.active},
        actor=actor,
        now=now,
        expected=expected,
        idempotency=idempotency,
    )
    store.forget(WEBHOOKS)
