"""How a feature declares itself. Its `feature.py` names with Python objects all that the house must know of it.

Nothing that answers a request imports a `feature.py`: `python -m infra.assemble` reads them all and writes the tables
by which a door finds a feature late, the API's routes, the roles, the filters of streams, documents and texts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from tingjian.platform.events import Event
from tingjian.platform.facts import Fact
from tingjian.platform.lanes import Lane
from tingjian.platform.rights import Right
from tingjian.platform.settings import Settings
from tingjian.platform.store import Store

Wing = Literal["intake", "escalation", "survey", "report"]
DoorName = Literal[
    "intake.api",
    "intake.worker",
    "escalation.api",
    "escalation.stream",
    "escalation.worker",
    "escalation.caller",
    "escalation.schedule",
    "survey.api",
    "survey.stream",
    "survey.worker",
    "report.api",
    "report.stream",
    "report.schedule",
    "report.worker",
]
Resource = Literal[
    "desk",
    "journal",
    "files",
    "lake",
    "secret",
    "import_queue",
    "report_queue",
    "listener_queue",
    "customers_queue",
    "notices_queue",
    "webhooks_queue",
    "mail",
    "sms",
]


@dataclass(frozen=True, slots=True)
class Access:
    """What a part of a feature does to a resource: AWS's actions, on a part of it (an index, a prefix) or the whole.

    `why` says what an action is for that no test makes the part call; it stands above it in the role.
    """

    resource: Resource
    actions: tuple[str, ...]
    part: str = ""
    why: str = ""


def index(name: str) -> Access:
    """Queries of an index of Desk."""
    return Access("desk", ("dynamodb:Query",), f"index/{name}")


def uploads(prefix: str, *actions: str) -> Access:
    """Objects below a prefix of the bucket of files; actions are named without `s3:`."""
    return Access("files", tuple(f"s3:{action}" for action in actions), f"{prefix}/*")


READS_DESK = Access("desk", ("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"))
WRITES_DESK = Access("desk", ("dynamodb:PutItem",))
DELETES_DESK = Access("desk", ("dynamodb:DeleteItem",))
READS_JOURNAL = Access("journal", ("dynamodb:GetItem", "dynamodb:Query"))
WRITES_JOURNAL = Access("journal", ("dynamodb:PutItem",))
SIGNS = Access("secret", ("secretsmanager:GetSecretValue",))


@dataclass(frozen=True, slots=True)
class Http:
    """The routes of a feature, and the wing whose API door serves them."""

    wing: Wing
    app: APIGatewayHttpResolver
    touches: tuple[Access, ...] = ()
    reads: tuple[type[Settings], ...] = ()


@dataclass(frozen=True, slots=True)
class Timer:
    """What the sweep does with a timed item; `kind` is the part of its sort key before the first `#`."""

    kind: str
    fire: Callable[..., Any]
    touches: tuple[Access, ...] = ()
    reads: tuple[type[Settings], ...] = ()


@dataclass(frozen=True, slots=True)
class Listener:
    """What happens when the Journal tells a fact. It is called again when it fails, and repeats must be harmless."""

    fact: type[Fact]
    hear: Callable[[Store, Event, datetime], None]
    touches: tuple[Access, ...] = ()
    reads: tuple[type[Settings], ...] = ()
    imported: bool = False
    """Whether it also hears of history that was imported."""


@dataclass(frozen=True, slots=True)
class Mail:
    """Who writes the messages of items that carry `deliver: template`, and the lane that they go out by."""

    template: str
    write: Callable[..., Any]
    lane: Lane = "customers"
    touches: tuple[Access, ...] = ()
    reads: tuple[type[Settings], ...] = ()


@dataclass(frozen=True, slots=True)
class Work:
    """Work at a door that serves no table: the worker of imports, the lake's stream."""

    door: DoorName
    touches: tuple[Access, ...] = ()
    reads: tuple[type[Settings], ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where items of a kind stand: keys as patterns with `<parts>`, the index partitions they appear in, a note."""

    item: str
    pk: str
    sk: str
    indexes: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """All that the house must know of a feature; what it leaves out it has none of.

    `notices` are the kinds of notice it writes, `clocks`, `moves` and `blockers` what it adds to tickets.
    """

    http: Http | None = None
    rights: tuple[Right, ...] = ()
    facts: tuple[type[Fact], ...] = ()
    listeners: tuple[Listener, ...] = ()
    timers: tuple[Timer, ...] = ()
    mails: tuple[Mail, ...] = ()
    work: tuple[Work, ...] = ()
    notices: tuple[str, ...] = ()
    clocks: tuple[str, ...] = ()
    moves: tuple[str, ...] = ()
    blockers: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
