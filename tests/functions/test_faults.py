"""The fault injector itself: what our store code meets when DynamoDB or the function fails."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, ReadTimeoutError

from tests.builders import emulated_aws
from tests.faults import Crash, Fault, FaultNotStruckError, Strike, count_calls, crash_points, inject

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

KEY = {"pk": {"S": "counter"}}


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator["DynamoDBClient"]:
    """A client of one empty table."""
    for name, value in (("AWS_ACCESS_KEY_ID", "none"), ("AWS_SECRET_ACCESS_KEY", "none")):
        monkeypatch.setenv(name, value)
    with emulated_aws():
        made = boto3.client("dynamodb", region_name="us-east-1")
        made.create_table(
            TableName="desk",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield made


def add(client: "DynamoDBClient") -> None:
    """Add one to the counter, in the way that is not safe to repeat."""
    client.update_item(
        TableName="desk",
        Key=KEY,
        UpdateExpression="ADD amount :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
    )


def transact(client: "DynamoDBClient") -> None:
    """Put two items together."""
    items = [{"pk": {"S": "one"}}, {"pk": {"S": "two"}}]
    client.transact_write_items(TransactItems=[{"Put": {"TableName": "desk", "Item": item}} for item in items])


def amount(client: "DynamoDBClient") -> int:
    """The counter as the store has it."""
    item = client.get_item(TableName="desk", Key=KEY, ConsistentRead=True).get("Item", {})
    return int(item.get("amount", {}).get("N", "0"))


def test_reset_before_the_commit_is_mended_by_the_sdk(client: "DynamoDBClient") -> None:
    with inject(client, Strike(Fault.RESET)) as log:
        add(client)

    assert (amount(client), log.struck) == (1, [(1, "UpdateItem", Fault.RESET)])


def test_lost_reply_makes_the_sdk_count_twice(client: "DynamoDBClient") -> None:
    with inject(client, Strike(Fault.REPLY_LOST)):
        add(client)

    assert amount(client) == 2


def test_lost_reply_makes_a_conditional_put_fail_at_its_own_success(client: "DynamoDBClient") -> None:
    with (
        inject(client, Strike(Fault.REPLY_LOST)),
        pytest.raises(client.exceptions.ConditionalCheckFailedException),
    ):
        client.put_item(TableName="desk", Item=KEY, ConditionExpression="attribute_not_exists(pk)")

    assert client.get_item(TableName="desk", Key=KEY)["Item"] == KEY


def test_lost_reply_sends_a_transaction_again_with_the_same_token(client: "DynamoDBClient") -> None:
    sent: list[bytes] = []
    client.meta.events.register("before-send.dynamodb", lambda request, **_: sent.append(request.body))

    with inject(client, Strike(Fault.REPLY_LOST)):
        transact(client)

    assert len(sent) == 2
    assert sent[0] == sent[1]
    assert b"ClientRequestToken" in sent[0]


@pytest.mark.parametrize(
    ("fault", "code", "status"),
    [
        (Fault.THROTTLED, "ThrottlingException", 400),
        (Fault.CONFLICT, "TransactionConflictException", 400),
        (Fault.SERVER_ERROR, "InternalServerError", 500),
    ],
)
def test_refusal_is_raised_as_the_store_words_it_and_nothing_is_written(
    client: "DynamoDBClient", fault: Fault, code: str, status: int
) -> None:
    with inject(client, Strike(fault)), pytest.raises(ClientError) as raised:
        add(client)

    assert raised.value.response["Error"]["Code"] == code
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert amount(client) == 0


def test_conflict_is_raised_as_the_exception_of_the_sdk(client: "DynamoDBClient") -> None:
    with inject(client, Strike(Fault.CONFLICT)), pytest.raises(client.exceptions.TransactionConflictException):
        add(client)


@pytest.mark.parametrize(
    ("fault", "reason"), [(Fault.CONFLICT, "TransactionConflict"), (Fault.THROTTLED, "ThrottlingError")]
)
def test_transaction_is_cancelled_with_a_reason_for_each_item(
    client: "DynamoDBClient", fault: Fault, reason: str
) -> None:
    with inject(client, Strike(fault)), pytest.raises(client.exceptions.TransactionCanceledException) as raised:
        transact(client)

    assert [each["Code"] for each in raised.value.response["CancellationReasons"]] == [reason, "None"]
    assert client.scan(TableName="desk")["Count"] == 0


def test_unreachable_store_is_not_written(client: "DynamoDBClient") -> None:
    with inject(client, Strike(Fault.UNREACHABLE)), pytest.raises(EndpointConnectionError):
        add(client)

    assert amount(client) == 0


def test_timed_out_call_is_written_all_the_same(client: "DynamoDBClient") -> None:
    with inject(client, Strike(Fault.TIMED_OUT)), pytest.raises(ReadTimeoutError):
        add(client)

    assert amount(client) == 1


def test_unprocessed_batch_comes_back_whole(client: "DynamoDBClient") -> None:
    with inject(client, Strike(Fault.UNPROCESSED, times=2)):
        written = client.batch_write_item(RequestItems={"desk": [{"PutRequest": {"Item": KEY}}]})
        read = client.batch_get_item(RequestItems={"desk": {"Keys": [KEY]}})

    assert written["UnprocessedItems"] == {"desk": [{"PutRequest": {"Item": KEY}}]}
    assert (read["Responses"], read["UnprocessedKeys"]) == ({"desk": []}, {"desk": {"Keys": [KEY]}})
    assert client.scan(TableName="desk")["Count"] == 0


@pytest.mark.parametrize(("fault", "written"), [(Fault.CRASH_BEFORE, 0), (Fault.CRASH_AFTER, 1)])
def test_crash_strikes_before_or_after_the_commit(client: "DynamoDBClient", fault: Fault, written: int) -> None:
    with inject(client, Strike(fault)), pytest.raises(Crash, match="UpdateItem, call 1"):
        add(client)

    assert amount(client) == written


def test_crash_is_not_caught_by_code_that_catches_errors(client: "DynamoDBClient") -> None:
    def careless() -> None:
        try:
            add(client)
        except (Exception, BotoCoreError):  # noqa: BLE001  # The carelessness is the point.
            pytest.fail("survived its own death")

    with inject(client, Strike(Fault.CRASH_BEFORE)), pytest.raises(Crash):
        careless()


def test_crash_points_are_before_and_after_every_call(client: "DynamoDBClient") -> None:
    def work() -> None:
        add(client)
        add(client)

    calls = count_calls(client, work)
    amounts = [0]
    for strike in crash_points(calls):
        with inject(client, strike), pytest.raises(Crash):
            work()
        amounts.append(amount(client) - 2 - sum(amounts))

    assert (calls, amounts) == (2, [0, 0, 1, 1, 2])


def test_strike_counts_the_calls_of_its_operation_only(client: "DynamoDBClient") -> None:
    with inject(client, Strike(Fault.THROTTLED, at=2, operation="UpdateItem")) as log:
        add(client)
        amount(client)
        with pytest.raises(ClientError):
            add(client)
        add(client)

    assert log.calls == ["UpdateItem", "GetItem", "UpdateItem", "UpdateItem"]
    assert log.struck == [(3, "UpdateItem", Fault.THROTTLED)]


def test_strike_can_last(client: "DynamoDBClient") -> None:
    with inject(client, Strike(Fault.THROTTLED, at=2, times=2)):
        add(client)
        for _ in range(2):
            with pytest.raises(ClientError):
                add(client)
        add(client)

    assert amount(client) == 2


def test_fault_that_never_struck_fails_the_test(client: "DynamoDBClient") -> None:
    with pytest.raises(FaultNotStruckError, match="never struck in 1 calls"), inject(client, Strike(Fault.RESET, at=2)):
        add(client)


def test_fault_that_struck_less_often_than_planned_fails_the_test(client: "DynamoDBClient") -> None:
    with pytest.raises(FaultNotStruckError), inject(client, Strike(Fault.RESET, times=2)):
        add(client)


@pytest.mark.parametrize(("at", "times"), [(0, 1), (1, 0)])
def test_strike_that_can_never_come_is_refused(at: int, times: int) -> None:
    with pytest.raises(ValueError, match="counted from 1"):
        Strike(Fault.RESET, at=at, times=times)


def test_client_is_whole_again_after_the_block(client: "DynamoDBClient") -> None:
    with inject(client, Strike(Fault.THROTTLED)), pytest.raises(ClientError):
        add(client)
    add(client)

    assert amount(client) == 1
