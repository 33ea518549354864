"""The watch over doors sees what it is there for."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests import iam
from tests.functions.door import BUCKET, Knocker
from tests.iam import Made, Use
from tingjian.platform.items import Key
from tingjian.platform.store import Store, Write


@pytest.fixture
def watched(intake: Knocker) -> Iterator[set[Made]]:  # noqa: ARG001 - makes bucket and tables
    """What the test calls, as if it was the worker of imports; its role is left out of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(iam, "calling_door", lambda: "IntakeWorker")
        iam.made.clear()
        yield iam.made
    iam.made.clear()


def seen(watched: set[Made]) -> set[Use]:
    """What was called."""
    return {call.use for call in watched}


def test_members_of_a_transaction_are_seen(watched: set[Made], store: Store) -> None:
    here = {"pk": "a", "sk": "b", "version": 1}
    store.transact([Write("desk", here), Write("journal", here)])
    store.transact([Write("journal", here, kind="delete"), Write("desk", here, expect=1, kind="check")])

    assert seen(watched) == {
        Use("dynamodb:PutItem", "DeskArn"),
        Use("dynamodb:PutItem", "JournalArn"),
        Use("dynamodb:DeleteItem", "JournalArn"),
        Use("dynamodb:ConditionCheckItem", "DeskArn"),
    }


def test_reads_are_seen_with_their_index(watched: set[Made], store: Store) -> None:
    store.query("chen", index="owner")
    store.get_many([Key("a", "b")])

    assert seen(watched) == {Use("dynamodb:Query", "DeskArn/index/owner"), Use("dynamodb:BatchGetItem", "DeskArn")}


def test_signed_form_and_link_are_what_they_let_do(watched: set[Made]) -> None:
    s3 = boto3.client("s3")
    s3.generate_presigned_post(BUCKET, "uploads/1")
    s3.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "reports/1"})

    assert seen(watched) == {Use("s3:PutObject", "FilesArn/uploads/1"), Use("s3:GetObject", "FilesArn/reports/1")}


@pytest.mark.parametrize("call", ["head_object", "get_object", "copy_object"])
def test_object_that_is_absent_needs_the_list(watched: set[Made], call: str) -> None:
    source: dict[str, Any] = {"CopySource": {"Bucket": BUCKET, "Key": "uploads/1"}} if call == "copy_object" else {}
    with pytest.raises(ClientError):
        getattr(boto3.client("s3"), call)(Bucket=BUCKET, Key="attachments/1", **source)

    assert Use("s3:ListBucket", "FilesArn") in seen(watched)


def test_call_beyond_the_role_is_refused() -> None:
    calls = [
        Made("IntakeApi", Use("dynamodb:Query", "DeskArn/index/owner")),
        Made("IntakeApi", Use("dynamodb:Query", "DeskArn/index/due")),
        Made("IntakeApi", Use("dynamodb:Scan", "DeskArn")),
        Made("EscalationWorker", Use("sns:Publish", iam.PHONE)),
        Made("EscalationWorker", Use("sns:Publish", "arn:aws:sns:eu-central-1:1:topic")),
        Made("ReportStream", Use("s3:PutObject", "LakeArn/events/raw/1")),
        Made("ReportStream", Use("s3:PutObject", "LakeArn/parquet/1")),
    ]

    assert set(iam.refused(calls)) == {calls[1], calls[2], calls[4], calls[6]}


def test_what_nobody_calls_is_unused() -> None:
    assert iam.unused([], "ReportStream") == list(iam.grants("ReportStream"))


def test_calls_of_tests_are_no_doors(store: Store) -> None:
    iam.made.clear()

    store.get(Key("a", "b"))

    assert iam.made == set()
