"""A centre with a resolved ticket, and the event of its resolution as the stream brings it."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.builders import AGENT, CUSTOMER, DESK, JOURNAL, NOW, SIGNER
from tests.functions.survey import ears
from tests.functions.survey.listening import ListenerQueue
from tests.functions.survey.scene import Scene
from tests.process import forget_process
from tingjian.intake.customers.models import Contact
from tingjian.intake.tickets.actions import claim
from tingjian.intake.tickets.bodies import Ask
from tingjian.intake.tickets.changes import Request
from tingjian.intake.tickets.openings import Opening, open_ticket
from tingjian.platform.store import Store


@pytest.fixture
def scene(centre: Store) -> Scene:
    """A ticket that an agent has claimed and resolved."""
    return make_scene(centre)


def make_scene(
    store: Store, *, phone: str = "13812345678", email: str | None = None, reply: str | None = "已补发"
) -> Scene:
    """A resolved ticket of the customer with this phone, who was told so unless `reply` is None."""
    contact = Contact(phone=phone, email=email, name="王芳")
    body = Ask(type="feedback", subject="包裹没到", text="三天了还没收到。", contact=contact)
    number = open_ticket(store, SIGNER, body, Opening(CUSTOMER, NOW, "zh-CN")).id
    claim(store, Request(number=number, actor=AGENT.actor, now=NOW, caller=AGENT))
    made = Scene(store, number)
    made.resolve(minutes=30, reply=reply)
    return made


@pytest.fixture
def queue(centre: Store, template: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[ListenerQueue]:  # noqa: ARG001 - the centre is there first
    """The queue of listeners, and both doors around it as in a process of their own."""
    made = ListenerQueue.made(template)
    for name, value in {"DESK_TABLE": DESK, "JOURNAL_TABLE": JOURNAL, "LISTENER_QUEUE_URL": made.url}.items():
        monkeypatch.setenv(name, value)
    forget_process()
    yield made
    ears.released.set()
    made.pool.shutdown()
    forget_process()
