"""Points about TransactWriteItems and TransactGetItems: all or nothing, once, with reasons."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from tests.contract.points_writes import key, text_item
from tests.contract.probe import DESK, JOURNAL, Bench, Item, at_once, expect, point, refused

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import PutTypeDef, TransactWriteItemTypeDef, UpdateTypeDef

CANCELED = "TransactionCanceledException"
SENT_AS = "contract-probe-{}"


def put(item: Item, table: str = DESK, *, if_absent: bool = False) -> "TransactWriteItemTypeDef":
    """A Put of a transaction."""
    write: PutTypeDef = {"TableName": table, "Item": item}
    if if_absent:
        write["ConditionExpression"] = "attribute_not_exists(pk)"
    return {"Put": write}


def count(pk: str, step: str = "1") -> "TransactWriteItemTypeDef":
    """An Update of a transaction that adds `step` to the item's count."""
    return {
        "Update": {
            "TableName": DESK,
            "Key": key(pk),
            "UpdateExpression": "ADD #n :step",
            "ExpressionAttributeNames": {"#n": "count"},
            "ExpressionAttributeValues": {":step": {"N": step}},
        }
    }


def check(pk: str, condition: str) -> "TransactWriteItemTypeDef":
    """A ConditionCheck of a transaction that shows the item when it fails."""
    return {
        "ConditionCheck": {
            "TableName": DESK,
            "Key": key(pk),
            "ConditionExpression": condition,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
    }


@point("transaction-two-tables", "a change and its event are written together")
def _transaction_two_tables(bench: Bench) -> None:
    desk, journal = text_item("transaction-two-tables"), text_item("transaction-two-tables", "0001")
    bench.client.transact_write_items(TransactItems=[put(desk), put(journal, JOURNAL)])

    expect(bench.get("transaction-two-tables"), desk, "the Desk's item")
    expect(bench.get("transaction-two-tables", "0001", JOURNAL), journal, "the Journal's item")


@point("transaction-all-or-nothing", "a refused change leaves no event, and a refused event no change")
def _transaction_all_or_nothing(bench: Bench) -> None:
    bench.put(text_item("transaction-all-or-nothing", "0001"), JOURNAL)
    refused(
        CANCELED,
        bench.client.transact_write_items,
        TransactItems=[
            put(text_item("transaction-all-or-nothing")),
            put(text_item("transaction-all-or-nothing", "0001"), JOURNAL, if_absent=True),
        ],
    )

    expect(bench.get("transaction-all-or-nothing"), {}, "the Desk's item")


@point("transaction-reasons", "the reason says which part was refused: the version, the number or the caller's key")
def _transaction_reasons(bench: Bench) -> None:
    bench.put(key("transaction-reasons"))
    error = refused(
        CANCELED,
        bench.client.transact_write_items,
        TransactItems=[
            put(text_item("transaction-reasons", "b")),
            put(text_item("transaction-reasons"), if_absent=True),
            put(text_item("transaction-reasons", "c")),
        ],
    )
    codes = [reason.get("Code") for reason in error.get("CancellationReasons", [])]

    expect(codes, ["None", "ConditionalCheckFailed", "None"], "the reasons in order")


@point("transaction-reason-item", "a conflict names who changed what; a repeated request finds its first answer")
def _transaction_reason_item(bench: Bench) -> None:
    item = text_item("transaction-reason-item", answer="201")
    bench.put(item)
    error = refused(
        CANCELED,
        bench.client.transact_write_items,
        TransactItems=[check("transaction-reason-item", "attribute_not_exists(pk)"), count("transaction-reason-other")],
    )
    reasons = error.get("CancellationReasons") or [{}]

    expect(reasons[0].get("Item"), item, "the item in the first reason")


@point("transaction-condition-check", "a rule on one item guards the write of another")
def _transaction_condition_check(bench: Bench) -> None:
    guarded = [check("transaction-condition-check", "attribute_exists(pk)"), count("transaction-condition-other")]
    refused(CANCELED, bench.client.transact_write_items, TransactItems=guarded)
    bench.put(key("transaction-condition-check"))
    bench.client.transact_write_items(TransactItems=guarded)

    expect(bench.get("transaction-condition-other").get("count"), {"N": "1"}, "the guarded count")


@point("transaction-token-once", "a request that the SDK sends again after a lost reply is applied once")
def _transaction_token_once(bench: Bench) -> None:
    for _ in range(2):
        bench.client.transact_write_items(
            TransactItems=[count("transaction-token-once")], ClientRequestToken=SENT_AS.format(1)
        )

    expect(bench.get("transaction-token-once").get("count"), {"N": "1"}, "the count")


@point("transaction-token-conditional", "a request sent again does not trip over its own condition")
def _transaction_token_conditional(bench: Bench) -> None:
    for _ in range(2):
        bench.client.transact_write_items(
            TransactItems=[put(key("transaction-token-conditional"), if_absent=True)],
            ClientRequestToken=SENT_AS.format(2),
        )

    expect(bench.get("transaction-token-conditional"), key("transaction-token-conditional"), "the item")


@point("transaction-token-mismatch", "a token that is used for something else is refused")
def _transaction_token_mismatch(bench: Bench) -> None:
    token = SENT_AS.format(3)
    bench.client.transact_write_items(TransactItems=[count("transaction-token-mismatch")], ClientRequestToken=token)

    refused(
        "IdempotentParameterMismatchException",
        bench.client.transact_write_items,
        TransactItems=[count("transaction-token-mismatch", "5")],
        ClientRequestToken=token,
    )
    expect(bench.get("transaction-token-mismatch").get("count"), {"N": "1"}, "the count")


@point("transaction-token-concurrent", "one request that arrives many times at once is applied once")
def _transaction_token_concurrent(bench: Bench) -> None:
    def send() -> object:
        return bench.client.transact_write_items(
            TransactItems=[count("transaction-token-concurrent")], ClientRequestToken=SENT_AS.format(4)
        )

    at_once([send] * 8)

    expect(bench.get("transaction-token-concurrent").get("count"), {"N": "1"}, "the count")


@point("transaction-race", "of many who claim a ticket at once one gets it, and the others are told")
def _transaction_race(bench: Bench) -> None:
    bench.put({**key("transaction-race"), "version": {"N": "1"}})

    def claim(who: int) -> object:
        update: UpdateTypeDef = {
            "TableName": DESK,
            "Key": key("transaction-race"),
            "UpdateExpression": "SET version = :next, assignee = :who",
            "ConditionExpression": "version = :seen",
            "ExpressionAttributeValues": {":seen": {"N": "1"}, ":next": {"N": "2"}, ":who": {"S": f"agent {who}"}},
        }
        event = put(text_item("transaction-race", "0002", who=f"agent {who}"), JOURNAL, if_absent=True)
        return bench.client.transact_write_items(TransactItems=[{"Update": update}, event])

    results = at_once([lambda who=who: claim(who) for who in range(8)])  # type: ignore[misc]  # mypy cannot infer the default.

    expect(sum(not isinstance(result, ClientError) for result in results), 1, "the winners")
    winner, event = bench.get("transaction-race"), bench.get("transaction-race", "0002", JOURNAL)
    expect(winner.get("assignee"), event.get("who"), "the assignee against the event")


@point("transaction-same-item", "one change never touches an item in two parts")
def _transaction_same_item(bench: Bench) -> None:
    refused(
        "ValidationException",
        bench.client.transact_write_items,
        TransactItems=[count("transaction-same-item"), check("transaction-same-item", "attribute_exists(pk)")],
    )


@point("transaction-get", "two items are read as of one moment")
def _transaction_get(bench: Bench) -> None:
    item = text_item("transaction-get")
    bench.put(item)
    bench.put(item, JOURNAL)
    found = bench.client.transact_get_items(
        TransactItems=[
            {"Get": {"TableName": DESK, "Key": key("transaction-get")}},
            {"Get": {"TableName": JOURNAL, "Key": key("transaction-get")}},
            {"Get": {"TableName": JOURNAL, "Key": key("transaction-get", "none")}},
        ]
    )["Responses"]

    expect([each.get("Item") for each in found], [item, item, None], "the items in order")
