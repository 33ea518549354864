"""The routes of API Gateway, in infra/api.yaml: two a noun, and those of a wing below another one's noun.

The wing that serves most paths of a noun gets everything below it. A path of another wing there has a route of its own,
which wins since it is more specific; so has every path of the first wing that this route would take from it.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from infra.assemble.files import with_block
from infra.assemble.house import WINGS, House
from infra.assemble.operations import Operation

FILE = "infra/api.yaml"
PUBLIC = "/v1/public/"
AUTHORIZED = "      AuthorizationType: JWT\n      AuthorizerId: !Ref Staff\n"
OPEN = "      AuthorizationType: NONE\n"
ROUTE = """
  {id}Route:
    Type: AWS::ApiGatewayV2::Route
    Properties:
      ApiId: !Ref ApiId
      RouteKey: ANY {path}
      Target: !Sub integrations/${{{wing}}}
"""


@dataclass(frozen=True)
class Route:
    """A route of API Gateway and the wing that answers it."""

    path: str
    wing: str
    public: bool


def api_template(house: House) -> dict[str, str]:
    found = routes(house)
    groups = [(public, wing) for public in (False, True) for wing in WINGS]
    block = ""
    for public, wing in groups:
        written = [_written(route) for route in found if (route.public, route.wing) == (public, wing)]
        if written:
            block += f"\n  # {wing.capitalize()}, for {'everybody' if public else 'staff'}.{''.join(written)}"
    return {FILE: with_block((house.root / FILE).read_text("utf-8"), "routes", block + "\n")}


def routes(house: House) -> list[Route]:
    nouns: dict[str, list[Operation]] = {}
    for operation in house.operations:
        nouns.setdefault(noun_of(operation.path), []).append(operation)
    return [route for noun, operations in sorted(nouns.items()) for route in _routes_of_noun(noun, operations)]


def mixed_nouns(house: House) -> Iterator[str]:
    """Nouns below which some paths need a member of staff and others need nobody."""
    doors: dict[str, Operation] = {}
    for operation in house.operations:
        first = doors.setdefault(noun_of(operation.path), operation)
        if (first.right is None) != (operation.right is None):
            yield (
                f"{first.path} and {operation.path} share a noun and only one is for everybody: "
                f"move the public one below {PUBLIC}."
            )


def noun_of(path: str) -> str:
    """The part of a path that names what it is about, such as /v1/tickets or /v1/public/tickets."""
    parts = path.split("/")
    return "/".join(parts[: 4 if path.startswith(PUBLIC) else 3])


def _routes_of_noun(noun: str, operations: list[Operation]) -> Iterator[Route]:
    wings = {operation.path: operation.wing for operation in operations}
    counted = Counter(wings.values())
    main = max(WINGS, key=lambda wing: counted[wing])
    public = operations[0].right is None
    yield Route(noun, wings.get(noun, main), public)
    if not public or noun.startswith(PUBLIC) or list(wings) != [noun]:
        yield Route(f"{noun}/{{proxy+}}", main, public)
    foreign = [path for path, wing in wings.items() if wing != main and path != noun]
    for path, wing in wings.items():
        taken = any(takes(other, path) for other in foreign)
        if path in foreign or (taken and path != noun):
            yield Route(path, wing, public)


def takes(route: str, path: str) -> bool:
    """Whether a route without a greedy end would take the requests of a path."""
    parts, wanted = route.split("/"), path.split("/")
    return len(parts) == len(wanted) and all(
        part.startswith("{") or other.startswith("{") or part == other
        for part, other in zip(parts, wanted, strict=True)
    )


def _written(route: Route) -> str:
    text = ROUTE.format(id=logical_id(route.path), path=route.path, wing=route.wing.capitalize())
    return text + (OPEN if route.public else AUTHORIZED)


def logical_id(path: str) -> str:
    """The logical id of a path's route: `TicketsItem` for /v1/tickets/{proxy+}, stable as long as the path is."""
    plain = path.removeprefix("/v1/").replace("{proxy+}", "item")
    return "".join(word.capitalize() for word in re.findall(r"[a-z0-9]+", plain.replace("_", "-").lower()))
