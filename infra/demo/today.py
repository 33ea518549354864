"""Today's requests of the demo: one or two in every state, and nothing of them overdue."""

from collections.abc import Iterator
from random import Random

from infra.demo.centre import REPLIES
from infra.demo.steps import (
    Step,
    Steps,
    claim,
    close,
    customer_writes,
    department_answers,
    hand_off,
    rate,
    reply,
    resolve,
)
from tingjian.intake.tickets import actions
from tingjian.intake.tickets.bodies import Waiting
from tingjian.intake.tickets.models import Channel
from tingjian.platform.signing import Signer


def _untouched(_random: Random, _signer: Signer, _kind: str) -> Iterator[tuple[float, Step]]:
    yield from ()


def _claimed(_random: Random, _signer: Signer, _kind: str) -> Iterator[tuple[float, Step]]:
    yield 3, claim


def _answered(random: Random, _signer: Signer, _kind: str) -> Iterator[tuple[float, Step]]:
    yield 8, claim
    yield 4, reply(random.choice(REPLIES))


def _waiting(random: Random, signer: Signer, kind: str) -> Iterator[tuple[float, Step]]:
    yield from _answered(random, signer, kind)
    yield 20, lambda store, request: actions.wait(store, request, Waiting())


def _written_to(random: Random, signer: Signer, kind: str) -> Iterator[tuple[float, Step]]:
    yield from _waiting(random, signer, kind)
    yield 60, customer_writes


def _handed_off(random: Random, signer: Signer, kind: str) -> Iterator[tuple[float, Step]]:
    yield from _answered(random, signer, kind)
    yield 15, hand_off("warehouse")


def _department_done(random: Random, signer: Signer, kind: str) -> Iterator[tuple[float, Step]]:
    yield from _handed_off(random, signer, kind)
    yield 40, department_answers("warehouse")


def _resolved(random: Random, signer: Signer, kind: str) -> Iterator[tuple[float, Step]]:
    yield from _answered(random, signer, kind)
    yield 45, resolve(random, kind)


def _rated_low(random: Random, signer: Signer, kind: str) -> Iterator[tuple[float, Step]]:
    yield from _resolved(random, signer, kind)
    yield 30, rate(signer, 1)


def _reopened(random: Random, signer: Signer, kind: str) -> Iterator[tuple[float, Step]]:
    yield from _resolved(random, signer, kind)
    yield 30, lambda store, request: actions.reopen(store, request, "客户来电表示问题没有解决。")


def _closed(random: Random, signer: Signer, kind: str) -> Iterator[tuple[float, Step]]:
    yield from _resolved(random, signer, kind)
    yield 60, close(kind, random)


TODAY: tuple[tuple[float, str, Channel, Steps], ...] = (
    (300, "late_order", "web", _closed),
    (290, "return", "phone", _closed),
    (280, "complaint", "web", _rated_low),
    (270, "late_order", "chat", _rated_low),
    (260, "enquiry", "web", _resolved),
    (250, "repair", "phone", _resolved),
    (240, "return", "app", _resolved),
    (230, "complaint", "phone", _reopened),
    (220, "late_order", "web", _department_done),
    (200, "complaint", "web", _handed_off),
    (180, "repair", "chat", _handed_off),
    (60, "return", "web", _written_to),
    (160, "enquiry", "web", _waiting),
    (150, "late_order", "phone", _waiting),
    (100, "complaint", "web", _answered),
    (80, "enquiry", "wechat", _answered),
    (25, "return", "web", _claimed),
    (12, "late_order", "web", _untouched),
    (6, "complaint", "app", _untouched),
    (2, "enquiry", "web", _untouched),
)
"""Today's requests: opened so many minutes ago, of which type, by which channel, and how far they have come."""
