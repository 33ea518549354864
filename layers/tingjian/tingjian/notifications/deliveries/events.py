"""What happens to deliveries. Most of it is a delivery's own state, and no event."""

from tingjian.platform.facts import Fact


class DeliveryReplayed(Fact):
    """Somebody had a delivery that was given up tried again."""

    template: str
