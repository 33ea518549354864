from tingjian.escalation.deadlines.actions import ask, ask_why, explain_ticket
from tingjian.escalation.deadlines.models import Deadline, ExplainedDeadline, ExplainedTicket, Question
from tingjian.intake.tickets.rights import READ_TICKETS
from tingjian.platform.http import Here, resolver, staff
from tingjian.sla.calendars.rights import READ_POLICIES

app = resolver()


@app.post("/v1/calendars/<calendar>/deadline", **staff(READ_POLICIES))
def deadline(call: Here, calendar: str, body: Question) -> Deadline:
    """Say when so many open minutes have passed."""
    return ask(call.store, calendar, body)


@app.post("/v1/calendars/<calendar>/explain", **staff(READ_POLICIES))
def explain(call: Here, calendar: str, body: Question) -> ExplainedDeadline:
    """Say the same, with each span counted or skipped and its reason."""
    return ask_why(call.store, calendar, body)


@app.get("/v1/deadlines/<ticket>", **staff(READ_TICKETS))
def ticket_deadlines(call: Here, ticket: str) -> ExplainedTicket:
    """Say why each deadline of a ticket is where it is."""
    return explain_ticket(call.store, ticket, caller=call.caller, now=call.now)
