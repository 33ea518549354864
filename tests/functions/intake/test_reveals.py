"""Revealing a customer's contact: only who may work for the customer, with a reason, as an event."""

import pytest

from tests.builders import AGENT, LEAD, MANAGER, STRANGER, WAREHOUSE
from tests.functions.door import Answer, Knocker
from tingjian.intake.reveals import actions
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
    body = {"field": "phones", "reason": "callback", "text": "回电"}
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


def test_words_of_the_reason_stay_in_desk(intake: Knocker, centre: Store, ticket: str) -> None:
    customer = customer_of(intake)
    reveal(intake, customer, AGENT)

    [event] = load_events(centre, f"customer-access#{customer}")
    assert event.data == {"customer": customer, "field": "phones", "reason": "callback", "ticket": ticket}


def test_lead_of_the_team_sees_who_revealed_what_and_why(intake: Knocker, ticket: str) -> None:
    reveal(intake, customer_of(intake), AGENT)

    [entry] = intake.get("/v1/reveals?team=aftersales", caller=LEAD).json["items"]

    assert (entry["person"], entry["ticket"], entry["reason"], entry["text"]) == ("chen", ticket, "callback", "回电")
    assert intake.get("/v1/reveals?person=lin", caller=LEAD).json["items"] == []
    assert intake.get("/v1/reveals", caller=AGENT).status == 403
    assert intake.get("/v1/reveals?team=presales", caller=LEAD).status == 403


@pytest.mark.usefixtures("ticket")
def test_reveals_of_a_person_are_limited_by_the_hour(intake: Knocker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "OF_PERSON", actions.OF_PERSON._replace(most=2))
    customer = customer_of(intake)

    statuses = [reveal(intake, customer, AGENT).status for _ in range(4)]

    assert statuses == [200, 200, 429, 429]
    assert reveal(intake, customer, LEAD).status == 200


def test_ticket_that_one_filed_by_the_id_opens_nothing(intake: Knocker) -> None:
    customer = intake.post("/v1/customers", {"name": "王芳", "phones": [PHONE]}, caller=AGENT).json["id"]
    body = {"type": "feedback", "subject": "看看", "text": "看看", "channel": "phone", "customer_id": customer}
    assert intake.post("/v1/tickets", body, caller=AGENT).status == 201

    assert [reveal(intake, customer, caller).status for caller in (AGENT, LEAD)] == [403, 200]


def test_ticket_that_one_filed_shows_the_contact_that_it_was_filed_with_only(intake: Knocker) -> None:
    known = {"name": "王芳", "phones": [PHONE, "13912345678"], "address": "浙江省杭州市西湖区文三路 9 号"}
    customer = intake.post("/v1/customers", known, caller=AGENT).json["id"]
    body = {"type": "feedback", "subject": "来电", "text": "来电", "channel": "phone", "contact": {"phone": PHONE}}
    assert intake.post("/v1/tickets", body, caller=AGENT).status == 201
    address = {"field": "address", "reason": "delivery", "text": "寄件"}

    assert reveal(intake, customer, AGENT).json == {"values": ["+8613812345678"]}
    assert intake.post(f"/v1/customers/{customer}/reveal", address, caller=AGENT).status == 403


def test_reason_is_one_of_the_list(intake: Knocker, ticket: str) -> None:
    assert ticket
    body = {"field": "phones", "reason": "好奇", "text": "看看"}

    errors = intake.post(f"/v1/customers/{customer_of(intake)}/reveal", body, caller=AGENT).json["errors"]

    assert [error["field"] for error in errors] == ["reason"]
