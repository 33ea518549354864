"""Callback plans that come to every turn that a plan can take, so that each event that somebody hears is written."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.builders import JOURNAL, LEAD
from tests.functions.door import Knocker, opened
from tests.functions.facts import journal_events
from tests.functions.survey.callback_plans.desk import PLANS, list_of, plan_of, running_with, sheet, started, upload
from tests.functions.survey.callback_plans.hearing import Stream
from tingjian.platform.chains import with_event
from tingjian.platform.events import SYSTEM, event_write
from tingjian.platform.store import Store
from tingjian.survey.callback_plans import clearing, exporting, listeners
from tingjian.survey.callback_plans.storage import plan_key
from tingjian.survey.callback_plans.timers import fire_plan
from tingjian.survey.callbacks.events import CallbackSettled
from tingjian.survey.callbacks.storage import callback_write, load_callback


def live_through_plans(store: Store, keep: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan that is called, handed over, exported and stopped; one that fails, one that is given up, one that ends.

    `keep` is told of each transaction.
    """
    with opened("survey", monkeypatch) as door, monkeypatch.context() as small:
        door.dynamodb.meta.events.register("before-parameter-build.dynamodb.TransactWriteItems", keep)
        small.setattr(listeners, "RUN_SECONDS", 0)
        small.setattr(clearing, "GROUP", 2)
        small.setattr(exporting, "PAGE", 3)
        stream = Stream(store.client)
        stream.told = {(event.entity, event.version) for event in journal_events(store.client, JOURNAL)}
        busy_plan(door, store, stream)
        replaced, listed = running_with(door, sheet(2, first=50), people=[])
        upload(listed, sheet(3))
        given_up = plan_of(door, people=[])
        started(door, given_up, list_of(door, given_up, sheet(2, first=60)))
        door.post(f"{PLANS}/{given_up}/stop", caller=LEAD)
        stream.run()
        door.post(f"{PLANS}/{replaced}/stop", caller=LEAD)
        short_plan(door, store)


def busy_plan(door: Knocker, store: Store, stream: Stream) -> None:
    plan, _ = running_with(door, sheet(14), people=["chen", "zhao"])
    path = f"{PLANS}/{plan}"
    stream.run()
    first, second, third, *_ = [one["callback"] for one in door.get(f"{path}/callbacks", caller=LEAD).json["items"]]
    door.post(f"/v1/callbacks/{first}/claim", caller=LEAD)
    door.post(f"/v1/callbacks/{second}/calls", {"result": "satisfied", "note": "很好"}, caller=LEAD)
    settled, event = with_event(
        load_callback(store, third).settled("survey", now=datetime.now(UTC)),
        CallbackSettled,
        now=datetime.now(UTC).replace(microsecond=0),
        actor=SYSTEM,
        data={"settled_by": "survey"},
    )
    store.transact([callback_write(settled), event_write(event)])
    door.post(f"{path}/pause", caller=LEAD)
    door.post(f"{path}/resume", caller=LEAD)
    door.post(f"{path}/exports", {}, caller=LEAD)
    door.post(f"{path}/hand-over", {"person": "chen"}, caller=LEAD)
    stream.run()
    door.post(f"{path}/stop", caller=LEAD)


def short_plan(door: Knocker, store: Store) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    plan = plan_of(
        door,
        people=[],
        starts_at=(now + timedelta(hours=1)).isoformat(),
        ends_at=(now + timedelta(hours=2)).isoformat(),
    )
    door.post(f"{PLANS}/{plan}/start", caller=LEAD)
    for hours in (1, 2):  # By itself: a sweep at this time would fire the timers of the other lives.
        item = store.get(plan_key(plan))
        assert item
        firing = fire_plan(store, item, now=now + timedelta(hours=hours))
        assert firing
        store.transact(firing.writes)
