"""Consents of customers: staff change them with a version, customers by a link that changes nothing when opened."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.builders import AGENT, MANAGER, SIGNER
from tests.functions.door import Answer, Knocker
from tests.functions.rights.centre import SECRET
from tingjian.intake.consents.actions import consents_link
from tingjian.intake.customers.consents import PURPOSES
from tingjian.intake.customers.storage import customer_item, load_customer
from tingjian.platform.events import load_events
from tingjian.platform.store import Store


@pytest.fixture
def customer(intake: Knocker) -> str:
    body = {"name": "王芳", "phones": ["13812345678"], "emails": ["wang@example.org"]}
    return str(intake.post("/v1/customers", body, caller=AGENT).json["id"])


def link(customer: str) -> str:
    return consents_link(SECRET, customer, "birthday", origin="", now=datetime.now(UTC))


def submit(door: Knocker, path: str, form: str) -> Answer:
    return door.knock_raw("POST", path, {}, form, caller=None, headers={"accept-language": "en"})


def test_staff_read_and_replace_consents(intake: Knocker, centre: Store, customer: str) -> None:
    path = f"/v1/customers/{customer}/consents"
    quiet = {"start": "20:00", "end": "10:00", "timezone": "Asia/Taipei"}
    body = {"off": ["product", "survey", "survey"], "timezone": "Asia/Taipei", "quiet_hours": quiet}

    answer = intake.send("PUT", path, body, caller=MANAGER, if_match='"1"')

    assert (answer.status, answer.json["version"], answer.json["off"]) == (200, 2, ["survey", "product"])
    assert intake.get(path, caller=AGENT).json == answer.json
    assert load_customer(centre, customer).phones == ("+8613812345678",)
    event = load_events(centre, f"customer#{customer}")[-1]
    assert (event.name, event.data["opted_out"]) == ("ConsentsChanged", ["survey", "product"])
    assert intake.send("PUT", path, {}, caller=MANAGER, if_match='"1"').status == 409


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"off": ["sms"]}, "off.0"),
        ({"timezone": "Asia/Nowhere"}, "timezone"),
        ({"quiet_hours": {"start": "25:00", "end": "09:00"}}, "quiet_hours.start"),
        ({"on": []}, "on"),
    ],
)
def test_wrong_consents_are_refused_by_field(
    intake: Knocker, customer: str, body: dict[str, object], field: str
) -> None:
    answer = intake.send("PUT", f"/v1/customers/{customer}/consents", body, caller=MANAGER, if_match='"1"')

    assert (answer.status, answer.json["errors"][0]["field"]) == (422, field)


def test_customer_who_changed_nothing_is_stored_as_before(intake: Knocker, centre: Store, customer: str) -> None:
    assert intake.get(link(customer)).status == 200

    stored = load_customer(centre, customer)
    assert (stored.version, "consents" in customer_item(stored)) == (1, False)


def test_one_click_opts_out_of_the_purpose_of_the_mail_once(intake: Knocker, centre: Store, customer: str) -> None:
    path = link(customer)

    answers = [submit(intake, path, "List-Unsubscribe=One-Click") for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 200]
    stored = load_customer(centre, customer)
    assert (stored.consents.off, stored.version) == (("birthday",), 2)


def test_form_says_what_is_wanted_and_can_be_undone(intake: Knocker, centre: Store, customer: str) -> None:
    path = link(customer)
    submit(intake, path, "List-Unsubscribe=One-Click")

    saved = submit(intake, path, "save=1&on=renewal&on=survey")
    off = set(load_customer(centre, customer).consents.off)
    undone = submit(intake, path, "undo=1&off=birthday")

    assert off == set(PURPOSES) - {"renewal", "survey"}
    assert '<input type="hidden" name="off" value="birthday">' in saved.text
    assert "Your choice is saved." in undone.text
    assert load_customer(centre, customer).consents.off == ("birthday",)


@pytest.mark.parametrize("form", ["", "{}", "a=1&" * 100, "on=<script>&save=1", "List-Unsubscribe=Two"])
def test_form_that_asks_for_nothing_changes_nothing(intake: Knocker, centre: Store, customer: str, form: str) -> None:
    answer = submit(intake, link(customer), form)

    assert answer.status in {200, 422}
    assert "<script>" not in answer.text
    assert load_customer(centre, customer).version == 1


@pytest.mark.parametrize("language", [("zh-CN", "生日祝福"), ("zh-TW", "續約與到期提醒"), ("en", "Birthday greetings")])
def test_page_is_in_the_reader_s_language_and_names_nobody(
    intake: Knocker, customer: str, language: tuple[str, str]
) -> None:
    answer = intake.get(link(customer), accept_language=language[0])

    assert language[1] in answer.text
    assert "<script" not in answer.text
    assert [word for word in ("王芳", "example.org", "5678", customer) if word in answer.text] == []


@pytest.mark.parametrize(("use", "days", "status"), [("consents", -1, 410), ("survey", 1, 404)])
def test_link_that_is_late_or_for_something_else_opens_nothing(
    intake: Knocker, customer: str, use: str, days: int, status: int
) -> None:
    at = datetime.now(UTC) + timedelta(days=days)
    token = SECRET.token(use, f"{customer}.survey", expires_at=at)

    assert intake.get(f"/v1/public/consents/{token}").status == status
    assert submit(intake, f"/v1/public/consents/{SIGNER.token(use, customer, expires_at=at)}", "save=1").status >= 400
