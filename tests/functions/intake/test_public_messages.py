"""A customer sees all that is public, however many notes and messages stand between."""

import boto3
import pytest

from tests.builders import AGENT
from tests.functions.door import BUCKET, Knocker
from tingjian.intake.ticket_views import following
from tingjian.intake.ticket_views.storage import FIRST_MESSAGES

ASK = {"type": "feedback", "subject": "包裹没到", "text": "三天了", "contact": {"phone": "13812345678"}}


def upload(door: Knocker, content: bytes = b"x") -> str:
    """The id of a file that was uploaded."""
    slot = door.post("/v1/public/attachments", {"name": "a.png", "media_type": "image/png", "size_bytes": 9}).json
    put(slot["id"], content)
    upload_id: str = slot["id"]
    return upload_id


def put(upload_id: str, content: bytes) -> None:
    """What the form of the slot does, as often as somebody wants within the hour."""
    boto3.client("s3").put_object(
        Bucket=BUCKET, Key=f"uploads/{upload_id}", Body=content, ContentType="image/png", Metadata={"name": "a.png"}
    )


def filed(door: Knocker, **given: object) -> tuple[str, str]:
    """The path of a new request for staff, and the one for its customer."""
    asked = door.post("/v1/public/tickets", ASK | given).json
    token = asked["follow_url"].partition("#")[2]
    return f"/v1/tickets/{asked['number'].replace('-', '')}", f"/v1/public/tickets/{token}"


@pytest.mark.parametrize("notes", [1, FIRST_MESSAGES, FIRST_MESSAGES + 1, 130])
def test_customer_sees_the_request_however_many_notes_stand_after_it(intake: Knocker, notes: int) -> None:
    path, public = filed(intake, attachments=[upload(intake)])
    for number in range(notes):
        intake.post(f"{path}/notes", {"text": f"内部 {number}"}, caller=AGENT)

    seen = intake.get(public).json

    [request] = seen["messages"]
    assert request["text"] == "三天了"
    assert "messages_cursor" not in seen
    file = f"{public}/messages/{request['id']}/attachments/{request['attachments'][0]['id']}"
    assert intake.get(file).status == 200


def test_very_long_conversation_comes_in_parts_and_none_of_it_is_lost(
    intake: Knocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "SHOWN_BYTES", 100)
    monkeypatch.setattr(following, "PAGE", 7)
    path, public = filed(intake)
    for number in range(40):
        intake.post(f"{path}/notes", {"text": "内部"}, caller=AGENT)
        intake.post(f"{path}/replies", {"text": f"回复 {number:02}"}, caller=AGENT)

    page = intake.get(public).json
    seen, cursor = [message["text"] for message in page["messages"]], page["messages_cursor"]
    while cursor:
        page = intake.get(f"{public}/messages?cursor={cursor}").json
        seen, cursor = [message["text"] for message in page["items"]] + seen, page.get("cursor")

    assert seen == ["三天了", *(f"回复 {number:02}" for number in range(40))]


def test_cursor_of_another_request_leads_nowhere(intake: Knocker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "SHOWN_BYTES", 0)
    (path, public), (_, other) = filed(intake), filed(intake)
    for _ in range(FIRST_MESSAGES + 1):
        intake.post(f"{path}/notes", {"text": "内部"}, caller=AGENT)

    cursor = intake.get(public).json["messages_cursor"]

    assert intake.get(f"{public}/messages?cursor={cursor}").status == 200
    assert intake.get(f"{other}/messages?cursor={cursor}").status == 422


def test_accepted_file_is_not_replaced_by_another_upload_to_its_slot(intake: Knocker) -> None:
    file = upload(intake, b"true")
    path, public = filed(intake, attachments=[file])

    put(file, b"forged")
    again = intake.post(f"{public}/messages", {"text": "再来", "attachments": [file]})

    assert (again.status, [error["code"] for error in again.json["errors"]]) == (422, ["upload_taken"])
    [message] = intake.get(path, caller=AGENT).json["messages"]
    assert set(message["attachments"][0]) == {"id", "name", "media_type", "size_bytes"}
    link = intake.get(f"{path}/messages/{message['id']}/attachments/{file}", caller=AGENT).json["url"]
    key = link.partition("?")[0].partition("/attachments/")[2]
    assert boto3.client("s3").get_object(Bucket=BUCKET, Key=f"attachments/{key}")["Body"].read() == b"true"


def test_file_is_not_taken_by_another_request_nor_twice_by_one(intake: Knocker) -> None:
    file, other = upload(intake), upload(intake)
    path, _ = filed(intake, attachments=[file])

    stolen = intake.post("/v1/public/tickets", ASK | {"attachments": [file]})
    noted = intake.post(f"{path}/notes", {"text": "一", "attachments": [file]}, caller=AGENT)
    twice = intake.post(f"{path}/notes", {"text": "一", "attachments": [other, other]}, caller=AGENT)

    assert [answer.status for answer in (stolen, noted, twice)] == [422] * 3
    assert [error["field"] for error in twice.json["errors"]] == ["attachments.1"]
    assert intake.post(f"{path}/notes", {"text": "一", "attachments": [other]}, caller=AGENT).status == 201


def test_repeat_of_a_request_with_files_gets_the_answer_of_the_first(intake: Knocker) -> None:
    body = ASK | {"attachments": [upload(intake)]}

    first, second = (intake.post("/v1/public/tickets", body, key="k") for _ in range(2))

    assert first.said == second.said
    assert first.status == 201
