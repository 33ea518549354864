"""What happens to imports, and to imported tickets only."""

from datetime import datetime

from tingjian.intake.imports.models import Tally
from tingjian.intake.tickets.events import LoggedFact, TicketFact
from tingjian.platform.facts import Fact


class ImportCreated(Fact):
    """An import was made and waits for its file."""

    source: str
    size_bytes: int
    type: str | None = None
    form: str = "events"


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


class TicketRated(LoggedFact):
    """What the customer of an imported ticket said of it: 1 to 5, about the person who resolved it."""

    score: int
    person: str | None = None


class TicketTakenOver(TicketFact):
    """A ticket that was open when it was imported lives on here, with clocks that run from its own opening."""

    targets: dict[str, int]
    due: dict[str, datetime]


class TicketImportUndone(TicketFact):
    """An import was undone: the ticket's events `first` to `last` count no more. What is left of it may be nothing."""

    undone: str
    first: int
    last: int


class ImportCheckStarted(Fact):
    """A dry run of an import was started."""

    parts: int


class ImportChecked(Fact, Tally):
    """A dry run is done: what the import would do."""


class ImportUndoStarted(Fact):
    """Somebody began to undo an import."""


class ImportUndone(Fact):
    """An import is undone: cases taken back, and those that were left since somebody works on them here."""

    cases: int
    kept: int


class ImportedPartyRemoved(Fact):
    """A former colleague or a customer whom an import had added, and who stands nowhere else, is gone with it."""
