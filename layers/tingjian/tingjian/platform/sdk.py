"""The AWS SDK as we use it: botocore itself, and a DynamoDB client that does nothing twice.

TLS, signing, retries and connections are botocore's. Left out is what a client does anew for every call though its
result is always the same; docs/decisions/0007-start-up.md says what each of these saves. Imported late, since a cold
start pays for botocore.
"""

import functools
import json
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.exceptions import UnknownServiceError
from botocore.handlers import BUILTIN_HANDLERS, REGISTER_FIRST, REGISTER_LAST
from botocore.loaders import Loader
from botocore.serialize import JSONSerializer
from botocore.session import Session

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ERROR = 300
"""Statuses from here on are errors."""


def client(service: str, config: Config | None = None) -> Any:
    """A client, with the credentials and the region of the environment."""
    return _session(service).create_client(service, config=config)


def dynamodb_client() -> "DynamoDBClient":
    """A client whose requests and answers are DynamoDB's own JSON: numbers are text, and binary values are not known.

    Short time-outs, and retries by the SDK that a transaction makes harmless. Parameters are not checked here: our own
    tests see to them, and DynamoDB refuses what is wrong.
    """
    config = Config(
        connect_timeout=2,
        read_timeout=5,
        retries={"mode": "standard", "max_attempts": 4},
        parameter_validation=False,
        user_agent=_session("dynamodb").user_agent(),  # Or it is put together twice for every call.
    )
    made: DynamoDBClient = client("dynamodb", config)
    made._serializer = _WireSerializer()  # type: ignore[attr-defined]  # noqa: SLF001 - no call does without it
    made.meta.events.register("before-parse.dynamodb", _take_answer)
    return made


@functools.cache
def _session(service: str) -> Session:
    """A session for clients of one service: botocore's, without what it does for other services and for its manual."""
    session = Session(include_builtin_handlers=False)
    session.register_component("data_loader", _RegionalLoader())
    events = session.get_component("event_emitter")
    register = {REGISTER_FIRST: events.register_first, REGISTER_LAST: events.register_last}
    for event, handler, *place in BUILTIN_HANDLERS:
        kind, _, rest = event.partition(".")
        if kind != "docs" and (not rest or rest.partition(".")[0] in {"*", service}):
            register.get(place[0] if place else None, events.register)(event, handler)
    return session


class _RegionalLoader(Loader):
    """Knows no endpoint rules of DynamoDB, so its client takes the region's endpoint once and for all.

    The rules would find the same endpoint anew for every call, or that of an account, which we have no use for.
    """

    def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> Any:
        """The description of a service. Raises UnknownServiceError where there is none."""
        if (service_name, type_name) == ("dynamodb", "endpoint-rule-set-1"):
            raise UnknownServiceError(service_name=service_name, known_service_names="")
        return super().load_service_model(service_name, type_name, api_version)


class _WireSerializer(JSONSerializer):
    """Sends parameters as they are, since `store.to_wire` made them so."""

    def _serialize(self, serialized: dict[str, Any], value: Any, shape: Any, key: str | None = None) -> None:  # noqa: ARG002
        serialized.update(value)


def _take_answer(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: object) -> None:
    """Hand a good answer on as it is, since `store.from_wire` reads it so; errors stay botocore's to read."""
    if response_dict["status_code"] < ERROR and response_dict["body"]:
        customized_response_dict.update(json.loads(response_dict["body"]))
        response_dict["body"] = b""
