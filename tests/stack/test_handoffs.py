"""Hand-offs over HTTP: what a department sees and gives back, and what frees the ticket."""

from collections.abc import Callable

import requests

from tests.stack.conftest import Ask
from tests.stack.people import Visitor

ADDRESS = "上海市徐汇区漕溪北路 88 号"
FILE = {"name": "运单.png", "media_type": "image/png", "size_bytes": 3}


def upload(who: Visitor, path: str) -> str:
    """The id of a file that was uploaded with the form of this path."""
    slot = who.post(path, FILE).expect(201)
    sent = requests.post(slot["url"], data=slot["fields"], files={"file": ("a.png", b"png")}, timeout=60)
    assert sent.status_code < 300, sent.text
    return str(slot["id"])


def test_department_gets_address_and_photo_and_gives_evidence_back(agent: Visitor, department: Visitor) -> None:
    customer = agent.post("/v1/customers", {"name": "王芳", "emails": ["h1@example.com"], "address": ADDRESS}).expect(
        201
    )
    photo = upload(agent, "/v1/attachments")
    ticket = agent.post(
        "/v1/tickets",
        {"type": "feedback", "subject": "一件私事", "text": "寄到哪里", "channel": "visit"}
        | {"customer_id": customer["id"], "order_number": "H-1"},
    ).expect(201)["id"]
    path = f"/v1/tickets/{ticket}/handoffs"
    body = {"department": "warehouse", "request": "请补发", "shows": ["order", "address"], "attachments": [photo]}
    agent.post(path, body).expect(201)

    seen = department.get(f"/v1/handoffs/{ticket}/1").expect(200)
    link = department.get(f"/v1/handoffs/{ticket}/1/attachments/{photo}").expect(200)["url"]
    department.post(f"{path}/1/accept").expect(200)
    evidence = upload(department, "/v1/handoffs/attachments")
    department.post(f"{path}/1/complete", {"text": "已补发", "attachments": [evidence]}).expect(200)

    assert (seen["order_number"], seen["recipient"]["address"]) == ("H-1", ADDRESS)
    assert "一件私事" not in str(seen)
    assert requests.get(link, timeout=60).content == b"png"
    assert department.get(f"/v1/tickets/{ticket}").status == 403
    assert "recipient" not in department.get(f"/v1/handoffs/{ticket}/1").expect(200)
    back = agent.get(f"{path}/1/attachments/{evidence}").expect(200)["url"]
    assert requests.get(back, timeout=60).content == b"png"


def test_declined_handoff_blocks_until_it_is_sent_elsewhere_and_done(
    ask: Ask, agent: Visitor, department: Visitor, manager: Visitor, sign_in: Callable[[str], Visitor]
) -> None:
    asked = ask()
    path = f"{asked.path}/handoffs"
    agent.post(path, {"department": "warehouse", "request": "请核对"}).expect(201)
    department.post(f"{path}/1/decline", {"text": "不归仓库管"}).expect(200)
    assert agent.post(f"{asked.path}/resolve", {}).json["blockers"] == ["handoff_declined:1"]

    agent.post(f"{path}/1/reroute", {"department": "technology", "reason": "是系统问题"}).expect(200)
    listed = manager.get("/v1/handoffs", limit=100).expect(200)["items"]
    technology = sign_in("zhengtao")
    technology.post(f"{path}/2/accept").expect(200)
    technology.post(f"{path}/2/complete", {"text": "已修复"}).expect(200)

    assert (asked.id, 2) in {(item["ticket"], item["number"]) for item in listed}
    assert agent.get(asked.path).json["blockers"] == []


def test_lead_sends_work_back_and_verifies_it(ask: Ask, agent: Visitor, department: Visitor, lead: Visitor) -> None:
    asked = ask()
    path = f"{asked.path}/handoffs"
    agent.post(path, {"department": "warehouse", "request": "请核对", "verify": True}).expect(201)
    department.post(f"{path}/1/accept").expect(200)
    department.post(f"{path}/1/complete", {"text": "好了"}).expect(200)

    assert agent.post(f"{path}/1/verify", {"text": "好"}).status == 403
    lead.post(f"{path}/1/return", {"text": "缺运单号"}).expect(200)
    assert agent.get(asked.path).json["blockers"] == ["handoff:1"]
    department.post(f"{path}/1/complete", {"text": "SF123"}).expect(200)
    assert agent.get(asked.path).json["blockers"] == ["handoff_unverified:1"]
    lead.post(f"{path}/1/verify", {"text": "好"}).expect(200)
    assert agent.get(asked.path).json["blockers"] == []
