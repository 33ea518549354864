"""Deliveries as operators see them: those that are dead, without addresses or texts. Pure."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from tingjian.notifications.deliveries.models import Delivery, DeliveryState, Way
from tingjian.platform.models import Frozen


class DeliveryView(Frozen):
    """A delivery as operators see it: no address, no text."""

    id: str
    version: int
    template: str
    source: str
    state: DeliveryState
    tries: int
    made_at: datetime
    changed_at: datetime
    error: str | None = None
    way: Way | None = None

    @classmethod
    def of(cls, delivery: Delivery) -> "DeliveryView":
        shown = {name: getattr(delivery, name) for name in cls.model_fields if name != "source"}
        return cls(**shown, source=f"{delivery.source_pk} {delivery.source_sk}")


class DeliveryList(Frozen):
    """A page of dead deliveries, newest first."""

    items: tuple[DeliveryView, ...]
    cursor: str | None = None


class DeadQuery(Frozen):
    """Which dead deliveries: those of a webhook, or mail and text messages."""

    webhook: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{1,40}$")] | None = None
    limit: int = Field(default=25, ge=1, le=50)
    cursor: Annotated[str, StringConstraints(max_length=2000)] | None = None
