"""Least-privilege roles, one a door, in infra/roles.yaml: what its parts touch and what its kind of door needs."""

import re
from collections.abc import Iterator

from infra.assemble.doors import DOORS, served, touched
from infra.assemble.house import House
from tingjian.platform.features import DoorName

FILE = "infra/roles.yaml"
WIDTH = 120
HEAD = """AWSTemplateFormatVersion: "2010-09-09"
Description: What each door may do, and nothing else. One role a door; no door may scan a table.
# Written by `python -m infra.assemble` from what features touch; do not edit.

Parameters:
{parameters}
Resources:
  # X-Ray takes no resource, so every door shares these two actions.
  Tracing:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      Description: Send traces.
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          # Lambda itself sends the traces.
          - {{Effect: Allow, Action: [xray:PutTraceSegments, xray:PutTelemetryRecords], Resource: "*"}}
"""
ROLE = """
  {id}Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{{Effect: Allow, Principal: {{Service: lambda.amazonaws.com}}, Action: sts:AssumeRole}}]
      ManagedPolicyArns: [!Ref Tracing]
      Policies:
        - PolicyName: {id}
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
"""
ARNS = {
    "desk": "DeskArn",
    "journal": "JournalArn",
    "files": "FilesArn",
    "lake": "LakeArn",
    "secret": "SecretArn",
    "import_queue": "ImportQueueArn",
    "report_queue": "ReportQueueArn",
    "listener_queue": "ListenerQueueArn",
    "customers_queue": "CustomersQueueArn",
    "notices_queue": "NoticesQueueArn",
    "webhooks_queue": "WebhooksQueueArn",
}
STREAMS: dict[DoorName, str] = {
    "escalation.stream": "DeskStreamArn",
    "survey.stream": "JournalStreamArn",
    "report.stream": "JournalStreamArn",
}
QUEUES: dict[DoorName, tuple[str, ...]] = {
    "intake.worker": ("ImportQueueArn",),
    "escalation.worker": ("CustomersQueueArn", "NoticesQueueArn", "MailReturnsQueueArn"),
    "escalation.caller": ("WebhooksQueueArn",),
    "survey.worker": ("ListenerQueueArn",),
    "report.worker": ("ReportQueueArn",),
}
READ_STREAM = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")
TAKE_MESSAGES = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes")
MAIL = [
    "!Sub arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/${MailIdentity}",
    "!Sub arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:configuration-set/${MailConfigurationSet}",
]
TOPICS = '!Sub "arn:${AWS::Partition}:sns:*:*:*"'
WHY_SMS = "A text message goes to a phone number, which is no resource; everything but topics is the narrowest."
WHY_LOGS = "Lambda itself writes the log."
WHY_QUEUE = "Lambda itself takes the messages, and deletes those that are done."
WHY_STREAM = "Lambda itself reads the stream."
WHY_FAILURES = "Lambda itself sets aside what the door cannot take."
WHY_STREAMS = "Lambda lists the streams to find its own; AWS knows no resource for it."
ORDER = ("GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem", "GetObject")


def roles_template(house: House) -> dict[str, str]:
    doors = deployed_doors((house.root / "template.yaml").read_text("utf-8"))
    body = "".join(ROLE.format(id=logical_id(door)) + "".join(_statements(house, door)) for door in doors)
    outputs = "".join(f"  {logical_id(door)}: {{Value: !GetAtt {logical_id(door)}Role.Arn}}\n" for door in doors)
    parameters = "".join(f"  {name}: {{Type: String}}\n" for name in _parameters(body))
    return {FILE: HEAD.format(parameters=parameters) + body + "\nOutputs:\n" + outputs}


def deployed_doors(template: str) -> list[DoorName]:
    """The doors that the template deploys, as the type `DoorName` orders them."""
    deployed = set(re.findall(r"Handler: functions\.(\w+\.\w+)\.handler", template))
    return [door for door in DOORS if door in deployed]


def undeployed_doors(house: House) -> Iterator[str]:
    """Doors that features want to be served by, and that the template does not deploy."""
    deployed = deployed_doors((house.root / "template.yaml").read_text("utf-8"))
    for door in DOORS:
        if door not in deployed and any(served(house, door)):
            yield f"Features are served by the door {door}, which template.yaml does not deploy."


def logical_id(door: DoorName) -> str:
    """The door's name in the template, such as IntakeApi."""
    return "".join(word.capitalize() for word in door.split("."))


def _statements(house: House, door: DoorName) -> Iterator[str]:
    wing = door.partition(".")[0].capitalize()
    yield _statement(("logs:CreateLogStream", "logs:PutLogEvents"), [f"!Ref {wing}LogsArn"], why=WHY_LOGS)
    together: dict[tuple[str, tuple[str, ...], str], list[str]] = {}
    for (resource, part, why), actions in sorted(_allowed(house, door).items(), key=lambda entry: _rank(*entry[0])):
        together.setdefault((resource, _ordered(actions), why), []).append(part)
    for (resource, ordered, why), parts in together.items():
        yield _granted(resource, ordered, parts, why)
    yield from _source(door)


def _allowed(house: House, door: DoorName) -> dict[tuple[str, str, str], set[str]]:
    """The actions on each part of a resource, by the reason for them; what is called anyway needs none."""
    called: dict[tuple[str, str, str], set[str]] = {}
    for access in touched(house, door):
        called.setdefault((access.resource, access.part, access.why), set()).update(access.actions)
    unexplained = {
        place: actions - called.get((*place[:2], ""), set()) for place, actions in called.items() if place[2]
    }
    return {place: actions for place, actions in (called | unexplained).items() if actions}


def _granted(resource: str, actions: tuple[str, ...], parts: list[str], why: str) -> str:
    if resource == "mail":
        return _statement(actions, MAIL, why=why)
    if resource == "sms":
        return _statement(actions, [TOPICS], why=WHY_SMS, member="NotResource")
    arn = ARNS[resource]
    return _statement(actions, [f'!Sub "${{{arn}}}/{part}"' if part else f"!Ref {arn}" for part in parts], why=why)


def _source(door: DoorName) -> Iterator[str]:
    if door in QUEUES:
        yield _statement(TAKE_MESSAGES, [f"!Ref {queue}" for queue in QUEUES[door]], why=WHY_QUEUE)
    if door in STREAMS:
        yield _statement(READ_STREAM, [f"!Ref {STREAMS[door]}"], why=WHY_STREAM)
        yield _statement(("dynamodb:ListStreams",), ['"*"'], why=WHY_STREAMS)
        yield _statement(("sqs:SendMessage",), ["!Ref StreamFailureQueueArn"], why=WHY_FAILURES)


def _statement(actions: tuple[str, ...], resources: list[str], *, why: str = "", member: str = "Resource") -> str:
    """A statement in one line if it fits, else in a line an action."""
    pad = " " * 14
    comment = f"{pad}# {why}\n" if why else ""
    one = resources[0] if len(resources) == 1 else f"[{', '.join(resources)}]"
    line = f"{pad}- {{Effect: Allow, Action: [{', '.join(actions)}], {member}: {_quoted(one)}}}\n"
    if len(line) <= WIDTH:
        return comment + line
    listed = f"[{', '.join(actions)}]"
    if len(f"{pad}  Action: {listed}") > WIDTH:
        listed = "".join(f"\n{pad}    - {action}" for action in actions)
    several = f" {one}" if len(resources) == 1 else "".join(f"\n{pad}    - {resource}" for resource in resources)
    text = f"{pad}- Effect: Allow\n{pad}  Action: {listed}\n{pad}  {member}:{several}\n"
    return comment + text.replace(": \n", ":\n")


def _quoted(resource: str) -> str:
    bare = resource.startswith("!Sub ") and not resource.startswith('!Sub "')
    return f'!Sub "{resource.removeprefix("!Sub ")}"' if bare else resource


def _ordered(actions: set[str]) -> tuple[str, ...]:
    def rank(action: str) -> tuple[int, str]:
        name = action.partition(":")[2]
        return (ORDER.index(name) if name in ORDER else len(ORDER), action)

    return tuple(sorted(actions, key=rank))


def _rank(resource: str, part: str, why: str) -> tuple[int, str, str]:
    known = [*ARNS, "mail", "sms"]
    return (known.index(resource), part, why)


def _parameters(body: str) -> list[str]:
    names = [
        *ARNS.values(),
        "MailReturnsQueueArn",
        "DeskStreamArn",
        "JournalStreamArn",
        "StreamFailureQueueArn",
        "MailIdentity",
    ]
    names += ["MailConfigurationSet"]
    names += [f"{wing}LogsArn" for wing in ("Intake", "Escalation", "Survey", "Report")]
    return [name for name in names if f"Ref {name}" in body or f"${{{name}}}" in body]
