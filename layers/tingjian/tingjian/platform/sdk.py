"""boto3 as we configure it. Imported late, since a cold start pays for it; `resources` keeps what is made here."""

from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def client(service: str, config: Config | None = None) -> Any:
    """A client of any service, with the credentials, the region and the address of the environment."""
    return boto3.client(service, config=config)  # type: ignore[call-overload]


def dynamodb_client() -> "DynamoDBClient":
    """The client of DynamoDB: short time-outs, and retries by the SDK, which a transaction makes harmless.

    docs/decisions/0007-start-up.md has the figures of the last two settings, and of those that change nothing.
    """
    config = Config(
        connect_timeout=2,
        read_timeout=5,
        retries={"mode": "standard", "max_attempts": 4},
        # DynamoDB refuses what is wrong, and our tests send the same through a client that checks.
        parameter_validation=False,
        # botocore would put its own together twice for every call.
        user_agent="tingjian",
    )
    return boto3.client("dynamodb", config=config)
