import json
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError

from infra.local import deployment
from infra.local.deployment import clear_half_deployed, fingerprint, forget_fingerprint
from infra.local.settings import Settings


class Formation:
    """CloudFormation with one stack, whose status each deletion takes away."""

    def __init__(self, status: str | None) -> None:
        self.status = status
        self.deleted = False

    def describe_stacks(self, **_arguments: str) -> dict[str, Any]:
        if self.status is None:
            raise ClientError({"Error": {"Code": "ValidationError", "Message": "it does not exist"}}, "DescribeStacks")
        return {"Stacks": [{"StackStatus": self.status}]}

    def delete_stack(self, **_arguments: str) -> None:
        self.deleted, self.status = True, None


@pytest.mark.parametrize("status", ["REVIEW_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_FAILED", "ROLLBACK_COMPLETE"])
def test_a_first_deployment_that_never_became_whole_is_removed(status: str) -> None:
    formation = Formation(status)

    clear_half_deployed(formation)  # type: ignore[arg-type]

    assert formation.deleted


@pytest.mark.parametrize(
    "status", [None, "CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"]
)
def test_a_stack_that_was_once_whole_is_never_removed(status: str | None) -> None:
    formation = Formation(status)

    clear_half_deployed(formation)  # type: ignore[arg-type]

    assert not formation.deleted


def test_fingerprint_follows_the_content_of_a_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deployment, "ROOT", tmp_path)
    source = tmp_path / "functions" / "intake" / "api.py"
    source.parent.mkdir(parents=True)
    settings = Settings(tmp_path / "home", 4566)
    source.write_text("one")
    first = fingerprint(settings)

    source.write_text("two")

    assert fingerprint(settings) != first


def test_fingerprint_follows_the_port_because_links_carry_it(tmp_path: Path) -> None:
    assert fingerprint(Settings(tmp_path, 4566)) != fingerprint(Settings(tmp_path, 4567))


def test_a_deployment_that_has_begun_counts_as_not_deployed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(tmp_path, 4566)
    description = tmp_path / "stack.json"
    description.write_text(json.dumps({"outputs": {"ApiId": "a1"}, "fingerprint": "f"}))
    monkeypatch.setattr(deployment, "client", Mock(return_value=Formation("UPDATE_COMPLETE")))
    assert deployment.is_current(settings, "f")

    forget_fingerprint(settings)

    assert not deployment.is_current(settings, "f")
    assert json.loads(description.read_text())["outputs"] == {"ApiId": "a1"}
