from tingjian.intake.customers.models import CustomerLevel
from tingjian.platform.facts import Fact


class CustomerAdded(Fact):
    """A customer was added; a provisional one by what somebody said of themselves."""

    level: CustomerLevel
    provisional: bool | None = None


class CustomerChanged(Fact):
    """What is known of a customer was changed; `changed` names the fields."""

    level: CustomerLevel
    changed: tuple[str, ...]
