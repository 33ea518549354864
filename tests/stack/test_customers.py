"""Customers over HTTP: who is who, edits that destroy nothing, reveals that are counted and listed."""

from typing import Any

from tests.stack.conftest import Ask, new_contact
from tests.stack.people import Stack, Visitor, eventually

WHY = {"reason": "correction", "text": "客户来电更正"}


def filed(customer: Visitor, agent: Visitor, phone: str, email: str, name: str) -> Any:
    """The ticket of a request that somebody filed with this contact, as an agent sees it."""
    contact = {"phone": phone, "email": email, "name": name}
    body = {"type": "feedback", "subject": "包裹没到", "text": "三天了", "contact": contact}
    number = customer.post("/v1/public/tickets", body).expect(201)["number"].replace("-", "")
    return agent.get(f"/v1/tickets/{number}").expect(200)


def test_answer_to_the_second_person_of_a_phone_goes_to_the_second_person(
    stack: Stack, customer: Visitor, agent: Visitor
) -> None:
    phone = new_contact().phone
    wang, li = f"wang{phone[-8:]}@example.org", f"li{phone[-8:]}@example.org"
    first = filed(customer, agent, phone, wang, "王芳")
    second = filed(customer, agent, phone, li, "李强")

    agent.post(f"/v1/tickets/{second['id']}/replies", {"text": "只给李强的答复"}).expect(201)

    eventually(lambda: any("只给李强的答复" in str(mail) for mail in stack.mail_to(li)))
    assert not any("只给李强的答复" in str(mail) for mail in stack.mail_to(wang))
    assert [hint["customer"] for hint in second["customer"]["may_be"]] == [first["customer"]["id"]]


def test_edit_keeps_what_it_leaves_out_tells_the_old_contact_and_can_be_taken_back(
    stack: Stack, customer: Visitor, agent: Visitor, manager: Visitor
) -> None:
    phone = new_contact().phone
    email = f"zhou{phone[-8:]}@example.org"
    shown = filed(customer, agent, phone, email, "周洁")["customer"]
    path = f"/v1/customers/{shown['id']}"
    by_kind = {contact["kind"]: contact["id"] for contact in shown["contacts"]}

    vip = agent.patch(path, {"level": "vip"} | WHY, version=shown["version"]).expect(200)
    changes = {"contacts": {"replace": {by_kind["email"]: "new-" + email}}}
    changed = agent.patch(path, changes | WHY, version=vip["version"]).expect(200)

    eventually(lambda: any("30" in str(mail) for mail in stack.mail_to(email)))
    [lost] = agent.get(f"{path}/lost-contacts").expect(200)["items"]
    agent.put(f"{path}/lost-contacts/{lost['id']}", WHY, version=changed["version"]).expect(200)
    body = {"field": "emails", "reason": "identity", "text": "核对"}
    assert manager.post(f"{path}/reveal", body).expect(200)["values"] == [email]
    assert vip["phones"] == shown["phones"]


def test_reveal_of_an_agent_is_listed_for_who_leads(ask: Ask, agent: Visitor, manager: Visitor) -> None:
    asked = ask()
    shown = agent.get(asked.path).expect(200)["customer"]
    body = {"field": "phones", "reason": "callback", "text": "回电核实"}
    agent.post(f"/v1/customers/{shown['id']}/reveal", body).expect(200)

    entries = manager.get("/v1/reveals", customer=shown["id"]).expect(200)["items"]

    assert [(entry["ticket"], entry["reason"], entry["text"]) for entry in entries] == [
        (asked.id, "callback", "回电核实")
    ]
