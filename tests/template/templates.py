"""The templates as data: short tags become the dictionaries they stand for."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
LONG_NAMES = {"Ref": "Ref", "Condition": "Condition"}


class Loader(yaml.SafeLoader):
    """YAML with CloudFormation's tags."""


def construct(loader: Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
        value = value.split(".", 1) if suffix == "GetAtt" else value
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    return {LONG_NAMES.get(suffix, f"Fn::{suffix}"): value}


Loader.add_multi_constructor("!", construct)
COMMENT = "#"


class CommentLoader(Loader):
    """Keeps with each mapping the comment that stands in the line above it."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - as PyYAML has it
        line = str(node.start_mark.buffer).splitlines()[node.start_mark.line - 1].strip()
        comment = line.removeprefix("#").strip() if line.startswith("#") else ""
        return {**super().construct_mapping(node, deep), COMMENT: comment}


@functools.cache
def template(path: str = "template.yaml", loader: type[Loader] = Loader) -> dict[str, Any]:
    """Read a template of the project."""
    loaded: dict[str, Any] = yaml.load((ROOT / path).read_text(), loader)  # noqa: S506 - a safe loader, with our tags
    return loaded


def resources(kind: str, path: str = "template.yaml") -> dict[str, dict[str, Any]]:
    """Return the properties of each resource of a type, by logical id."""
    found = template(path)["Resources"].items()
    return {name: one.get("Properties", {}) for name, one in found if one["Type"] == kind}


def doors() -> dict[str, dict[str, Any]]:
    """Return the properties of each function, by the door's name, such as IntakeApi."""
    return {name.removesuffix("Function"): one for name, one in resources("AWS::Serverless::Function").items()}


def events(kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each event source of a type with the door that it triggers."""
    for door, properties in doors().items():
        for event in properties.get("Events", {}).values():
            if event["Type"] == kind:
                yield door, event["Properties"]


def statements(door: str) -> list[dict[str, Any]]:
    """Return what a door's role says, inline and shared."""
    return _statements(template("infra/roles.yaml"), door)


def reasons(door: str) -> list[str]:
    """Return the comment above each statement of a door's role, in the same order; empty where there is none."""
    return [statement[COMMENT] for statement in _statements(template("infra/roles.yaml", CommentLoader), door)]


def _statements(roles: dict[str, Any], door: str) -> list[dict[str, Any]]:
    role = roles["Resources"][f"{door}Role"]["Properties"]
    policies = [policy["PolicyDocument"] for policy in role["Policies"]]
    policies += [roles["Resources"][arn["Ref"]]["Properties"]["PolicyDocument"] for arn in role["ManagedPolicyArns"]]
    return [statement for policy in policies for statement in policy["Statement"]]


def as_list(value: Any) -> list[Any]:
    """Return a list of one for a single value, as IAM reads it."""
    return value if isinstance(value, list) else [value]
