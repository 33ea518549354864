"""What happens to the consents of a customer."""

from tingjian.intake.customers.consents import Purpose
from tingjian.platform.facts import Fact


class ConsentsChanged(Fact):
    """A customer, or staff for them, changed what it may be contacted about or when.

    `off` is what it has opted out of now; `opted_out` and `opted_in` are what changed.
    """

    changed: tuple[str, ...]
    off: tuple[Purpose, ...]
    opted_out: tuple[Purpose, ...]
    opted_in: tuple[Purpose, ...]
