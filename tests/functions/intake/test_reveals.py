"""Revealing a customer's contact: only who may work for the customer, with a reason, as an event."""

import pytest

from tests.builders import AGENT, LEAD, MANAGER, STRANGER, WAREHOUSE
from tests.functions.door import Answer, Knocker
from tingjian.intake.tickets.storage import load_ticket, ticket_write
from tingjian.platform.events import load_events
from tingjian.platform.rights import Caller
from tingjian.platform.store import Store

PHONE = "13812345678"


@pytest.fixture
def ticket(intake: Knocker) -> str:
    """A customer's ticket in the queue of after-sales."""
    contact = {"phone": PHONE, "name": "王芳"}
    body = {"type": "feedback", "subject": "包裹没到", "text": "三天了", "contact": contact}
    return str(intake.post("/v1/public/tickets", body).json["number"].replace("-", ""))


def customer_of(door: Knocker) -> str:
    return str(door.post("/v1/customers/search", {"phone": PHONE}, caller=AGENT).json["items"][0]["id"])


def reveal(door: Knocker, customer: str, caller: Caller) -> Answer:
    body = {"field": "phones", "reason": "回电"}
    return door.post(f"/v1/customers/{customer}/reveal", body, caller=caller)


@pytest.mark.usefixtures("ticket")
@pytest.mark.parametrize("caller", [AGENT, LEAD, MANAGER])
def test_caller_of_the_tickets_team_or_of_all_sees_the_phone(intake: Knocker, caller: Caller) -> None:
    answer = reveal(intake, customer_of(intake), caller)

    assert (answer.status, answer.json) == (200, {"values": ["+8613812345678"]})


@pytest.mark.usefixtures("ticket")
@pytest.mark.parametrize("caller", [STRANGER, WAREHOUSE])
def test_caller_of_another_team_is_refused_and_nothing_is_recorded(
    intake: Knocker, centre: Store, caller: Caller
) -> None:
    customer = customer_of(intake)

    assert reveal(intake, customer, caller).status == 403
    assert load_events(centre, f"customer-access#{customer}") == []


def test_ticket_that_moves_to_another_team_takes_the_right_along(intake: Knocker, ticket: str) -> None:
    assert intake.post(f"/v1/tickets/{ticket}/assign", {"team": "presales"}, caller=MANAGER).status == 200
    customer = customer_of(intake)

    assert [reveal(intake, customer, caller).status for caller in (STRANGER, AGENT)] == [200, 403]


def test_assignee_sees_the_phone_whatever_the_ticket_belongs_to(intake: Knocker, centre: Store, ticket: str) -> None:
    found = load_ticket(centre, ticket)
    centre.transact([ticket_write(found.model_copy(update={"assignee": STRANGER.id, "version": found.version + 1}))])

    assert reveal(intake, customer_of(intake), STRANGER).status == 200


@pytest.mark.parametrize(("caller", "status"), [(AGENT, 403), (LEAD, 403), (MANAGER, 200)])
def test_customer_without_a_ticket_is_shown_to_the_right_to_all_only(
    intake: Knocker, caller: Caller, status: int
) -> None:
    customer = intake.post("/v1/customers", {"name": "王芳", "phones": [PHONE]}, caller=AGENT).json["id"]

    assert reveal(intake, customer, caller).status == status


def test_unknown_customer_is_not_found(intake: Knocker) -> None:
    assert reveal(intake, "nobody", AGENT).status == 404
