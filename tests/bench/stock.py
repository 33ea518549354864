"""The stock application of P2: Logger, Metrics, a check of the caller's groups, a resolver that validates both ways.

Imported after the environment is set; annotations stay objects, since the resolver reads them.
"""

from collections.abc import Callable
from typing import Any, Literal

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import ForbiddenError, UnauthorizedError
from aws_lambda_powertools.metrics import MetricUnit
from pydantic import BaseModel, ConfigDict, Field

from tingjian.intake.tickets.lists import TicketList

logger = Logger(service="bench")
metrics = Metrics(namespace="Bench", service="bench")
app = APIGatewayHttpResolver(enable_validation=True)
MAY_OPEN = {"agent", "lead", "manager", "director", "admin"}


class Contact(BaseModel):
    """Who asks."""

    name: str = Field(min_length=1, max_length=200)
    phone: str
    email: str


class NewTicket(BaseModel):
    """What comes in."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")
    subject: str = Field(min_length=1, max_length=200)
    text: str = Field(min_length=1, max_length=10_000)
    channel: Literal["web", "phone", "email"]
    contact: Contact
    order_number: str | None = None


class Filed(BaseModel):
    """What goes out."""

    id: str
    number: str
    version: int
    event: str
    status: str
    at: str


page: list[TicketList] = []
"""The page that the list answers with; the bench puts it here."""


def staff(resolver: APIGatewayHttpResolver, go_on: Callable[[APIGatewayHttpResolver], Response[Any]]) -> Response[Any]:
    """Refuse who is not signed in or in no group that may."""
    authorizer = resolver.current_event.request_context.authorizer
    claims = authorizer.jwt_claim if authorizer else None
    if not claims:
        raise UnauthorizedError("sign in")
    if not MAY_OPEN & set(str(claims.get("cognito:groups", "")).strip("[]").split()):
        raise ForbiddenError("not for you")
    return go_on(resolver)


@app.post("/v1/tickets", middlewares=[staff])
def file_ticket(ticket: NewTicket) -> Filed:
    """Log, count and answer."""
    logger.info("TicketsOpened", extra={"type": ticket.type})
    metrics.add_metric(name="TicketsOpened", unit=MetricUnit.Count, value=1)
    return Filed(
        id="T-1", number="482739510664", version=1, event="TicketOpened", status="new", at="2026-01-01T00:00:00.000Z"
    )


@app.get("/v1/tickets", middlewares=[staff])
def list_tickets() -> TicketList:
    """Answer with the page."""
    return page[0]


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer an API Gateway event."""
    return app.resolve(event, context)
