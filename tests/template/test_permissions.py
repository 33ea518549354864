import itertools
import re
from typing import Any

import pytest

from tests.template.templates import as_list, doors, events, resources, statements, template

DOORS = sorted(doors())
# Actions for which AWS knows no resource: https://docs.aws.amazon.com/service-authorization/latest/reference/
RESOURCELESS = {"xray:PutTraceSegments", "xray:PutTelemetryRecords", "dynamodb:ListStreams"}


def granted(door: str) -> list[tuple[str, Any]]:
    """Each action with the resource it is allowed on."""
    allowed = [
        itertools.product(as_list(statement["Action"]), as_list(statement.get("Resource", ["NotResource"])))
        for statement in statements(door)
    ]
    return list(itertools.chain.from_iterable(allowed))


def text(resource: Any) -> str:
    """A resource as one text; a reference by the parameter that it names."""
    return resource if isinstance(resource, str) else next(iter(resource.values()))


def actions_on(door: str, parameter: str) -> set[str]:
    """What a door may do to what a parameter of the roles' template names."""
    return {action for action, resource in granted(door) if parameter in text(resource)}


def test_every_door_has_a_role_and_every_role_a_door() -> None:
    roles = {name.removesuffix("Role") for name in resources("AWS::IAM::Role", "infra/roles.yaml")}

    assert roles == set(DOORS)
    assert {door: one["Role"] for door, one in doors().items()} == {
        door: {"Fn::GetAtt": ["Roles", f"Outputs.{door}"]} for door in DOORS
    }


def test_no_function_gets_more_from_sam_than_its_role() -> None:
    assert [door for door, one in doors().items() if "Policies" in one] == []


@pytest.mark.parametrize("door", DOORS)
def test_role_names_each_action(door: str) -> None:
    assert [action for action, _resource in granted(door) if "*" in action] == []


@pytest.mark.parametrize("door", DOORS)
def test_role_may_not_scan(door: str) -> None:
    assert {"dynamodb:Scan", "dynamodb:PartiQLSelect"} & {action for action, _resource in granted(door)} == set()


@pytest.mark.parametrize("door", DOORS)
def test_role_takes_every_resource_only_where_aws_knows_none(door: str) -> None:
    everywhere = {action for action, resource in granted(door) if resource == "*"}

    assert everywhere <= RESOURCELESS


@pytest.mark.parametrize("door", DOORS)
def test_role_has_a_wildcard_only_at_the_end_of_a_prefix_of_objects(door: str) -> None:
    resources_of_objects = [text(one) for action, one in granted(door) if action.startswith("s3:")]
    others = [text(one) for action, one in granted(door) if not action.startswith("s3:") and action not in RESOURCELESS]

    assert all(
        re.fullmatch(r"(FilesArn|LakeArn|\$\{(Files|Lake)Arn\}/([a-z/]+/)?\*)", one) for one in resources_of_objects
    )
    assert [one for one in others if "*" in one] == []


def test_only_the_door_that_delivers_may_send_and_never_to_a_topic() -> None:
    senders = {door for door in DOORS for action, _one in granted(door) if action.startswith(("ses:", "sns:"))}
    [sms] = [one for one in statements("EscalationWorker") if as_list(one["Action"]) == ["sns:Publish"]]

    assert senders == {"EscalationWorker"}
    assert text(sms["NotResource"]) == "arn:${AWS::Partition}:sns:*:*:*"
    assert "Resource" not in sms


def test_nobody_changes_or_deletes_the_past() -> None:
    allowed = {door: actions_on(door, "JournalArn") for door in DOORS}

    assert set().union(*allowed.values()) <= {"dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem"}


def test_the_lake_is_written_by_its_stream_and_its_worker_alone() -> None:
    writers = {door for door in DOORS if {"s3:PutObject", "s3:DeleteObject"} & actions_on(door, "LakeArn")}

    assert writers == {"ReportStream", "ReportWorker"}


@pytest.mark.parametrize(
    ("door", "table"), [("EscalationStream", "Desk"), ("SurveyStream", "Journal"), ("ReportStream", "Journal")]
)
def test_a_stream_door_reads_its_stream_and_reports_what_it_gives_up(door: str, table: str) -> None:
    assert actions_on(door, f"{table}StreamArn") == {
        "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator",
    }  # fmt: skip
    assert actions_on(door, "StreamFailureQueueArn") == {"sqs:SendMessage"}


@pytest.mark.parametrize(
    ("door", "source"), [(door, source["Queue"]["Fn::GetAtt"][0]) for door, source in events("SQS")]
)
def test_a_worker_may_take_from_its_queue(door: str, source: str) -> None:
    needed = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}

    assert needed <= actions_on(door, f"{source}Arn")


TAKES_MESSAGES = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"}
VARIABLES = {
    "DESK_TABLE": "DeskArn",
    "JOURNAL_TABLE": "JournalArn",
    "FILES_BUCKET": "FilesArn",
    "LAKE_BUCKET": "LakeArn",
    "SIGNING_SECRET_ID": "SecretArn",
    "IMPORT_QUEUE_URL": "ImportQueueArn",
    "REPORT_QUEUE_URL": "ReportQueueArn",
    "LISTENER_QUEUE_URL": "ListenerQueueArn",
    "MAIL_SENDER": "MailIdentity",
}


@pytest.mark.parametrize("door", DOORS)
def test_a_door_knows_the_name_of_what_it_may_touch_and_of_nothing_else(door: str) -> None:
    known = {VARIABLES[name] for name in doors()[door]["Environment"]["Variables"] if name in VARIABLES}
    # A worker is called with its queue's messages, so it needs the name only to send.
    allowed = {parameter for parameter in VARIABLES.values() if actions_on(door, parameter) - TAKES_MESSAGES}

    assert known == allowed


def test_the_reader_of_the_journal_touches_nothing_but_the_queue_of_listeners() -> None:
    touched = {text(resource) for action, resource in granted("SurveyStream") if action not in RESOURCELESS}

    assert touched == {"JournalStreamArn", "ListenerQueueArn", "StreamFailureQueueArn", "SurveyLogsArn"}


@pytest.mark.parametrize("door", DOORS)
def test_the_logs_of_a_door_go_to_its_wing(door: str) -> None:
    wing = re.match("[A-Z][a-z]+", door)[0]  # type: ignore[index]

    assert doors()[door]["LoggingConfig"]["LogGroup"] == {"Ref": f"{wing}Logs"}
    assert actions_on(door, "LogsArn") == {"logs:CreateLogStream", "logs:PutLogEvents"}
    assert actions_on(door, f"{wing}LogsArn") == actions_on(door, "LogsArn")


def test_only_lambda_may_take_a_doors_role() -> None:
    for role in resources("AWS::IAM::Role", "infra/roles.yaml").values():
        [trust] = role["AssumeRolePolicyDocument"]["Statement"]
        assert trust == {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }


def test_the_roles_get_each_parameter_from_the_resource_that_it_is_named_for() -> None:
    given = template()["Resources"]["Roles"]["Properties"]["Parameters"]

    assert set(given) == set(template("infra/roles.yaml")["Parameters"])
    for parameter, value in given.items():
        source = as_list(next(iter(value.values())))[0]
        assert parameter.replace("StreamArn", "").replace("Arn", "") in source or source == "SigningSecret"


def test_sweep_may_look_for_what_is_due() -> None:
    queried = {text(resource) for action, resource in granted("EscalationSchedule") if action == "dynamodb:Query"}

    assert "${DeskArn}/index/due" in queried
