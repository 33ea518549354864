"""The textbook function that P1 compares with: boto3, the four of Powertools with validation on, and twenty models.

Written the way the guides show it: everything is made when the module is imported. Runs from a tree of its own.
"""

from datetime import datetime
from typing import Any, Literal

import boto3
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from pydantic import BaseModel, Field

logger = Logger(service="textbook")
tracer = Tracer(service="textbook")
metrics = Metrics(namespace="Textbook", service="textbook")
app = APIGatewayHttpResolver(enable_validation=True)
dynamodb = boto3.client("dynamodb")


class Contact(BaseModel):
    """Who asks."""

    name: str = Field(min_length=1, max_length=80)
    phone: str | None = None
    email: str | None = None


class Address(BaseModel):
    """Where a customer lives."""

    street: str
    city: str
    province: str
    postcode: str | None = None


class Customer(BaseModel):
    """A customer."""

    id: str
    contact: Contact
    address: Address | None = None
    level: Literal["basic", "gold", "diamond"] = "basic"


class Attachment(BaseModel):
    """A file."""

    key: str
    name: str = Field(max_length=200)
    size_bytes: int = Field(ge=0)
    content_type: str


class NewTicket(BaseModel):
    """What comes in."""

    type: str
    subject: str = Field(min_length=1, max_length=200)
    text: str = Field(max_length=20_000)
    contact: Contact
    order_number: str | None = None
    attachments: list[Attachment] = Field(default_factory=list, max_length=10)


class Message(BaseModel):
    """A word on a ticket."""

    id: str
    author: str
    text: str
    public: bool
    written_at: datetime


class NewMessage(BaseModel):
    """A word that comes in."""

    text: str = Field(min_length=1, max_length=20_000)
    public: bool = True


class Clock(BaseModel):
    """A clock of a ticket."""

    name: Literal["first_response", "resolution"]
    due_at: datetime
    met_at: datetime | None = None
    paused: bool = False


class Ticket(BaseModel):
    """A ticket."""

    id: str
    type: str
    subject: str
    status: Literal["new", "open", "waiting", "resolved", "closed"]
    priority: Literal["low", "normal", "high", "urgent"] = "normal"
    version: int = Field(ge=1)
    opened_at: datetime
    clocks: list[Clock] = []
    fields: dict[str, Any] = {}


class TicketPage(BaseModel):
    """Some tickets."""

    items: list[Ticket]
    cursor: str | None = None


class Assignment(BaseModel):
    """Who is to do it."""

    assignee: str
    team: str | None = None


class Resolution(BaseModel):
    """What was done."""

    cause: str
    remedy: str
    responsible_unit: str


class Handoff(BaseModel):
    """A hand-off."""

    department: str
    reason: str = Field(min_length=1)
    due_at: datetime


class HandoffAnswer(BaseModel):
    """A department's answer."""

    accepted: bool
    reason: str | None = None


class Team(BaseModel):
    """A team."""

    id: str
    name: str
    members: list[str]


class FieldRule(BaseModel):
    """A rule on a field."""

    name: str
    kind: Literal["text", "number", "choice"]
    required: bool = False
    choices: list[str] = []


class TicketType(BaseModel):
    """A type of ticket."""

    key: str
    name: str
    fields: list[FieldRule]


class Target(BaseModel):
    """A target."""

    type: str
    priority: Literal["low", "normal", "high", "urgent"]
    minutes: int = Field(gt=0)


class Survey(BaseModel):
    """An answer to a survey."""

    id: str
    score: int = Field(ge=1, le=5)
    reasons: list[str] = []
    text: str | None = None


class Problem(BaseModel):
    """What went wrong."""

    type: str
    title: str
    status: int
    detail: str | None = None
    errors: list[dict[str, Any]] = []


@app.post("/v1/tickets")
@tracer.capture_method
def file_ticket(ticket: NewTicket) -> Ticket:
    """Answer with a ticket."""
    logger.info("TicketOpened", extra={"type": ticket.type})
    metrics.add_metric(name="TicketsOpened", unit="Count", value=1)
    return Ticket(
        id="T-1",
        type=ticket.type,
        subject=ticket.subject,
        status="new",
        version=1,
        opened_at=datetime.fromisoformat("2026-01-01T00:00Z"),
    )


@logger.inject_lambda_context
@tracer.capture_lambda_handler
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer an API Gateway event."""
    return app.resolve(event, context)
