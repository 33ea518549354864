"""What the work after the fix costs: calls, write and read units by AWS's rules. Exact, so a change is a decision."""

from tests.aftercare import Units, measured, survey_acts, warm
from tests.aftercare_calls import callback_acts
from tests.aftercare_plans import plan_acts
from tingjian.platform.store import Store

SURVEYS = {
    "survey sent at once": Units(3, 7, 1.5),
    "survey answered, satisfied": Units(3, 13, 3),
    "survey answered, low: a follow-up": Units(3, 24, 3),
    "survey withdrawn": Units(2, 7, 1),
    "survey heard of again": Units(1, 0, 1),
    "survey held back, no word": Units(2, 6, 1),
    "survey sent, cool-down kept": Units(4, 9, 2.5),
    "survey held back, cool-down": Units(5, 6, 3.5),
    "survey planned": Units(2, 7, 1),
    "planned survey sent by its timer": Units(4, 12, 3.5),
    "customer reminded by the timer": Units(3, 8, 3),
    "sweep with nothing due": Units(8, 0, 4),
}
CALLBACKS = {
    "callback made": Units(1, 7, 0),
    "callback claimed": Units(2, 4, 1),
    "call recorded, no answer": Units(2, 4, 1),
    "call recorded, satisfied": Units(2, 9, 1),
    "complaint owes a callback": Units(3, 13, 2),
    "complaint heard of again": Units(2, 0, 2),
    "customer of a complaint satisfied": Units(3, 16, 2),
    "not satisfied: taken up again": Units(3, 22, 2),
}
PLANS = {
    "plan: 12 new people of a list": Units(5, 210, 26),
    "plan: 12 known people of a list": Units(6, 138, 38),
    "plan: counts follow a call": Units(4, 8, 3),
    "plan: call heard of again": Units(3, 0, 3),
    "plan: shown with its counts": Units(1, 0, 2),
    "cycle: contact takes a customer in": Units(3, 2, 1.5),
    "cycle: a turn makes a callback": Units(6, 19, 4.5),
}


def test_each_act_of_surveys_costs_exactly_its_budget(centre: Store) -> None:
    warm(centre)

    assert {name: measured(centre, act) for name, act in survey_acts(centre)} == SURVEYS


def test_each_act_of_callbacks_costs_exactly_its_budget(centre: Store) -> None:
    warm(centre)

    assert {name: measured(centre, act) for name, act in callback_acts(centre)} == CALLBACKS


def test_each_act_of_callback_plans_costs_exactly_its_budget(centre: Store) -> None:
    warm(centre)

    assert {name: measured(centre, act) for name, act in plan_acts(centre)} == PLANS
