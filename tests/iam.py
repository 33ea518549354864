"""What doors call of AWS in tests, as IAM names it, and what their roles let them.

Every client of this process tells of its calls, signed links and forms included. A call is a door's when the door
stands on its stack before anything of the tests does, or on that of whoever gave the work to a thread. Calls are told
apart by what a role can tell apart: the action, and the table, index, object, queue, secret or identity.
"""

import inspect
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar, copy_context
from fnmatch import fnmatchcase
from functools import cache, partial
from types import FrameType
from typing import Any, Final, NamedTuple, ParamSpec, TypeVar

from botocore import handlers

from functions.escalation.assembled import ROUTES as ESCALATION
from functions.intake.assembled import ROUTES as INTAKE
from functions.report.assembled import ROUTES as REPORT
from functions.survey.assembled import ROUTES as SURVEY
from tests.template.templates import as_list, doors, reasons, statements, template
from tingjian.intake.imports.jobs import do_job
from tingjian.platform.http.door import Door
from tingjian.platform.sweep import Sweep
from tingjian.report.files.actions import make_report
from tingjian.report.lake.actions import compact_lake
from tingjian.report.reports.schedules import ask_due_reports

P = ParamSpec("P")
T = TypeVar("T")
API_DOORS: Final = [(INTAKE, "IntakeApi"), (ESCALATION, "EscalationApi"), (SURVEY, "SurveyApi"), (REPORT, "ReportApi")]
HANDLERS: Final = {door["Handler"].removesuffix(".handler"): name for name, door in doors().items()}
MEMBERS: Final = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
ABSENT: Final = frozenset({"NoSuchKey", "NotFound", "404"})
WAYS_IN: Final = {
    Sweep.run.__code__: "EscalationSchedule",
    do_job.__code__: "IntakeWorker",
    ask_due_reports.__code__: "ReportSchedule",
    compact_lake.__code__: "ReportWorker",
    make_report.__code__: "ReportWorker",
}
"""What one door alone begins with; many tests begin there too."""
USUAL_NAMES: Final = {
    "desk": "DeskArn",
    "journal": "JournalArn",
    "files": "FilesArn",
    "lake": "LakeArn",
    "https://sqs.eu-central-1.amazonaws.com/123456789012/imports": "ImportQueueArn",
}
PHONE: Final = "a phone number"
IDENTITY: Final = "arn:aws:ses:region:account:identity/MailIdentity"
CONFIGURATION_SET: Final = "arn:aws:ses:region:account:configuration-set/MailConfigurationSet"


class Use(NamedTuple):
    """An action on a resource, which is written with the parameter of the roles' template that stands for it."""

    action: str
    resource: str


class Made(NamedTuple):
    """A use by a door."""

    door: str
    use: Use


made: set[Made] = set()
"""What the doors of this process have called."""


class Grant(NamedTuple):
    """An action on one resource that a role allows, and the reason that is written above it.

    `excepted` says that it is every other resource.
    """

    action: str
    resource: str
    excepted: bool
    why: str

    def covers(self, use: Use) -> bool:
        """Whether it allows the use."""
        return self.action == use.action and fnmatchcase(use.resource, self.resource) != self.excepted


@cache
def grants(door: str) -> tuple[Grant, ...]:
    """What a door's role allows."""
    return tuple(
        Grant(action, _text(resource), excepted=member == "NotResource", why=why)
        for statement, why in zip(statements(door), reasons(door), strict=True)
        for member in ("Resource", "NotResource")
        for resource in as_list(statement.get(member, []))
        for action in as_list(statement["Action"])
    )


def refused(calls: Iterable[Made]) -> list[Made]:
    """Those calls that AWS would refuse."""
    return sorted(call for call in calls if not any(grant.covers(call.use) for grant in grants(call.door)))


def unused(calls: Iterable[Made], door: str) -> list[Grant]:
    """What a door's role allows and none of the door's calls needs."""
    needed = {call.use for call in calls if call.door == door}
    return [grant for grant in grants(door) if not any(grant.covers(use) for use in needed)]


def _text(resource: Any) -> str:
    text = resource if isinstance(resource, str) else next(iter(resource.values()))
    return re.sub(r"\$\{(\w+)\}", r"\1", re.sub(r"\$\{AWS::\w+\}", "*", text))


@cache
def variables() -> Mapping[str, str]:
    """The parameter of the roles' template for the resource whose name a variable of a door holds."""
    given = template()["Resources"]["Roles"]["Properties"]["Parameters"]
    parameters = {
        value["Fn::GetAtt"][0]: parameter
        for parameter, value in given.items()
        if value.get("Fn::GetAtt", ["", ""])[1] in {"Arn", "Id"}
    }
    return {
        variable: parameters[value["Ref"]]
        for door in doors().values()
        for variable, value in door["Environment"]["Variables"].items()
        if isinstance(value, dict) and value.get("Ref") in parameters
    }


def uses(service: str, operation: str, params: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[Use]:
    """What a call needs. `names` has the parameter of each resource by its name; what it lacks stands by its name."""
    for action, name, part in NEEDED[service](operation, params):
        yield Use(action, names.get(name, name) + part)


Needed = Iterator[tuple[str, str, str]]
"""Actions, each with the name of a resource and the part of it."""


def _tables(operation: str, params: Mapping[str, Any]) -> Needed:
    for part in params.get("TransactItems", ()):
        for member, request in part.items():
            yield f"dynamodb:{MEMBERS[member]}", request["TableName"], ""
    for table in params.get("RequestItems", ()):
        yield f"dynamodb:{operation}", table, ""
    if "TableName" in params:
        yield (
            f"dynamodb:{operation}",
            params["TableName"],
            f"/index/{params['IndexName']}" if "IndexName" in params else "",
        )


def _objects(operation: str, params: Mapping[str, Any]) -> Needed:
    bucket = params["Bucket"]
    if operation == "ListObjectsV2":
        yield "s3:ListBucket", bucket, ""
    elif operation == "DeleteObjects":
        yield from (("s3:DeleteObject", bucket, f"/{entry['Key']}") for entry in params["Delete"]["Objects"])
    elif operation == "CopyObject":
        yield "s3:GetObject", params["CopySource"]["Bucket"], f"/{params['CopySource']['Key']}"
        yield "s3:PutObject", bucket, f"/{params['Key']}"
    else:
        yield f"s3:{operation.replace('HeadObject', 'GetObject')}", bucket, f"/{params.get('Key', '')}"


def _messages(operation: str, params: Mapping[str, Any]) -> Needed:
    yield f"sqs:{operation.removesuffix('Batch')}", params["QueueUrl"], ""


def _secrets(operation: str, params: Mapping[str, Any]) -> Needed:
    yield f"secretsmanager:{operation}", params["SecretId"], ""


def _mail(operation: str, params: Mapping[str, Any]) -> Needed:
    yield f"ses:{operation}", IDENTITY, ""
    if "ConfigurationSetName" in params:
        yield f"ses:{operation}", CONFIGURATION_SET, ""


def _texts(operation: str, params: Mapping[str, Any]) -> Needed:
    yield f"sns:{operation}", params.get("TopicArn", PHONE), ""


NEEDED: Final[Mapping[str, Callable[[str, Mapping[str, Any]], Needed]]] = {
    "dynamodb": _tables,
    "s3": _objects,
    "sqs": _messages,
    "secretsmanager": _secrets,
    "sesv2": _mail,
    "sns": _texts,
}


# --- who calls


def calling_door() -> str | None:
    """The door on whose behalf this is called; None when the tests themselves call."""
    frame = inspect.currentframe()
    while frame and frame.f_globals["__name__"] == __name__:
        frame = frame.f_back
    while frame:
        module = frame.f_globals.get("__name__", "")
        if module.startswith("tests."):
            return None
        if door := HANDLERS.get(module) or _door_at(frame):
            return door
        frame = frame.f_back
    return begun_by.get()


def _door_at(frame: FrameType) -> str | None:
    if frame.f_code is Door.__call__.__code__:
        return next(name for table, name in API_DOORS if table is frame.f_locals["self"].table)
    return WAYS_IN.get(frame.f_code)


def _submit(pool: ThreadPoolExecutor, function: Callable[P, T], /, *args: P.args, **options: P.kwargs) -> Future[T]:
    """Give the pool what to do, and with it the door that asks for it."""
    context = copy_context()
    context.run(begun_by.set, calling_door())
    return submit(pool, partial(context.run, function, *args, **options))


begun_by: ContextVar[str | None] = ContextVar("begun_by", default=None)
"""The door that a thread works for."""
submit = ThreadPoolExecutor.submit
ThreadPoolExecutor.submit = _submit  # type: ignore[assignment, method-assign]


# --- hooks of the SDK


def _record(service: str, operation: str, params: Mapping[str, Any]) -> None:
    if door := calling_door():
        made.update(Made(door, use) for use in uses(service, operation, params, _names()))


def _names() -> dict[str, str]:
    """The parameters by the names of today's resources; many tests hand a store in and set no variable."""
    named = {os.environ[variable]: parameter for variable, parameter in variables().items() if variable in os.environ}
    return USUAL_NAMES | named


def _called(model: Any, params: Mapping[str, Any], context: dict[str, Any], **_: object) -> None:
    """A call, or a link, which is signed for the call that it stands for."""
    if model.name == "CreateBucket":
        return  # A signed form takes its address from this operation; what the form is for is seen when it is signed.
    if "Bucket" in params:
        context["read_from"] = {"Bucket": params.get("CopySource", params)["Bucket"]}
    _record(model.service_model.service_name, model.name, params)


def _answered(parsed: Mapping[str, Any], context: Mapping[str, Any], **_: object) -> None:
    """S3 says that an object is absent only to who may list the bucket, and to all others that it is forbidden."""
    if parsed.get("Error", {}).get("Code") in ABSENT:
        _record("s3", "ListObjectsV2", context["read_from"])


def _signed(request: Any, **_: object) -> None:
    """A form by which somebody else puts an object."""
    if policy := request.context.get("s3-presign-post-policy"):
        fields = {
            name: value for part in policy["conditions"] if isinstance(part, dict) for name, value in part.items()
        }
        _record("s3", "PutObject", {"Bucket": fields["bucket"], "Key": fields["key"]})


handlers.BUILTIN_HANDLERS += [
    ("provide-client-params", _called),
    ("after-call.s3", _answered),
    ("before-sign.s3.PutObject", _signed),
]
