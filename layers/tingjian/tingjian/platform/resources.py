"""Clients of AWS, made once a process at their first use, so that a cold start pays only for those it uses."""

import functools
from typing import TYPE_CHECKING, Any

from tingjian.platform.settings import SigningSettings, TableSettings
from tingjian.platform.signing import Signer, load_signer
from tingjian.platform.store import Store

if TYPE_CHECKING:
    from botocore.config import Config
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient


@functools.cache
def dynamodb() -> "DynamoDBClient":
    from tingjian.platform import sdk  # noqa: PLC0415 - late by design

    return sdk.dynamodb_client()


@functools.cache
def store() -> Store:
    names = TableSettings.read()
    return Store(dynamodb(), names.desk_table, names.journal_table)


@functools.cache
def signer() -> Signer:
    return load_signer(service_client("secretsmanager"), SigningSettings.read().signing_secret_id)


@functools.cache
def s3() -> "S3Client":
    """The S3 client; links are signed with version 4, by virtual host on AWS and by path on an emulator."""
    from botocore.config import Config  # noqa: PLC0415 - late by design

    made: S3Client = service_client("s3", Config(signature_version="s3v4"))
    return made


@functools.cache
def sqs() -> "SQSClient":
    made: SQSClient = service_client("sqs")
    return made


def service_client(service: str, config: "Config | None" = None) -> Any:
    """A new client of another service; the caller caches it."""
    from tingjian.platform import sdk  # noqa: PLC0415 - late by design

    return sdk.client(service, config)
