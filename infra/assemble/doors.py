"""The doors: what each needs by its kind, and what the features that it serves touch."""

import itertools
from collections.abc import Iterable, Iterator
from typing import get_args

from infra.assemble.house import House
from tingjian.platform.features import READS_DESK, SIGNS, WRITES_DESK, Access, DoorName, Resource, index
from tingjian.platform.settings import (
    EdgeSettings,
    FilesSettings,
    ImportQueueSettings,
    LakeSettings,
    LaneSettings,
    ListenerQueueSettings,
    MailSettings,
    ReportQueueSettings,
    Settings,
    SigningSettings,
    TableSettings,
)

DOORS: tuple[DoorName, ...] = get_args(DoorName)
TIMER_DOOR: DoorName = "escalation.schedule"
MAIL_DOOR: DoorName = "escalation.worker"
CALL_DOOR: DoorName = "escalation.caller"
LISTENER_DOORS: tuple[DoorName, ...] = ("survey.worker",)
READS_EVENTS = Access("journal", ("dynamodb:GetItem",))
READS_ITEMS = Access("desk", ("dynamodb:BatchGetItem",))
READS_SOURCES = Access("desk", ("dynamodb:GetItem",))
ENQUEUES = Access("listener_queue", ("sqs:SendMessage",))
FILLS_LANES: tuple[Access, ...] = (
    Access("customers_queue", ("sqs:SendMessage",)),
    Access("notices_queue", ("sqs:SendMessage",)),
    Access("webhooks_queue", ("sqs:SendMessage",)),
)
NEEDS: dict[DoorName, tuple[Access, ...]] = {
    "intake.api": (READS_DESK, WRITES_DESK, SIGNS),
    "escalation.api": (READS_DESK, WRITES_DESK, SIGNS),
    "escalation.stream": FILLS_LANES,
    "escalation.worker": (READS_SOURCES,),
    "escalation.caller": (READS_SOURCES,),
    "escalation.schedule": (index("due"), READS_ITEMS),
    "survey.api": (READS_DESK, WRITES_DESK, SIGNS),
    "report.api": (READS_DESK, WRITES_DESK, SIGNS),
    "survey.stream": (ENQUEUES,),
    "survey.worker": (READS_EVENTS,),
}
"""What a door does itself. An API door reads who calls, stores answers under idempotency keys and hashes where a
refused request came from; the sweep finds what is due; the reader of a stream tells a worker by its queues, and the
worker reads the item or event again."""


WHERE: dict[Resource, type[Settings]] = {
    "desk": TableSettings,
    "journal": TableSettings,
    "files": FilesSettings,
    "lake": LakeSettings,
    "secret": SigningSettings,
    "import_queue": ImportQueueSettings,
    "report_queue": ReportQueueSettings,
    "listener_queue": ListenerQueueSettings,
    "customers_queue": LaneSettings,
    "notices_queue": LaneSettings,
    "webhooks_queue": LaneSettings,
    "mail": MailSettings,
}
"""The settings that say where a resource is."""


def served(house: House, door: DoorName) -> Iterator[tuple[tuple[Access, ...], tuple[type[Settings], ...]]]:
    """What each part that a door serves touches, and reads from the environment."""
    for declared in house.features:
        feature = declared.feature
        if feature.http and door == f"{feature.http.wing}.api":
            yield feature.http.touches, feature.http.reads
        yield from ((work.touches, work.reads) for work in feature.work if work.door == door)
        if door == TIMER_DOOR:
            yield from ((timer.touches, timer.reads) for timer in feature.timers)
        if door in {MAIL_DOOR, CALL_DOOR}:
            mails = [mail for mail in feature.mails if (mail.lane == "webhooks") == (door == CALL_DOOR)]
            yield from ((mail.touches, mail.reads) for mail in mails)
        if door in LISTENER_DOORS:
            yield from ((listener.touches, listener.reads) for listener in feature.listeners)


def touched(house: House, door: DoorName) -> tuple[Access, ...]:
    """All that a door touches, what its kind needs included."""
    parts: Iterable[Access] = itertools.chain.from_iterable(touches for touches, _ in served(house, door))
    return (*NEEDS.get(door, ()), *parts)


def settings_read(house: House, door: DoorName) -> frozenset[type[Settings]]:
    """The settings that a door reads: where what it touches is, and what its parts read besides."""
    named = itertools.chain.from_iterable(reads for _, reads in served(house, door))
    found = (WHERE[access.resource] for access in touched(house, door) if access.resource in WHERE)
    edge = {EdgeSettings} if door.endswith(".api") else set()
    return frozenset((*named, *found, *edge))
