"""The one way to change what others change too: load, decide, write, and once more when somebody was first."""

from collections.abc import Callable
from typing import TypeVar

from tingjian.platform.errors import DoneBeforeError
from tingjian.platform.records import stale
from tingjian.platform.store import Store

ATTEMPTS = 3

Loaded = TypeVar("Loaded")
Answer = TypeVar("Answer")


class OvertakenError(Exception):
    """A write found that the entity has gone on since `version`; it is decided again on what is there now."""

    def __init__(self, entity: str, version: int) -> None:
        super().__init__(entity, version)
        self.entity, self.version = entity, version


def load_and_write(
    store: Store,
    load: Callable[[], Loaded],
    write: Callable[[Loaded], Answer],
    *,
    receipt: Callable[[DoneBeforeError], Answer] | None = None,
    again_on: type[Exception] | tuple[type[Exception], ...] = (),
    attempts: int = ATTEMPTS,
) -> Answer:
    """What `write` decides and writes on what `load` gives; loaded and decided anew after an OvertakenError.

    Whoever was first may have been a concurrent request with the same key. Then `load` raises DoneBeforeError, and
    `receipt` gives the answer that the other request got. `again_on` are further errors that are worth another attempt;
    the last one is raised. Raises StaleError that names who was first when every attempt is overtaken.
    """
    for attempt in range(1, attempts + 1):
        try:
            return write(load())
        except DoneBeforeError as done:
            if receipt is None:
                raise
            return receipt(done)
        except OvertakenError as error:
            if attempt == attempts:
                raise stale(store, error.entity, after=error.version) from error
        except again_on:
            if attempt == attempts:
                raise
    raise AssertionError
