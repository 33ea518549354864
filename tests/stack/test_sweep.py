"""Clocks that run out: one warning and one breach each, however often the sweep runs, with the real schedule."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from infra.cli.deployment import Deployment
from tests.stack.clocks import MINUTES, opened
from tests.stack.outage import sweep_until_nothing_is_due, unscheduled
from tests.stack.people import Contact, Stack, Visitor, eventually


def told(visitor: Visitor, ticket: str) -> list[str]:
    """The kinds of notices that somebody has of a ticket, oldest first."""
    items = visitor.get("/v1/notices", limit=100).expect(200)["items"]
    return [notice["kind"] for notice in reversed(items) if notice["ticket"] == ticket]


def clock_events(visitor: Visitor, ticket: str) -> list[str]:
    items = visitor.get(f"/v1/tickets/{ticket}/history").expect(200)["items"]
    return [entry["event"] for entry in items if entry["event"].startswith("Clock")]


def sweep_three_times(stack: Stack) -> None:
    with ThreadPoolExecutor(3) as crowd:
        list(crowd.map(lambda _: stack.invoke("EscalationScheduleFunction"), range(3)))


def test_warning_comes_once_and_the_breach_after_it_once(
    stack: Stack, deployment: Deployment, contact: Contact, agent: Visitor, lead: Visitor
) -> None:
    ticket = opened(deployment, contact, minutes_ago=MINUTES * 0.8 + 0.05)
    sweep_three_times(stack)
    warned = (told(agent, ticket), clock_events(agent, ticket))

    late = opened(deployment, contact, minutes_ago=MINUTES + 0.05)
    sweep_three_times(stack)
    sweep_three_times(stack)

    assert warned == (["clock_warned"], ["ClockWarned"])
    assert told(lead, ticket) == []
    assert clock_events(agent, late) == ["ClockWarned", "ClockBreached"]
    assert told(agent, late).count("clock_breached") == 1
    assert told(lead, late).count("clock_breached") == 1


def test_notice_goes_by_mail_once_to_each(
    stack: Stack, deployment: Deployment, contact: Contact, lead: Visitor
) -> None:
    ticket = opened(deployment, contact, minutes_ago=MINUTES + 0.05)
    sweep_three_times(stack)
    spoken = "-".join(ticket[place : place + 4] for place in range(0, 12, 4))

    def to_lead() -> list[dict[str, Any]]:
        return [message for message in stack.mail_to("zhaomin@") if spoken in str(message) or ticket in str(message)]

    assert len(eventually(to_lead)) == 1
    assert told(lead, ticket) == ["clock_breached"]


def test_schedule_itself_ticks(ticking: str, agent: Visitor) -> None:
    """The ticket was opened when these tests began; nobody called the sweep for it but perhaps the tests above."""
    assert eventually(lambda: "clock_breached" in told(agent, ticking))


def test_empty_sweep_does_nothing(stack: Stack) -> None:
    with unscheduled(stack):
        answer = sweep_until_nothing_is_due(stack)

    assert answer == {"due": 0, "fired": 0, "finished": True}
