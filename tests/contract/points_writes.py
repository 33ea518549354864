"""Points about single writes: conditions, counters, values that come back as they went in."""

from tests.contract.probe import DESK, Bench, Item, at_once, expect, expect_that, point, refused


def text_item(pk: str, sk: str = "a", **texts: str) -> Item:
    """An item of strings."""
    return {"pk": {"S": pk}, "sk": {"S": sk}, **{name: {"S": text} for name, text in texts.items()}}


def key(pk: str, sk: str = "a") -> Item:
    """The key of the Desk and of the Journal."""
    return text_item(pk, sk)


@point("put-if-absent", "a number, a link and an idempotency key are given out once")
def _put_if_absent(bench: Bench) -> None:
    item = text_item("put-if-absent", subject="first")
    once: Item = {"TableName": DESK, "ConditionExpression": "attribute_not_exists(pk)"}
    bench.client.put_item(Item=item, **once)
    other = text_item("put-if-absent", subject="second")

    refused("ConditionalCheckFailedException", bench.client.put_item, Item=other, **once)

    expect(bench.get("put-if-absent"), item, "the first item")


@point("update-on-version", "of two editors the second is told, and overwrites nothing")
def _update_on_version(bench: Bench) -> None:
    bench.put({**key("update-on-version"), "version": {"N": "1"}})
    edit: Item = {
        "TableName": DESK,
        "Key": key("update-on-version"),
        "UpdateExpression": "SET version = :next",
        "ConditionExpression": "version = :seen",
        "ExpressionAttributeValues": {":seen": {"N": "1"}, ":next": {"N": "2"}},
    }
    bench.client.update_item(**edit)

    refused("ConditionalCheckFailedException", bench.client.update_item, **edit)

    expect(bench.get("update-on-version")["version"], {"N": "2"}, "the version")


@point("update-only-existing", "a change of something that was erased does not bring a half of it back")
def _update_only_existing(bench: Bench) -> None:
    refused(
        "ConditionalCheckFailedException",
        bench.client.update_item,
        TableName=DESK,
        Key=key("update-only-existing"),
        UpdateExpression="SET subject = :s",
        ConditionExpression="attribute_exists(pk)",
        ExpressionAttributeValues={":s": {"S": "ghost"}},
    )

    expect(bench.get("update-only-existing"), {}, "the item")


@point("delete-on-condition", "a lock or a due time is taken away only by who holds it")
def _delete_on_condition(bench: Bench) -> None:
    bench.put(text_item("delete-on-condition", holder="one"))
    delete: Item = {
        "TableName": DESK,
        "Key": key("delete-on-condition"),
        "ConditionExpression": "holder = :me",
    }
    refused(
        "ConditionalCheckFailedException",
        bench.client.delete_item,
        **delete,
        ExpressionAttributeValues={":me": {"S": "other"}},
    )
    bench.client.delete_item(**delete, ExpressionAttributeValues={":me": {"S": "one"}})

    expect(bench.get("delete-on-condition"), {}, "the item")


@point("failed-condition-shows-item", "a refused change names who changed the ticket and what, without another read")
def _failed_condition_shows_item(bench: Bench) -> None:
    item = text_item("failed-condition-shows-item", assignee="li")
    bench.put(item)
    error = refused(
        "ConditionalCheckFailedException",
        bench.client.put_item,
        TableName=DESK,
        Item=item,
        ConditionExpression="attribute_not_exists(pk)",
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
    )

    expect(error.get("Item"), item, "the item in the error")


@point("update-returns-image", "an answer is made from the write itself")
def _update_returns_image(bench: Bench) -> None:
    bench.put({**key("update-returns-image"), "count": {"N": "4"}})
    answer = bench.client.update_item(
        TableName=DESK,
        Key=key("update-returns-image"),
        UpdateExpression="ADD #n :one",
        ExpressionAttributeNames={"#n": "count"},
        ExpressionAttributeValues={":one": {"N": "1"}},
        ReturnValues="ALL_NEW",
    )

    expect(answer.get("Attributes"), {**key("update-returns-image"), "count": {"N": "5"}}, "the new image")


@point("counter-under-threads", "attempts at a link are counted one by one, however fast they come")
def _counter_under_threads(bench: Bench) -> None:
    def add() -> object:
        return bench.client.update_item(
            TableName=DESK,
            Key=key("counter-under-threads"),
            UpdateExpression="ADD #n :one",
            ExpressionAttributeNames={"#n": "count"},
            ExpressionAttributeValues={":one": {"N": "1"}},
        )

    at_once([add] * 8)

    expect(bench.get("counter-under-threads").get("count"), {"N": "8"}, "the count")


@point("set-and-remove-in-one", "a ticket leaves an index in the same write that changes its status")
def _set_and_remove_in_one(bench: Bench) -> None:
    bench.put(text_item("set-and-remove-in-one", queue="q", queue_sort="1", status="open"))
    bench.client.update_item(
        TableName=DESK,
        Key=key("set-and-remove-in-one"),
        UpdateExpression="SET #s = :closed REMOVE queue, queue_sort",
        ExpressionAttributeNames={"#s": "status"},
        ExpressionAttributeValues={":closed": {"S": "closed"}},
    )

    expect(bench.get("set-and-remove-in-one"), text_item("set-and-remove-in-one", status="closed"), "the item")


@point("blockers-as-set", "a hand-off adds and removes its blocker without knowing the others")
def _blockers_as_set(bench: Bench) -> None:
    for expression, blocker in (("ADD", "handoff#1"), ("ADD", "callback#2"), ("DELETE", "handoff#1")):
        bench.client.update_item(
            TableName=DESK,
            Key=key("blockers-as-set"),
            UpdateExpression=f"{expression} blockers :b",
            ExpressionAttributeValues={":b": {"SS": [blocker]}},
        )
    expect(bench.get("blockers-as-set").get("blockers"), {"SS": ["callback#2"]}, "the blockers")
    bench.client.update_item(
        TableName=DESK,
        Key=key("blockers-as-set"),
        UpdateExpression="DELETE blockers :b",
        ExpressionAttributeValues={":b": {"SS": ["callback#2"]}},
    )

    expect_that("blockers" not in bench.get("blockers-as-set"), "an emptied set is gone")


@point("reserved-words", "names such as status and name reach no request bare, here or on AWS")
def _reserved_words(bench: Bench) -> None:
    refused(
        "ValidationException",
        bench.client.update_item,
        TableName=DESK,
        Key=key("reserved-words"),
        UpdateExpression="SET status = :s",
        ExpressionAttributeValues={":s": {"S": "open"}},
    )


@point("unused-placeholders", "a forgotten part of an expression shows in the tests, not on AWS")
def _unused_placeholders(bench: Bench) -> None:
    refused(
        "ValidationException",
        bench.client.update_item,
        TableName=DESK,
        Key=key("unused-placeholders"),
        UpdateExpression="SET subject = :s",
        ExpressionAttributeValues={":s": {"S": "x"}, ":unused": {"S": "y"}},
    )


@point("overlapping-paths", "one update never sets the same attribute twice")
def _overlapping_paths(bench: Bench) -> None:
    refused(
        "ValidationException",
        bench.client.update_item,
        TableName=DESK,
        Key=key("overlapping-paths"),
        UpdateExpression="SET subject = :s REMOVE subject",
        ExpressionAttributeValues={":s": {"S": "x"}},
    )


@point("index-key-type", "a due time that is no string is refused with the write, not lost from the sweep")
def _index_key_type(bench: Bench) -> None:
    item = {**text_item("index-key-type", due_shard="0"), "due_at": {"N": "1700000000"}}
    refused("ValidationException", bench.client.put_item, TableName=DESK, Item=item)


@point("index-key-empty", "an item with an empty index key is refused, so a team is absent and never blank")
def _index_key_empty(bench: Bench) -> None:
    item = text_item("index-key-empty", queue="", queue_sort="1")
    refused("ValidationException", bench.client.put_item, TableName=DESK, Item=item)


@point("empty-string-value", "a field that was emptied is kept as empty")
def _empty_string_value(bench: Bench) -> None:
    item = text_item("empty-string-value", note="")
    bench.put(item)

    expect(bench.get("empty-string-value"), item, "the item")


@point("empty-key-refused", "an entity without an id is refused")
def _empty_key_refused(bench: Bench) -> None:
    refused("ValidationException", bench.client.put_item, TableName=DESK, Item=text_item(""))


@point("empty-set-refused", "an empty list of blockers is absent, never an empty set")
def _empty_set_refused(bench: Bench) -> None:
    item = {**key("empty-set-refused"), "blockers": {"SS": []}}
    refused("ValidationException", bench.client.put_item, TableName=DESK, Item=item)


@point("number-precision", "amounts and versions come back to the last digit")
def _number_precision(bench: Bench) -> None:
    digits = "12345678901234567890123456789012345678"
    bench.put({**key("number-precision"), "amount": {"N": digits}, "share": {"N": "0.10"}})
    found = bench.get("number-precision")

    expect(found.get("amount"), {"N": digits}, "38 digits")
    expect(found.get("share"), {"N": "0.1"}, "a number with a trailing zero")


@point("number-too-long", "a number that would lose digits is refused")
def _number_too_long(bench: Bench) -> None:
    item = {**key("number-too-long"), "amount": {"N": "9" * 39}}
    refused("ValidationException", bench.client.put_item, TableName=DESK, Item=item)


@point("any-text", "Chinese, rare characters, emoji and control characters come back as written, in keys too")
def _any_text(bench: Bench) -> None:
    text = "听见 𠮷 👩‍👩‍👧 \u0000\u200b\\\n"
    bench.put(text_item("any-text", "票#𠮷", body=text))

    expect(bench.get("any-text", "票#𠮷"), text_item("any-text", "票#𠮷", body=text), "the item")


@point("nested-documents", "a type's own fields are kept as nested maps and lists, deep inside too")
def _nested_documents(bench: Bench) -> None:
    item = {**key("nested-documents"), "fields": {"M": {"a": {"L": [{"M": {}}, {"NULL": True}, {"BOOL": False}]}}}}
    bench.put(item)
    bench.client.update_item(
        TableName=DESK,
        Key=key("nested-documents"),
        UpdateExpression="SET #f.#b = list_append(if_not_exists(#f.#b, :none), :more)",
        ExpressionAttributeNames={"#f": "fields", "#b": "b"},
        ExpressionAttributeValues={":none": {"L": []}, ":more": {"L": [{"S": "x"}]}},
    )
    fields = item["fields"]["M"] | {"b": {"L": [{"S": "x"}]}}

    expect(bench.get("nested-documents").get("fields"), {"M": fields}, "the fields")


@point("parent-must-exist", "a field is not written into a map that is not there")
def _parent_must_exist(bench: Bench) -> None:
    bench.put(key("parent-must-exist"))
    refused(
        "ValidationException",
        bench.client.update_item,
        TableName=DESK,
        Key=key("parent-must-exist"),
        UpdateExpression="SET #f.#b = :x",
        ExpressionAttributeNames={"#f": "fields", "#b": "b"},
        ExpressionAttributeValues={":x": {"S": "x"}},
    )


@point("expiry-setting", "idempotency keys and links go away by themselves, by `expires_at`")
def _expiry_setting(bench: Bench) -> None:
    bench.client.update_time_to_live(
        TableName=DESK, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires_at"}
    )
    found = bench.client.describe_time_to_live(TableName=DESK)["TimeToLiveDescription"]

    expect(found.get("AttributeName"), "expires_at", "the attribute")
    expect_that(found.get("TimeToLiveStatus") in {"ENABLED", "ENABLING"}, "it is on")
