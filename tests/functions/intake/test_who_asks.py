"""Who a request belongs to, and where answers to it go."""

from dataclasses import dataclass

import pytest

from tests.builders import CUSTOMER, NOW, SIGNER
from tingjian.intake.customers.models import Contact, Customer
from tingjian.intake.customers.storage import load_customer
from tingjian.intake.tickets.bodies import Ask
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.openings import Opening, open_ticket
from tingjian.intake.tickets.storage import load_ticket
from tingjian.platform.store import Store

PHONE, OTHER = "13812345678", "13912345678"
WANG, LI = "王芳", "李强"


@dataclass(frozen=True)
class Filed:
    ticket: Ticket
    customer: Customer

    @property
    def answers_go_to(self) -> str | None:
        return self.customer.reach(self.ticket.contacts).email


def file(store: Store, phone: str | None = None, email: str | None = None, name: str | None = None) -> Filed:
    contact = Contact(phone=phone, email=email, name=name)
    body = Ask(type="feedback", subject="包裹没到", text="三天了还没收到。", contact=contact)
    ticket = load_ticket(store, open_ticket(store, SIGNER, body, Opening(CUSTOMER, NOW, "zh-CN")).id)
    return Filed(ticket, load_customer(store, ticket.customer_id))


def again(store: Store, filed: Filed) -> Filed:
    return Filed(filed.ticket, load_customer(store, filed.customer.id))


def test_two_people_of_one_phone_are_two_customers_and_each_gets_the_own_answers(centre: Store) -> None:
    first = file(centre, PHONE, "wang@example.org", WANG)
    second = file(centre, PHONE, "li@example.org", LI)

    assert first.customer.id != second.customer.id
    assert (first.answers_go_to, second.answers_go_to) == ("wang@example.org", "li@example.org")
    assert second.customer.provisional
    assert [(hint.customer, hint.by) for hint in second.customer.may_be] == [(first.customer.id, ("phone",))]


def test_each_of_two_people_of_one_phone_is_known_again(centre: Store) -> None:
    first = file(centre, PHONE, "wang@example.org", WANG)
    second = file(centre, PHONE, "li@example.org", LI)

    later = [file(centre, PHONE, "li@example.org", LI), file(centre, PHONE, name=LI), file(centre, PHONE, name=WANG)]

    known = [second.customer.id, second.customer.id, first.customer.id]
    assert [filed.customer.id for filed in later] == known


def test_contacts_of_two_customers_join_neither(centre: Store) -> None:
    first, second = file(centre, PHONE, name=WANG), file(centre, email="li@example.org", name=LI)

    both = file(centre, PHONE, "li@example.org")

    assert both.customer.id not in {first.customer.id, second.customer.id}
    assert {hint.customer for hint in both.customer.may_be} == {first.customer.id, second.customer.id}


def test_new_address_of_a_known_customer_gets_the_answer_and_is_kept_unverified(centre: Store) -> None:
    first = file(centre, PHONE, "wang@example.org", WANG)

    second = file(centre, PHONE, "new@example.org", WANG)

    assert second.customer.id == first.customer.id
    assert second.answers_go_to == "new@example.org"
    assert again(centre, first).answers_go_to == "wang@example.org"
    assert [held.standing for held in second.customer.contacts] == ["first", "first", "claimed"]


def test_stranger_under_somebodys_phone_gets_no_answer_to_anything_else(centre: Store) -> None:
    real = file(centre, PHONE, name=WANG)

    stranger = file(centre, PHONE, "stranger@example.org")

    assert stranger.answers_go_to == "stranger@example.org"
    assert again(centre, real).answers_go_to is None
    assert again(centre, real).customer.reach(()).email is None


def test_address_that_a_stranger_claimed_leads_nobody_to_the_customer(centre: Store) -> None:
    real = file(centre, PHONE, name=WANG)
    file(centre, PHONE, "stranger@example.org")

    alone = file(centre, email="stranger@example.org")

    assert alone.customer.id != real.customer.id
    assert [hint.customer for hint in alone.customer.may_be] == [real.customer.id]


def test_strangers_do_not_hide_the_new_address_of_the_real_customer(centre: Store) -> None:
    real = file(centre, PHONE, name=WANG)
    for number in range(11):
        file(centre, PHONE, f"stranger{number}@example.org")
    file(centre, OTHER, "new@example.org", LI)

    late = file(centre, PHONE, "new@example.org", WANG)

    assert late.answers_go_to == "new@example.org"
    assert real.customer.id in {late.customer.id, *(hint.customer for hint in late.customer.may_be)}


@pytest.mark.parametrize("written", ["010-62345678转802", "010-62345678"])
def test_colleagues_behind_one_number_are_apart(centre: Store, written: str) -> None:
    first = file(centre, "010-62345678转801")

    assert file(centre, "010 62345678 ext. 801").customer.id == first.customer.id
    assert file(centre, written).customer.id != first.customer.id
    assert first.customer.reach(first.ticket.contacts).phone is None
