"""Whether what stands in Journal is what the features declare: each event's data against the fact of its name."""

import functools
from typing import TYPE_CHECKING

from pydantic import ValidationError

from infra.assemble.house import House, house_at
from tingjian.platform.events import Event, event_from_item
from tingjian.platform.facts import Fact
from tingjian.platform.store import from_wire

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@functools.cache
def house() -> House:
    """The house, read once."""
    return house_at()


def declared_facts() -> dict[str, type[Fact]]:
    """The facts of all features, by name, and those that a test declares for itself."""
    own = [fact for fact in Fact.__subclasses__() if fact.__module__.startswith("tests.")]
    return {fact.__name__: fact for fact in [*own, *(fact for _, fact in house().facts)]}


def journal_events(client: "DynamoDBClient", table: str) -> list[Event]:
    """All events of a small Journal."""
    pages = client.get_paginator("scan").paginate(TableName=table)
    return [event_from_item(from_wire(item)) for page in pages for item in page["Items"]]


def contradictions(events: list[Event]) -> list[str]:
    """What is wrong with the data of events, a sentence for each."""
    found = []
    facts = declared_facts()
    for event in events:
        fact = facts.get(event.name)
        if fact is None:
            found.append(f"{event.name} of {event.entity} is declared by no feature")
            continue
        try:
            fact.model_validate(event.data)
        except ValidationError as error:
            found.append(f"{event.name} of {event.entity}, version {event.version}: {error}")
    return found
