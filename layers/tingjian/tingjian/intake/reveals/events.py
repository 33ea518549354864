"""What happens when personal data is shown in full."""

from tingjian.intake.reveals.models import PersonalField
from tingjian.platform.facts import Fact


class ContactRevealed(Fact):
    """Somebody saw a masked field of a customer in full, for this reason."""

    customer: str
    field: PersonalField
    reason: str
