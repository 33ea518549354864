"""The schedule stood still for a day; the first runs after it work everything off, once and in order."""

from infra.cli.deployment import Deployment
from tests.stack.outage import Tail, check, missed, sweep_until_nothing_is_due, swept, unscheduled
from tests.stack.people import Stack

DUE = 1_000


def test_sweep_after_a_days_outage_fires_each_timer_once_and_in_order(stack: Stack, deployment: Deployment) -> None:
    with unscheduled(stack):
        desk, journal = Tail(stack, "DeskTable"), Tail(stack, "JournalTable")
        numbers = missed(deployment, DUE)

        answers = swept(stack)
        again = sweep_until_nothing_is_due(stack)

    assert sum(answer["fired"] for answer in answers) >= DUE
    assert again == {"due": 0, "fired": 0, "finished": True}
    check(numbers, desk, journal)
