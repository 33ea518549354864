"""The stock application of P2: Logger, Metrics, and a resolver that validates request and response.

Imported after the environment is set; annotations stay objects, since the resolver reads them.
"""

from typing import Any, Literal

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.metrics import MetricUnit
from pydantic import BaseModel, ConfigDict, Field

logger = Logger(service="bench")
metrics = Metrics(namespace="Bench", service="bench")
app = APIGatewayHttpResolver(enable_validation=True)


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
    type: str
    subject: str
    status: str
    version: int


@app.post("/v1/tickets")
def file_ticket(ticket: NewTicket) -> Filed:
    """Log, count and answer."""
    logger.info("TicketsOpened", extra={"type": ticket.type})
    metrics.add_metric(name="TicketsOpened", unit=MetricUnit.Count, value=1)
    return Filed(id="T-1", type=ticket.type, subject=ticket.subject, status="new", version=1)


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer an API Gateway event."""
    return app.resolve(event, context)
