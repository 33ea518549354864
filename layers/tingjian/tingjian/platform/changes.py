"""Changes of what others change at the same time: load, decide and write, and again when another write came first."""

from collections.abc import Callable
from typing import TypeVar

from tingjian.platform.errors import DoneBeforeError
from tingjian.platform.records import stale
from tingjian.platform.store import Store

ATTEMPTS = 3

Loaded = TypeVar("Loaded")
Answer = TypeVar("Answer")


class OvertakenError(Exception):
    """The entity changed after `version` was loaded. The decision is made again on the present version."""

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
    """The answer of `write` to what `load` gives. Both are called again after an OvertakenError.

    A concurrent request with the same key may have been first. Then `load` raises DoneBeforeError, and `receipt` gives
    the answer that the other request got. `again_on` names further errors after which both are called again; in the
    last attempt such an error is raised. Raises StaleError, which names the first change, if no attempt succeeds.
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
