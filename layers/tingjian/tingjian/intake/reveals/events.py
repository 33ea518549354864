"""What happens when personal data is shown in full."""

from tingjian.intake.reveals.models import PersonalField
from tingjian.platform.facts import Fact


class ContactRevealed(Fact):
    """Somebody saw a masked field of a customer in full, by this ticket; `reason` is a code of the list.

    Older events hold as `reason` the words that somebody wrote; those stand in Desk now.
    """

    customer: str
    field: PersonalField
    reason: str
    ticket: str | None = None
