"""The client of DynamoDB: what it sends and hands on is what botocore's own would."""

import json
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.session import Session

from tingjian.platform import sdk
from tingjian.platform.store import Store, Write, from_wire, to_wire

ITEM = {
    "pk": "ticket#1",
    "sk": "ticket",
    "version": 3,
    "subject": "鞋开胶了",
    "share": 0.5,
    "imported": True,
    "fields": {"cause": "transport", "pairs": [1, 2], "none": {}},
    "expect": None,
}
KINDS = [
    "provide-client-params",
    "before-parameter-build",
    "before-call",
    "request-created",
    "choose-signer",
    "before-sign",
    "before-send",
    "before-parse",
    "response-received",
    "needs-retry",
    "after-call",
]


class Wire:
    """What a client sends, and the answer it gets."""

    def __init__(self, client: Any, status: int = 200, answer: object = None) -> None:
        self.client, self.status, self.answer = client, status, json.dumps(answer or {}).encode()
        self.sent: list[Any] = []
        client.meta.events.register("before-send.dynamodb", self.take)

    def take(self, request: Any, **_: object) -> AWSResponse:
        self.sent.append(request)
        raw = SimpleNamespace(stream=lambda **_: iter([self.answer]))
        return AWSResponse(request.url, self.status, HTTPHeaders(), raw)


@pytest.fixture
def region(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    return monkeypatch


@pytest.mark.parametrize("name", ["eu-central-1", "cn-north-1", "cn-northwest-1", "us-gov-west-1", "ap-east-1"])
def test_client_calls_the_address_that_botocore_finds(region: pytest.MonkeyPatch, name: str) -> None:
    region.setenv("AWS_DEFAULT_REGION", name)
    ours, stock = Wire(sdk.dynamodb_client()), Wire(boto3.client("dynamodb"))

    for wire in (ours, stock):
        wire.client.get_item(TableName="desk", Key=to_wire({"pk": "a", "sk": "b"}))

    assert ours.sent[0].url == stock.sent[0].url
    scope = [wire.sent[0].headers["Authorization"].decode().split("/", 1)[1].split(",")[0] for wire in (ours, stock)]
    assert scope[0] == scope[1]


def test_client_goes_where_the_environment_says(region: pytest.MonkeyPatch) -> None:
    region.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    wire = Wire(sdk.dynamodb_client())

    wire.client.get_item(TableName="desk", Key=to_wire({"pk": "a", "sk": "b"}))

    assert wire.sent[0].url == "http://127.0.0.1:4566/"


@pytest.mark.usefixtures("region")
def test_client_sends_what_botocore_would() -> None:
    ours, stock = Wire(sdk.dynamodb_client()), Wire(boto3.client("dynamodb"))

    for wire in (ours, stock):
        store = Store(wire.client, "desk", "journal")
        store.transact(
            [Write("desk", ITEM, expect=2), Write("journal", ITEM, expect=3, kind="check"), Write("desk", ITEM)]
        )
        store.put_if_absent(ITEM)

    bodies = [[json.loads(request.body) for request in wire.sent] for wire in (ours, stock)]
    tokens = [calls[0].pop("ClientRequestToken") for calls in bodies]
    assert bodies[0] == bodies[1]
    assert tokens[0] != tokens[1]
    targets = [[request.headers["X-Amz-Target"] for request in wire.sent] for wire in (ours, stock)]
    assert targets[0] == targets[1]
    assert sorted(ours.sent[0].headers) == sorted(stock.sent[0].headers)


@pytest.mark.usefixtures("region")
def test_client_hands_an_answer_on_as_botocore_would() -> None:
    answer = {"Item": to_wire(ITEM), "ConsumedCapacity": {"TableName": "desk", "CapacityUnits": 0.5}}
    ours, stock = Wire(sdk.dynamodb_client(), answer=answer), Wire(boto3.client("dynamodb"), answer=answer)

    found = [wire.client.get_item(TableName="desk", Key=to_wire({"pk": "a", "sk": "b"})) for wire in (ours, stock)]

    assert found[0] == found[1]
    assert from_wire(found[0]["Item"]) == {name: value for name, value in ITEM.items() if value is not None}


@pytest.mark.usefixtures("region")
def test_client_reads_a_refusal_as_botocore_would() -> None:
    refusal = {
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "Transaction cancelled",
        "CancellationReasons": [{"Code": "None"}, {"Code": "ConditionalCheckFailed", "Item": to_wire(ITEM)}],
    }
    ours = Wire(sdk.dynamodb_client(), status=400, answer=refusal)
    stock = Wire(boto3.client("dynamodb"), status=400, answer=refusal)

    refused = []
    for wire in (ours, stock):
        with pytest.raises(wire.client.exceptions.TransactionCanceledException) as caught:
            wire.client.transact_write_items(TransactItems=[{"Put": {"TableName": "desk", "Item": to_wire(ITEM)}}])
        refused.append(caught.value.response)

    assert refused[0]["CancellationReasons"] == refused[1]["CancellationReasons"]
    assert refused[0]["Error"] == refused[1]["Error"]


@pytest.mark.usefixtures("region")
@pytest.mark.parametrize("service", ["dynamodb", "s3", "secretsmanager", "sesv2", "sns", "sqs"])
def test_client_listens_to_all_that_botocore_would_have_it_do(service: str) -> None:
    ours, stock = sdk.client(service), Session().create_client(service)
    events = [
        f"{kind}.{ours.meta.service_model.service_id.hyphenize()}.{operation}"
        for operation in ours.meta.service_model.operation_names
        for kind in KINDS
    ]

    def heard(client: Any, event: str) -> list[str]:
        found = client.meta.events._emitter._handlers.prefix_search(event)
        return sorted(getattr(handler, "__qualname__", repr(handler)) for handler in found)

    for event in events:
        assert heard(ours, event) == heard(stock, event)
