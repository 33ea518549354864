"""Editing a customer: what is left out stays, contacts change one by one, and what is lost comes back."""

from typing import Any

import pytest

from tests.builders import AGENT, LEAD, MANAGER, NOW, STRANGER
from tests.functions.door import Answer, Knocker
from tingjian.intake.customers.storage import customer_from_item, load_customer, load_lost
from tingjian.platform import resources
from tingjian.platform.events import load_events
from tingjian.platform.items import Item
from tingjian.platform.rights import Caller
from tingjian.platform.store import Store, to_wire

WHY = {"reason": "correction", "text": "客户来电更正"}
PHONE, EMAIL, OTHER = "13812345678", "wang@example.org", "13912345678"


@pytest.fixture
def customer(intake: Knocker) -> str:
    body = {"name": "王芳", "phones": [PHONE], "emails": [EMAIL], "address": "浙江省杭州市西湖区文三路 9 号"}
    return str(intake.post("/v1/customers", body, caller=AGENT).json["id"])


def edit(door: Knocker, customer: str, version: int = 1, caller: Caller = MANAGER, **changes: object) -> Answer:
    body = WHY | changes
    return door.send("PATCH", f"/v1/customers/{customer}", body, caller=caller, if_match=f'"{version}"')


def found_by(door: Knocker, phone: str) -> list[str]:
    items = door.post("/v1/customers/search", {"phone": phone}, caller=AGENT).json["items"]
    return [str(item["id"]) for item in items]


def test_what_an_edit_leaves_out_stays(intake: Knocker, centre: Store, customer: str) -> None:
    assert edit(intake, customer, level="vip").status == 200

    stored = load_customer(centre, customer)
    assert (stored.phones, stored.emails, stored.level) == (("+8613812345678",), (EMAIL,), "vip")


def test_body_of_the_masked_view_destroys_nothing(intake: Knocker, centre: Store, customer: str) -> None:
    shown = intake.get(f"/v1/customers/{customer}", caller=AGENT).json

    assert edit(intake, customer, **shown).status == 422
    assert load_customer(centre, customer).emails == (EMAIL,)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"contacts": {"replace": {"c2": "w***@example.org"}}}, "contacts.replace.c2"),
        ({"contacts": {"add": [{"kind": "phone", "value": "+86 138****5678"}]}}, "contacts.add.0.value"),
        ({"address": "浙江省杭州市***"}, "address"),
    ],
)
def test_masked_value_is_refused(intake: Knocker, customer: str, changes: dict[str, Any], field: str) -> None:
    errors = edit(intake, customer, **changes).json["errors"]

    assert [(error["field"], error["code"]) for error in errors] == [(field, "masked")]


def test_contacts_are_added_replaced_and_removed_by_id(intake: Knocker, centre: Store, customer: str) -> None:
    changes = {"add": [{"kind": "email", "value": "new@example.org"}], "replace": {"c1": OTHER}, "remove": ["c2"]}

    contacts = edit(intake, customer, contacts=changes).json["contacts"]

    assert [(contact["id"], contact["kind"]) for contact in contacts] == [("c1", "phone"), ("c3", "email")]
    assert load_customer(centre, customer).phones == ("+8613912345678",)
    assert (found_by(intake, PHONE), found_by(intake, OTHER)) == ([], [customer])


@pytest.mark.parametrize("changes", [{"remove": ["c9"]}, {"verify": ["c9"]}, {"replace": {"c9": OTHER}}])
def test_unknown_contact_is_named(intake: Knocker, customer: str, changes: dict[str, Any]) -> None:
    answer = edit(intake, customer, contacts=changes)

    assert (answer.status, answer.json["errors"][0]["code"]) == (422, "unknown")


def test_event_knows_a_lost_contact_by_its_hash_only(intake: Knocker, centre: Store, customer: str) -> None:
    edit(intake, customer, contacts={"replace": {"c1": OTHER}})

    [lost] = load_events(centre, f"customer#{customer}")[-1].data["lost"]
    assert (lost["contact"], lost["kind"], len(lost["hash"])) == ("c1", "phone", 24)
    assert "13812345678" not in str(load_events(centre, f"customer#{customer}"))


def test_lost_contact_is_put_back_in_its_place(intake: Knocker, centre: Store, customer: str) -> None:
    edit(intake, customer, contacts={"replace": {"c1": OTHER}})
    path = f"/v1/customers/{customer}/lost-contacts"
    [lost] = intake.get(path, caller=MANAGER).json["items"]

    answer = intake.send("PUT", f"{path}/{lost['id']}", WHY, caller=MANAGER, if_match='"2"')

    assert (lost["value"], answer.status) == ("+86 138****5678", 200)
    assert load_customer(centre, customer).phones == ("+8613812345678",)
    assert found_by(intake, PHONE) == [customer]
    assert [lost["id"] for lost in intake.get(path, caller=MANAGER).json["items"]] == ["c1.3"]


def test_phone_that_came_later_does_not_open_what_was_filed_before(intake: Knocker) -> None:
    asked = intake.post(
        "/v1/public/tickets",
        {"type": "feedback", "subject": "包裹没到", "text": "三天了", "contact": {"phone": PHONE}},
    ).json
    number = str(asked["number"])
    shown = intake.get(f"/v1/tickets/{number.replace('-', '')}", caller=AGENT).json["customer"]
    assert edit(intake, shown["id"], contacts={"replace": {shown["contacts"][0]["id"]: "13912340000"}}).status == 200

    tried = [
        intake.post("/v1/public/tickets/lookup", {"number": number, "phone_last_four": digits}).status
        for digits in ("0000", "5678")
    ]

    assert tried == [404, 404]


def test_customer_of_the_older_form_is_read_and_edited(intake: Knocker, centre: Store) -> None:
    pk = f"lookup#phone#{resources.signer().lookup('phone', '+8613812345678')}"
    old: Item = {"pk": "customer#old", "sk": "customer", "version": 1, "name": "王芳", "level": "normal"}
    old |= {"phones": ["+8613812345678"], "emails": [EMAIL], "language": "zh-CN", "provisional": False}
    centre.client.put_item(TableName=centre.desk, Item=to_wire(old))
    centre.client.put_item(
        TableName=centre.desk, Item=to_wire({"pk": pk, "sk": "lookup", "customer": "old", "level": "normal"})
    )

    assert found_by(intake, PHONE) == ["old"]
    assert edit(intake, "old", contacts={"remove": ["c1"]}).status == 200
    assert (found_by(intake, PHONE), load_customer(centre, "old").emails) == ([], (EMAIL,))
    assert [lost.contact.value for lost in load_lost(centre, "old", now=NOW)] == ["+8613812345678"]


def test_same_contacts_have_the_same_ids_whenever_the_older_form_is_read() -> None:
    old = {"pk": "customer#old", "version": 1, "name": "王芳", "phones": ["+8613812345678"], "emails": [EMAIL]}

    assert [held.id for held in customer_from_item(old).contacts] == ["c1", "c2"]


def test_edit_needs_a_ticket_of_the_customer_that_somebody_else_filed(intake: Knocker, customer: str) -> None:
    assert edit(intake, customer, caller=AGENT, level="vip").status == 403
    filed = {"type": "feedback", "subject": "看看", "text": "看看", "channel": "phone", "customer_id": customer}
    assert intake.post("/v1/tickets", filed, caller=AGENT).status == 201

    assert [edit(intake, customer, caller=caller, level="vip").status for caller in (STRANGER, AGENT, LEAD)] == [
        403,
        403,
        200,
    ]


def test_edit_needs_no_more_than_the_contact_that_a_caller_gave(intake: Knocker, customer: str) -> None:
    filed = {"type": "feedback", "subject": "来电", "text": "来电", "channel": "phone", "contact": {"phone": PHONE}}
    assert intake.post("/v1/tickets", filed, caller=AGENT).status == 201

    assert edit(intake, customer, caller=AGENT, level="vip").status == 200


def test_edit_and_its_reason_stand_in_the_list_and_the_words_in_no_event(
    intake: Knocker, centre: Store, customer: str
) -> None:
    edit(intake, customer, level="vip")

    [entry] = intake.get("/v1/reveals?act=edit", caller=MANAGER).json["items"]
    assert (entry["person"], entry["reason"], entry["text"]) == ("wu", "correction", "客户来电更正")
    event = load_events(centre, f"customer#{customer}")[-1]
    assert (event.data["reason"], "来电" in str(event)) == ("correction", False)


def test_phone_of_a_range_that_nobody_knows_is_taken_and_marked(intake: Knocker, centre: Store) -> None:
    body = {"name": "王芳", "phones": [PHONE, "16012345678"], "emails": [EMAIL]}
    made = intake.post("/v1/customers", body, caller=AGENT).json

    shown = intake.get(f"/v1/customers/{made['id']}", caller=AGENT).json["contacts"]
    assert [contact["doubtful"] for contact in shown] == [False, True, False]

    marked = next(contact["id"] for contact in shown if contact["doubtful"])
    assert edit(intake, made["id"], contacts={"replace": {marked: "13987654321"}}).status == 200
    assert [held.doubtful for held in load_customer(centre, made["id"]).contacts] == [False, False, False]
