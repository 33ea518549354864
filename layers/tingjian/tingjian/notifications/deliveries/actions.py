"""Deliveries of the messages that items ask for. After the last failed try an operator sees the delivery as dead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tingjian.notifications.deliveries.composition import RenderContext, Renderer
from tingjian.notifications.deliveries.events import DeliveryReplayed
from tingjian.notifications.deliveries.models import (
    ENDED,
    ENOUGH_TODAY,
    NOBODY_TO_REACH,
    Delivery,
    GiveUpError,
    Outgoing,
    RestError,
    RetryAfterError,
    Send,
)
from tingjian.notifications.deliveries.outcomes import with_outcome
from tingjian.notifications.deliveries.storage import (
    delivery_from_item,
    delivery_id_of,
    delivery_write,
    find_delivery,
    load_delivery,
    queued_try,
    try_write,
)
from tingjian.platform import telemetry
from tingjian.platform.events import Actor
from tingjian.platform.failures import failure_summary
from tingjian.platform.items import Item, Key
from tingjian.platform.limits import DAY, Limit, counted
from tingjian.platform.masking import masked_email, masked_phone
from tingjian.platform.records import record_change
from tingjian.platform.store import ConditionFailedError, Store
from tingjian.platform.timers import Firing


class UnknownTemplateError(LookupError):
    """An item asks for a template that nobody declares; its record ends in the failure queue."""


@dataclass(frozen=True, slots=True)
class PostOffice:
    """What delivering takes: the store and what else renderers need, the renderers by template, and the ways out."""

    context: RenderContext
    renderers: Mapping[str, Renderer]
    send: Send

    @property
    def store(self) -> Store:
        return self.context.store


def deliver(post: PostOffice, item: Item, *, now: datetime) -> None:
    """Deliver what an inserted item asks for; a repeat of the record changes nothing.

    A failure is stored on the delivery, and the sweep tries it again, so that it does not block the stream. Raises
    UnknownTemplateError for an item with a template that no feature declares.
    """
    template = item["deliver"]
    if template not in post.renderers:
        raise UnknownTemplateError(template)
    tried = queued_try(item)
    delivery = _claim_first(post.store, item, now) if tried is None else _claim_again(post.store, *tried, now)
    if delivery is None:
        return
    source = item if tried is None else post.store.get(Key(delivery.source_pk, delivery.source_sk))
    try:
        after = _send(post, delivery, source, now)
    except Exception as error:  # noqa: BLE001 - one failing message must not stop the others
        after = _stored_delivery(post.store, delivery).fail(failure_summary(error), now)
    after, writes = with_outcome(after, now)
    post.store.transact([delivery_write(after), *writes])
    _record_outcome(after)


def fire_delivery(_store: Store, item: Item, *, now: datetime) -> Firing | None:
    """The timer of a delivery: its pause is over, or the lease of its sender. One transaction, two members."""
    delivery = delivery_from_item(item)
    if delivery.state in ENDED or delivery.due_at is None or delivery.due_at > now:
        return None
    after, writes = with_outcome(delivery.take_up(now), now)
    if after.state == "dead":
        return Firing((delivery_write(after), *writes), {"DeliveriesDead": 1})
    return Firing((delivery_write(after), try_write(after, now)), {"DeliveriesTakenUp": 1})


def replay(store: Store, delivery_id: str, *, actor: Actor, now: datetime) -> Delivery:
    """Have a dead delivery tried again from the start. Raises DeliveryNotFoundError, NotDeadError."""
    after = load_delivery(store, delivery_id).replay(now)
    record_change(
        store,
        entity=f"delivery#{delivery_id}",
        fact=DeliveryReplayed,
        writes=[delivery_write(after), try_write(after, now)],
        version=after.replays,
        data={"template": after.template},
        actor=actor,
        now=now,
    )
    return after


def _claim_first(store: Store, item: Item, now: datetime) -> Delivery | None:
    """Claim the delivery of a source; None if it was claimed before: a stream may deliver a record twice."""
    source = Key(item["pk"], item["sk"])
    delivery = Delivery(
        id=delivery_id_of(source),
        version=0,
        template=item["deliver"],
        source_pk=source.pk,
        source_sk=source.sk,
        state="queued",
        tries=0,
        made_at=now,
        changed_at=now,
    )
    return _claim(store, delivery, now)


def _claim_again(store: Store, delivery_id: str, version: int, now: datetime) -> Delivery | None:
    """Claim a delivery that the sweep queued; None if it was claimed or ended since."""
    delivery = find_delivery(store, delivery_id)
    if delivery is None or delivery.version != version or delivery.state != "queued":
        return None
    return _claim(store, delivery, now)


def _claim(store: Store, delivery: Delivery, now: datetime) -> Delivery | None:
    claimed = delivery.claim(now)
    try:
        store.transact([delivery_write(claimed)])
    except ConditionFailedError:
        return None
    return claimed


def _send(post: PostOffice, delivery: Delivery, source: Item | None, now: datetime) -> Delivery:
    if source is None:
        return delivery.drop(now, "source_gone")
    rendered = post.renderers[delivery.template](post.context, source, now)
    if rendered.needless:
        return delivery.drop(now, rendered.needless)
    if rendered.not_before is not None and rendered.not_before > now:
        return delivery.postpone(rendered.not_before, now)
    allowed = [one for one in rendered.outgoing if one.way != "sms" or post.context.may_text(one.to)]
    if not allowed or _have_enough(post, delivery, allowed, now):
        return delivery.drop(now, ENOUGH_TODAY if allowed else NOBODY_TO_REACH)
    # A mail may have gone out before the text message failed; the next try must not send it again.
    left = [outgoing for outgoing in allowed if outgoing.way not in delivery.gone_by]
    reference = ""
    for place, outgoing in enumerate(left, start=1):
        delivery = delivery.addressed(outgoing.way, _masked(outgoing))
        try:
            reference = post.send(outgoing if outgoing.id else replace(outgoing, id=delivery.id), now)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the way out, it is noted
            return _unsent(delivery, error, now)
        if place < len(left):
            delivery = delivery.finish_way(outgoing.way, now)
            post.store.transact([delivery_write(delivery)])
    return delivery.succeed(now, reference)


def _have_enough(post: PostOffice, delivery: Delivery, left: Sequence[Outgoing], now: datetime) -> bool:
    """Whether the recipients got as many of these messages today as they may. The first try counts this one."""

    def has_enough(outgoing: Outgoing) -> bool:
        limit = Limit(f"{delivery.template}-to", outgoing.per_day, DAY)
        subject = post.context.signer().lookup("recipient", outgoing.to)
        return counted(post.store, limit, subject, now) > limit.most

    return delivery.tries == 1 and any(has_enough(outgoing) for outgoing in left if outgoing.per_day)


def _unsent(delivery: Delivery, error: Exception, now: datetime) -> Delivery:
    """The delivery after its way out failed: it waits for a better time, or is dead where none would help."""
    summary = failure_summary(error.__cause__ or error)
    match error:
        case RestError():
            return delivery.postpone(error.until, now)
        case RetryAfterError():
            return delivery.fail(summary, now, not_before=error.until)
        case GiveUpError():
            return delivery.fail(summary, now, final=True)
        case _:
            return delivery.fail(failure_summary(error), now)


def _masked(outgoing: Outgoing) -> str:
    if outgoing.way == "email":
        return masked_email(outgoing.to)
    return masked_phone(outgoing.to) if outgoing.way == "sms" else outgoing.to


def _stored_delivery(store: Store, delivery: Delivery) -> Delivery:
    # One way may have been stored as sent before another one failed.
    return find_delivery(store, delivery.id) or delivery


def _record_outcome(delivery: Delivery) -> None:
    fact = {"sent": "DeliveriesSent", "dropped": "DeliveriesDropped", "dead": "DeliveriesDead"}.get(
        delivery.state, "DeliveriesFailed" if delivery.error else "DeliveriesPostponed"
    )
    telemetry.record(
        fact, delivery=delivery.id, template=delivery.template, tries=delivery.tries, error=delivery.error or ""
    )
