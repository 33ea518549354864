"""What happens to imports, and to imported tickets only."""

from tingjian.intake.imports.models import Tally
from tingjian.intake.tickets.events import LoggedFact
from tingjian.platform.facts import Fact


class ImportCreated(Fact):
    """An import was made and waits for its file."""

    source: str
    type: str
    size_bytes: int


class ImportStarted(Fact):
    """An import was started, or started again where it had stopped."""

    parts: int


class ImportSplit(Fact):
    """The file was split into parts."""

    rows: int
    rejected: int


class ImportFinished(Fact, Tally):
    """An import is done."""


class ImportFailed(Fact):
    """An import cannot go on; `reason` is a key under `field.` in the catalogue."""

    reason: str


class ImportCancelled(Fact):
    """Somebody stopped an import; what it had written stays."""


class TicketNoted(LoggedFact):
    """A row of the log that changes nothing of its ticket. One after the close may be what would have reopened it."""

    after_close: bool | None = None
    would_reopen: bool | None = None
