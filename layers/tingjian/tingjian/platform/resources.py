"""Clients, made once a process and as late as possible: a cold start pays for none that it does not use."""

import functools
from typing import TYPE_CHECKING

from tingjian.platform.signing import Signer, load_signer
from tingjian.platform.store import Store

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient


@functools.cache
def dynamodb() -> "DynamoDBClient":
    """The DynamoDB client: short time-outs, and retries by the SDK that a transaction makes harmless."""
    import boto3  # noqa: PLC0415 - late by design
    from botocore.config import Config  # noqa: PLC0415

    config = Config(
        connect_timeout=2, read_timeout=5, retries={"mode": "standard", "max_attempts": 4}, parameter_validation=False
    )
    return boto3.client("dynamodb", config=config)


@functools.cache
def store(desk_table: str, journal_table: str) -> Store:
    """The store of this process."""
    return Store(dynamodb(), desk_table, journal_table)


@functools.cache
def signer(secret_id: str) -> Signer:
    """The signer of this process."""
    import boto3  # noqa: PLC0415 - late by design

    return load_signer(boto3.client("secretsmanager"), secret_id)


@functools.cache
def s3() -> "S3Client":
    """The S3 client; links are signed with version 4, by virtual host on AWS and by path on an emulator."""
    import boto3  # noqa: PLC0415 - late by design
    from botocore.config import Config  # noqa: PLC0415

    return boto3.client("s3", config=Config(signature_version="s3v4"))


@functools.cache
def sqs() -> "SQSClient":
    """The SQS client."""
    import boto3  # noqa: PLC0415 - late by design

    return boto3.client("sqs")
