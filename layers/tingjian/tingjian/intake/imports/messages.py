"""The texts of a case as messages of its ticket, which nobody is mailed. Pure."""

from collections.abc import Iterator

from tingjian.intake.imports.cases import Case, Step
from tingjian.intake.imports.known import Known
from tingjian.intake.imports.mappings import LogMapping
from tingjian.intake.imports.models import Import, StoredCase
from tingjian.intake.imports.origins import person_id
from tingjian.intake.messages.models import Message, MessageKind
from tingjian.intake.messages.storage import message_item
from tingjian.intake.tickets.models import Ticket
from tingjian.platform.ids import derived_id
from tingjian.platform.store import Write

LONGEST_MESSAGE = 10_000
STAFF_KINDS = frozenset({"reply", "note"})


def took_messages(stored: StoredCase, case: Case) -> bool:
    """Whether the ticket was told by another file, so that messages only stand beside its events."""
    return stored.told_by != "messages" and bool(case.steps)


def step_messages(case: Case, ticket: Ticket, known: Known, record: Import, *, steps: tuple[int, int]) -> list[Write]:
    """The members of a transaction that add the messages of these steps; the first has what no column has room for."""
    writes = []
    for place in range(*steps):
        for message in _messages(case, place, ticket, known, record.mapping):
            item = message_item(message)
            item.pop("deliver", None)
            item["import"] = record.id
            writes.append(Write("desk", item, expect=0))
    return writes


def step_bytes(case: Case, place: int) -> int:
    more = case.told.more if place == 0 else ""
    return len(case.steps[place].said.text.encode()) + len(more.encode())


def step_count(case: Case, place: int) -> int:
    more = case.told.more if place == 0 else ""
    return -(-len(case.steps[place].said.text) // LONGEST_MESSAGE) - (-len(more) // LONGEST_MESSAGE)


def _messages(case: Case, place: int, ticket: Ticket, known: Known, mapping: LogMapping) -> Iterator[Message]:
    step = case.steps[place]
    said = step.said
    kind: MessageKind = said.kind or _kind(step, place)
    author = person_id(mapping, known, said.person) if said.person and kind in STAFF_KINDS else ""
    texts = [(kind, said.text, author)]
    if place == 0:
        texts.append(("note", case.told.more, ""))
    for name, text, by in texts:
        for start in range(0, len(text), LONGEST_MESSAGE):
            piece = text[start : start + LONGEST_MESSAGE]
            identifier = derived_id(
                "import-message", mapping.source, case.id, step.at.isoformat(), name, str(start), text
            )
            yield Message(id=identifier, ticket=ticket.id, kind=name, text=piece, at=step.at, author=by)


def _kind(step: Step, place: int) -> MessageKind:
    match step.said.action:
        case "open":
            return "request"
        case "message":
            return "customer"
        case "answer":
            return "reply"
    return "request" if place == 0 and not step.said.person else "note"
