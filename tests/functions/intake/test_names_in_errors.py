"""Errors name people and fields as the reader knows them, in the reader's language."""

from tests.builders import AGENT, COLLEAGUE, LEAD
from tests.functions.door import Knocker
from tests.functions.intake.test_idempotency import ask


def test_error_names_who_has_the_ticket_and_the_fields_that_are_missing(intake: Knocker) -> None:
    number = ask(intake).json["number"].replace("-", "")
    path = f"/v1/tickets/{number}"
    edit = {"type": "complaint"}
    intake.post(f"{path}/claim", caller=AGENT)

    taken = intake.post(f"{path}/claim", caller=COLLEAGUE)
    stale = intake.send("PATCH", path, edit, caller=LEAD, if_match='"1"')
    intake.send("PATCH", path, edit, caller=LEAD, if_match='"2"')
    missing = intake.post(f"{path}/resolve", {"reply": "好", "spoken": "phone"}, caller=AGENT, accept_language="en")

    assert (taken.status, "陈雨" in taken.json["title"], taken.json["assignee"]) == (409, True, "chen")
    assert (stale.status, "陈雨" in stale.json["title"]) == (409, True)
    assert (missing.status, "原因" in missing.json["title"]) == (422, True)
