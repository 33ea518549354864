"""Doors and storage on moto."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
import yaml

from tests import iam
from tests.builders import DESK, JOURNAL, emulated_aws, make_centre, make_tables
from tests.functions.facts import contradictions, journal_events
from tingjian.platform.store import Store

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ROOT = Path(__file__).parents[2]


class _Template(yaml.SafeLoader):
    """Reads CloudFormation's short forms as plain values."""


_Template.add_multi_constructor("!", lambda _loader, suffix, _node: f"!{suffix}")


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    """The template as data."""
    document: dict[str, Any] = yaml.load((ROOT / "template.yaml").read_text(encoding="utf-8"), Loader=_Template)  # noqa: S506
    return document


@pytest.fixture(autouse=True)
def roles() -> Iterator[None]:
    """Whatever doors call of AWS in a test, their roles let them."""
    yield
    calls = set(iam.made)
    iam.made.clear()
    assert iam.refused(calls) == []


@pytest.fixture
def region(monkeypatch: pytest.MonkeyPatch) -> None:
    """A region and credentials for clients that reach nothing."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("SEND_SMS", "on")


@pytest.fixture
def aws(region: None) -> Iterator[None]:  # noqa: ARG001 - clients are made in it
    """An AWS of this test's own."""
    with emulated_aws():
        yield


@pytest.fixture
def dynamodb(aws: None, template: dict[str, Any]) -> Iterator["DynamoDBClient"]:  # noqa: ARG001
    """A client with both tables made. Whatever a test has written to Journal must be what the features declare."""
    client = boto3.client("dynamodb")
    make_tables(client, template)
    yield client
    assert contradictions(journal_events(client, JOURNAL)) == []


@pytest.fixture
def store(dynamodb: "DynamoDBClient") -> Store:
    """An empty store."""
    return Store(dynamodb, DESK, JOURNAL)


@pytest.fixture
def centre(store: Store) -> Store:
    """A store with a small centre in it."""
    make_centre(store)
    return store
