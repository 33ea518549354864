from tingjian.intake.customers.contact_points import ContactKind
from tingjian.intake.customers.models import CustomerLevel
from tingjian.platform.facts import Fact
from tingjian.platform.models import Frozen


class ContactFact(Frozen):
    """A contact as events know it: by its id, and by the keyed hash under which it is looked up."""

    contact: str
    kind: ContactKind
    hash: str


class CustomerAdded(Fact):
    """A customer was added; a provisional one by what somebody said of themselves.

    `may_be` names the customers whom the contacts hint at.
    """

    level: CustomerLevel
    provisional: bool | None = None
    may_be: tuple[str, ...] = ()


class CustomerChanged(Fact):
    """What is known of a customer was changed; `changed` names the fields, `added` and `lost` the contacts by hash."""

    level: CustomerLevel
    changed: tuple[str, ...]
    added: tuple[ContactFact, ...] = ()
    lost: tuple[ContactFact, ...] = ()
    reason: str | None = None
