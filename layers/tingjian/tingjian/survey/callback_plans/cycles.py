"""Cycles: how long after the last contact a customer is called, by level (C7, C8). Pure."""

from datetime import datetime, timedelta

from tingjian.intake.customers.models import CustomerLevel
from tingjian.platform.ids import fingerprint
from tingjian.platform.models import Frozen
from tingjian.survey.callback_plans.models import CycleSource

SPREAD_SECONDS = 10 * 3600
"""Customers of one day come due over so long, each at a time of its own, since a plan counts one after the other."""
LOOKED_AT_AGAIN = timedelta(days=1)


class Turn(Frozen):
    """A customer's place in the cycle of a plan. `number` counts the callbacks made, `since` is when the turn began."""

    plan: str
    customer: str
    version: int = 1
    number: int = 0
    since: datetime

    def after_callback(self, now: datetime) -> "Turn":
        return self.model_copy(update={"number": self.number + 1, "since": now, "version": self.version + 1})

    def looked_at(self) -> "Turn":
        return self.model_copy(update={"version": self.version + 1})


def next_due(source: CycleSource, level: CustomerLevel, contact: datetime, customer: str) -> datetime | None:
    """When a customer is called next after a contact; None for a level that is not called."""
    days = source.days.get(level)
    if days is None:
        return None
    offset = int(fingerprint("cycle", customer)[:8], 16) % SPREAD_SECONDS
    return contact + timedelta(days=days, seconds=offset)
