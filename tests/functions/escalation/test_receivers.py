"""Slow, busy and broken receivers of webhooks, at the doors that call them."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.builders import NOW
from tests.functions.escalation.scene import WARNED_AT, Scene, notices_of, open_one, sweep
from tests.functions.escalation.test_door import Receiver
from tests.functions.escalation.test_stream import at, call, delivery_of, hooked, run, tries
from tests.functions.escalation.test_stream import door as door  # noqa: PLC0414 - a fixture
from tingjian.notifications.webhooks.dialer import DeadlineError, Dialer
from tingjian.notifications.webhooks.models import Target
from tingjian.notifications.webhooks.storage import load_webhook, load_with_health
from tingjian.people.staff.models import Staff
from tingjian.people.staff.storage import staff_write
from tingjian.platform.store import Store


class Dripper:
    """A receiver that sends a byte of its answer every tenth of a second, for as long as it is asked."""

    def __init__(self, beginning: bytes) -> None:
        self.beginning = beginning
        self.server = socket.create_server(("127.0.0.1", 0))
        self.ended = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def target(self) -> Target:
        return Target(scheme="http", host="127.0.0.1", port=self.server.getsockname()[1], path="/")

    def _serve(self) -> None:
        while not self.ended.is_set():
            try:
                peer, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self._drip, args=(peer,), daemon=True).start()

    def _drip(self, peer: socket.socket) -> None:
        with peer, contextlib.suppress(OSError):
            peer.sendall(self.beginning)
            while not self.ended.wait(0.1):
                peer.sendall(b"a")

    def close(self) -> None:
        self.ended.set()
        self.server.close()


@pytest.fixture
def dripper() -> Iterator[Dripper]:
    made = Dripper(b"HTTP/1.1 200 OK\r\nX-Long: ")
    yield made
    made.close()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_call_ends_at_its_deadline_however_slowly_the_receiver_drips(dripper: Dripper, scheme: str) -> None:
    target = dripper.target.model_copy(update={"scheme": scheme})
    began = time.monotonic()

    with pytest.raises((DeadlineError, OSError)):
        Dialer(loopback=True, timeout_s=0.5).post(target, "{}", {})

    assert time.monotonic() - began < 1.5


def test_success_is_taken_without_waiting_for_what_the_receiver_says_besides() -> None:
    talker = Dripper(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    began = time.monotonic()

    status = Dialer(loopback=True, timeout_s=5).post(talker.target, "{}", {})
    talker.close()

    assert (status, time.monotonic() - began < 1) == (200, True)


class Busy(Receiver):
    """A receiver that asks to be left alone for an hour."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        handler = self.server.RequestHandlerClass
        end = handler.end_headers  # type: ignore[attr-defined]

        def end_with_wish(self: object) -> None:
            self.send_header("Retry-After", "3600")  # type: ignore[attr-defined]
            end(self)

        handler.end_headers = end_with_wish  # type: ignore[attr-defined]


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_obeyed_by_this_call_and_by_every_other_to_the_receiver(
    centre: Store, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    busy = Busy(status)
    hooked(centre, busy.url)
    Scene(centre, open_one(centre))
    at(monkeypatch, WARNED_AT)
    sweep(centre, WARNED_AT)
    run(call(centre))
    soon = WARNED_AT + timedelta(minutes=1)
    Scene(centre, open_one(centre, phone="13812345679", at=NOW + timedelta(minutes=1)))
    sweep(centre, soon)
    at(monkeypatch, soon)

    run(call(centre, place=1))
    busy.close()

    first, second = (delivery_of(centre, call(centre, place=place)) for place in (0, 1))
    hour = WARNED_AT + timedelta(hours=1)
    assert (first.state, first.due_at, first.tries) == ("waiting", hour, 1)
    assert (second.state, second.due_at, second.tries) == ("waiting", hour, 0)
    assert len(busy.calls) == 1


def test_receiver_that_fails_for_the_set_time_is_switched_off_and_the_administrator_told_once(
    centre: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Receiver(500)
    hooked(centre, broken.url)
    centre.transact([staff_write(Staff(id="gao", version=1, name="高管", roles=("admin",), email="gao@example.com"))])
    centre.forget("staff")
    Scene(centre, open_one(centre))
    sweep(centre, WARNED_AT)
    item, now = call(centre), WARNED_AT
    at(monkeypatch, now)
    run(item)
    while load_webhook(centre, "erp").active and now < WARNED_AT + timedelta(days=7):
        now += timedelta(hours=12)
        at(monkeypatch, now)
        run(*tries(centre, item, now))
        delivery = delivery_of(centre, item)
        if delivery.state == "dead":
            Scene(centre, open_one(centre, phone=f"138{now.timestamp():.0f}"[:11], at=now))
            later = now + timedelta(minutes=48)
            at(monkeypatch, later)
            sweep(centre, later)
            calls = centre.query_all("webhook#erp", prefix="call#")
            item = calls[-1]
            run(item)
    broken.close()

    webhook, health = load_with_health(centre, "erp")
    assert (webhook.active, webhook.switched_off) == (False, "failing")
    assert health.failing_since == WARNED_AT
    assert now - WARNED_AT >= timedelta(hours=webhook.off_after_hours)
    [notice] = [found for found in notices_of(centre, "gao") if found.kind == "webhook_failing"]
    assert "erp" in notice.title("en")
