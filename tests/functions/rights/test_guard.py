"""A store that is guarded writes for nobody whose right was not asked about."""

from dataclasses import replace

import pytest

from tests.builders import AGENT
from tingjian.intake.tickets.rights import WORK_TICKETS
from tingjian.platform.items import Key
from tingjian.platform.rights import Guard, RightNotAskedError
from tingjian.platform.store import Store, Write


def test_guarded_store_writes_once_somebody_has_asked(store: Store) -> None:
    caller = replace(AGENT, asked=set())
    guarded = store.with_guard(Guard(caller, WORK_TICKETS))
    write = Write("desk", {"pk": "a", "sk": "b", "version": 1}, expect=0)

    with pytest.raises(RightNotAskedError):
        guarded.transact([write])
    unasked = store.get(Key("a", "b"))
    caller.require(WORK_TICKETS, team="aftersales")
    guarded.transact([write])

    assert unasked is None
    assert store.get(Key("a", "b")) is not None
