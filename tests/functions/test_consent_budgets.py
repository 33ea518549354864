"""What consents cost: an opt-out is one step of the customer's chain, and asking costs nothing where it is loaded."""

from functools import partial

from tests.aftercare import Units, measured
from tests.builders import NOW, SIGNER
from tingjian.intake.consents.actions import submit_form
from tingjian.intake.consents.models import Form, Opened
from tingjian.intake.consents.permission import may_contact
from tingjian.intake.customers.actions import add_customer
from tingjian.intake.customers.models import CustomerBody
from tingjian.platform.events import Actor
from tingjian.platform.store import Store


def test_opting_out_costs_exactly_its_budget(centre: Store) -> None:
    body = CustomerBody(name="王芳", phones=("13812345678",))
    customer = add_customer(centre, SIGNER, body, actor=Actor(kind="staff", id="chen"), now=NOW)
    opened = Opened(customer=customer.id, purpose="survey")
    submit = partial(submit_form, centre, opened, now=NOW)

    first = measured(centre, partial(submit, Form.of({"List-Unsubscribe": ["One-Click"]})))
    again = measured(centre, partial(submit, Form.of({"List-Unsubscribe": ["One-Click"]})))
    asked = measured(centre, partial(may_contact, customer, "survey", NOW))

    assert (first, again, asked) == (Units(3, 4, 2), Units(1, 0, 1), Units(0, 0, 0))
