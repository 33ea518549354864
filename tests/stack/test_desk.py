"""What the desk does with a ticket, over HTTP with real streams and the real sweep."""

from datetime import UTC, datetime, timedelta

from tests.stack.conftest import Ask
from tests.stack.people import Stack, Visitor, eventually


def kinds(visitor: Visitor, ticket: str) -> list[str]:
    items = visitor.get("/v1/notices", limit=100).expect(200)["items"]
    return [notice["kind"] for notice in items if notice["ticket"] == ticket]


def test_message_on_a_closed_ticket_is_marked_told_and_answered(ask: Ask, customer: Visitor, agent: Visitor) -> None:
    asked = ask()
    agent.post(f"{asked.path}/claim").expect(200)
    agent.post(f"{asked.path}/close", {"reason": "invalid"}).expect(200)

    customer.post(f"{asked.public}/messages", {"text": "还没有收到"}).expect(201)

    def marked() -> list[str]:
        rows = agent.get("/v1/tickets", unanswered="true", limit=100).expect(200)["items"]
        return [row["last_message"]["text"] for row in rows if row["id"] == asked.id]

    assert eventually(marked) == ["还没有收到"]
    assert eventually(lambda: [kind for kind in kinds(agent, asked.id) if kind == "customer_wrote"])
    agent.post(f"{asked.path}/replies", {"text": "马上为您查。"}).expect(201)
    assert eventually(lambda: not marked())


def test_ticket_is_escalated_transferred_and_put_back(ask: Ask, agent: Visitor, lead: Visitor) -> None:
    asked = ask()
    agent.post(f"{asked.path}/claim").expect(200)

    agent.post(f"{asked.path}/release", {}).expect(200)
    agent.post(f"{asked.path}/escalate", {"reason": "客户要找主管"}).expect(200)
    owner = agent.get(asked.path).expect(200)["assignee"]
    lead.post(f"{asked.path}/transfer", {"team": "presales", "reason": "属于售前"}).expect(200)

    seen = lead.get(asked.path).expect(200)
    assert (owner, seen["team"], seen.get("assignee")) == ("zhaomin", "presales", None)
    assert "ticket_escalated" in eventually(lambda: kinds(lead, asked.id))


def test_ticket_that_was_put_back_wakes_by_the_sweep(ask: Ask, stack: Stack, agent: Visitor) -> None:
    asked = ask()
    agent.post(f"{asked.path}/claim").expect(200)
    until = datetime.now(UTC) + timedelta(seconds=2)
    agent.post(f"{asked.path}/wait", {"until": until.isoformat()}).expect(200)

    def awake() -> bool:
        stack.invoke("EscalationScheduleFunction")
        return bool(agent.get(asked.path).expect(200)["status"] == "open")

    assert eventually(awake)
    assert "ticket_woken" in kinds(agent, asked.id)


def test_team_is_retired_with_its_tickets(ask: Ask, operator: Visitor, manager: Visitor) -> None:
    operator.put("/v1/teams/desk-night", {"name": "夜班组"}).expect(200)
    asked = ask()
    manager.post(f"{asked.path}/assign", {"team": "desk-night"}).expect(200)

    refused = operator.put("/v1/teams/desk-night", {"name": "夜班组", "active": False}, version=1)
    view = operator.post("/v1/teams/desk-night/retire", {"to": "aftersales"}).expect(200)

    assert refused.problem == "still_used"
    assert (view["uses"]["tickets"], view["moved"]) == (1, 1)
    assert manager.get(asked.path).expect(200)["team"] == "aftersales"
