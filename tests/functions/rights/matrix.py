"""The matrix: its operations, its cells, and what is wrong with a cell."""

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from infra.assemble.operations import Operation, operations_of
from tests.functions.door import Answer
from tests.functions.rights.asking import ASKS, Ask, filled
from tests.functions.rights.centre import WINGS, Centre, Thing
from tests.functions.rights.people import CALLERS, COLLEAGUE, STAFF, STRANGER
from tests.functions.rights.scopes import is_allowed, scope_of
from tingjian.platform.rights import Caller

OUTSIDERS = ("signed out", "agent")
"""Who asks for what is everybody's."""
REVEAL = "POST /v1/customers/{customer}/reveal"
STANDING = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
"""Headers that every answer has."""


@cache
def operations() -> dict[str, Operation]:
    """Every operation that a door answers, by method and path."""
    found: dict[str, Operation] = {}
    for wing in WINGS:
        table = importlib.import_module(f"functions.{wing}.assembled").ROUTES
        for name in sorted({module for methods in table.values() for module in methods.values()}):
            module = importlib.import_module(name)
            found |= {f"{op.method} {op.path}": op for op in operations_of(wing, module.app, module)}
        routed = {f"{method} {path}" for path, methods in table.items() for method in methods}
        assert routed == {key for key, op in found.items() if op.wing == wing}
    return found


@dataclass(frozen=True)
class Cell:
    """Somebody asks for an operation on a thing."""

    operation: str
    who: str
    thing: Thing

    def __str__(self) -> str:
        return f"{self.operation} by {self.who} on {self.thing.place or 'the centre'}"

    @property
    def ask(self) -> Ask:
        return ASKS[self.operation]

    @property
    def caller(self) -> Caller | None:
        return CALLERS[self.who]

    @property
    def right(self) -> str | None:
        return operations()[self.operation].right

    @property
    def scope(self) -> str:
        """The caller's scope of the right."""
        return scope_of(self.right, self.caller.roles) if self.right and self.caller else "-"

    @property
    def allowed(self) -> bool:
        if self.right is None:
            return True
        return self.who in STAFF and is_allowed(self.scope, STAFF[self.who], self.thing.place)

    @property
    def is_close(self) -> bool:
        """Whether the caller comes as far as the thing."""
        return self.right is None or (self.who in STAFF and self.scope != "-")

    @property
    def expected(self) -> int:
        """The status that must come back."""
        if self.allowed:
            return self.ask.otherwise(self.caller, self.thing.place) or self.ask.done
        if self.who in {"signed out", "inactive", "unknown"}:
            return 401
        return self.ask.refused if self.scope != "-" else 403

    def knock(self, centre: Centre) -> Answer:
        """Ask."""
        operation, parts = operations()[self.operation], {**centre.parts, **self.thing.parts}
        query, body = self.ask.fill(parts)
        path = operation.path.format_map(parts) + (f"?{query}" if query else "")
        # Who is refused tells of an old version, and must not hear who has changed the thing since.
        version = self.ask.if_match if self.allowed or operation.method == "GET" else '"0"'
        headers = {"if-match": version} if version else {}
        return centre.knock(operation.wing, operation.method, path, body, caller=self.caller, headers=headers)


def cells(centre: Centre, operation: str) -> list[Cell]:
    """The cells of an operation: everybody on what is their own, what two colleagues have and what nobody has."""
    callers = CALLERS if operations()[operation].right else OUTSIDERS
    every = [Cell(operation, who, thing) for who in callers for thing in centre.things[ASKS[operation].about]]
    return [cell for cell in every if _tells_something(cell)]


def _tells_something(cell: Cell) -> bool:
    owner = cell.thing.place.owner if cell.thing.place else None
    return not owner or owner in {COLLEAGUE.id, STRANGER.id, cell.caller.id if cell.caller else ""}


def faults(centre: Centre, checked: list[Cell]) -> Iterator[str]:
    """What is wrong with these cells; the centre is as it was afterwards."""
    untouched = centre.state
    for cell in checked:
        parts = {**centre.parts, **cell.thing.parts}
        for method, path, body in cell.ask.before if cell.is_close else ():
            centre.do("intake", method, path.format_map(parts), filled(body, parts))
        before = centre.state if cell.ask.before and cell.is_close else untouched
        try:
            answer = cell.knock(centre)
        except Exception as error:  # noqa: BLE001 - a 5xx, which is a fault of the cell
            yield f"{cell}: {type(error).__name__} {error}, not {cell.expected}"
            centre.put_back(untouched)
            continue
        if answer.status != cell.expected:
            yield f"{cell}: {answer.status}, not {cell.expected}: {answer.text[:200]}"
        if not answer.headers.items() >= STANDING.items():
            yield f"{cell}: has the headers {answer.headers}"
        if cell.operation != REVEAL or not cell.allowed:
            yield from (f"{cell}: shows {value}" for value in centre.personal if value in answer.text)
        after = centre.state
        if not cell.allowed and after != before:
            yield f"{cell}: was refused and wrote"
        if after != untouched:
            centre.put_back(untouched)


def narrowly_refused(centre: Centre, operation: str) -> list[Cell]:
    """Cells in which somebody has the right in a narrow scope, which does not cover the thing."""
    return [
        cell
        for cell in cells(centre, operation)
        if cell.who in STAFF and cell.scope in {"own", "team"} and not cell.allowed
    ]
