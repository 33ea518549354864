"""Three listeners: one is quick, one fails until it is mended, one waits until it is let go."""

import threading
from collections import defaultdict
from datetime import datetime

from tingjian.platform.events import Event
from tingjian.platform.store import Store

LONGEST_WAIT_S = 60

heard: dict[str, list[str]] = defaultdict(list)
mended = threading.Event()
released = threading.Event()


class PoisonedError(Exception):
    """What the poisoned listener dies of."""


def quick(_store: Store, event: Event, _now: datetime) -> None:
    heard["quick"].append(event.entity)


def poisoned(_store: Store, event: Event, _now: datetime) -> None:
    if not mended.is_set():
        raise PoisonedError
    heard["poisoned"].append(event.entity)


def slow(_store: Store, event: Event, _now: datetime) -> None:
    assert released.wait(LONGEST_WAIT_S)
    heard["slow"].append(event.entity)


def forget() -> None:
    """Make the listeners as they were at first."""
    heard.clear()
    mended.clear()
    released.clear()
