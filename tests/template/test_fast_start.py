"""FastStart: off, the API calls its functions as they are; on, published versions that start from a snapshot."""

from typing import Any

import pytest

from tests.template.templates import doors, resources, template

API_DOORS = [door for door in doors() if door.endswith("Api")]
PARAMETERS = set(template()["Parameters"])
CONDITIONS = template()["Conditions"]


def names(value: Any) -> set[str]:
    """The parameters that a value depends on, by way of conditions too."""
    if isinstance(value, list):
        return set().union(*map(names, value)) if value else set()
    if not isinstance(value, dict):
        return set()
    if "Fn::If" in value:
        condition, *branches = value["Fn::If"]
        return names(CONDITIONS[condition]) | names(branches)
    if "Fn::Sub" in value:
        return {name for name in PARAMETERS if f"${{{name}}}" in value["Fn::Sub"]}
    if "Ref" in value:
        return {value["Ref"]} & PARAMETERS
    return set().union(*map(names, value.values())) if value else set()


def resolved(value: Any, *, fast: bool) -> Any:
    """The value with FastStart's condition decided; other conditions stay."""
    if isinstance(value, dict):
        if value.get("Fn::If", [""])[0] == "FastStart":
            return resolved(value["Fn::If"][1 if fast else 2], fast=fast)
        found = {name: resolved(member, fast=fast) for name, member in value.items()}
        return {name: member for name, member in found.items() if member != {"Ref": "AWS::NoValue"}}
    return [resolved(member, fast=fast) for member in value] if isinstance(value, list) else value


def test_fast_start_is_off_unless_asked_for() -> None:
    parameter = template()["Parameters"]["FastStart"]

    assert parameter["Default"] == "off"
    assert parameter["AllowedValues"] == ["on", "off"]
    assert CONDITIONS["FastStart"] == {"Fn::Equals": [{"Ref": "FastStart"}, "on"]}


@pytest.mark.parametrize("door", API_DOORS)
def test_door_starts_from_a_snapshot_only_when_on(door: str) -> None:
    assert "SnapStart" not in resolved(doors()[door], fast=False)
    assert resolved(doors()[door], fast=True)["SnapStart"] == {"ApplyOn": "PublishedVersions"}


@pytest.mark.parametrize("door", API_DOORS)
def test_api_calls_the_alias_only_when_on(door: str) -> None:
    given = template()["Resources"]["Routes"]["Properties"]["Parameters"]
    name = door.replace("Api", "Arn")

    assert resolved(given, fast=False)[name] == {"Fn::GetAtt": [f"{door}Function", "Arn"]}
    assert resolved(given, fast=True)[name] == {"Ref": f"{door}Function.Alias"}


@pytest.mark.parametrize("door", API_DOORS)
def test_api_may_call_what_it_is_given(door: str) -> None:
    wing = door.removesuffix("Api")
    integration = resources("AWS::ApiGatewayV2::Integration", "infra/api.yaml")[wing]
    permission = resources("AWS::Lambda::Permission", "infra/api.yaml")[f"{wing}Permission"]

    assert integration["IntegrationUri"] == permission["FunctionName"] == {"Ref": f"{wing}Arn"}


@pytest.mark.parametrize("door", API_DOORS)
def test_version_is_published_for_each_change_of_code_layer_or_properties(door: str) -> None:
    assert doors()[door]["AutoPublishAlias"] == "live"
    assert doors()[door]["AutoPublishAliasAllProperties"] is True
    assert resources("AWS::Serverless::LayerVersion")["CodeLayer"]["PublishLambdaVersion"] is True


@pytest.mark.parametrize("door", API_DOORS)
def test_version_is_published_for_each_change_of_a_parameter_that_the_door_has(door: str) -> None:
    # SAM's id of a version leaves the values of parameters out; a new description replaces the version.
    properties = dict(doors()[door])
    described = names(properties.pop("VersionDescription"))

    assert described == names(properties) | names(template()["Globals"]["Function"])


@pytest.mark.parametrize("door", API_DOORS)
def test_snapshot_of_a_replaced_version_is_not_paid_for_any_longer(door: str) -> None:
    assert doors()[door]["VersionDeletionPolicy"] == "Delete"


def test_no_other_door_has_versions() -> None:
    published = {door for door, properties in doors().items() if "AutoPublishAlias" in properties}

    assert published == set(API_DOORS)


def test_a_runtime_without_snapshots_is_refused() -> None:
    rule = template()["Rules"]["FastStartNeedsPython312"]

    assert rule["RuleCondition"] == {"Fn::Equals": [{"Ref": "FastStart"}, "on"]}
    assert rule["Assertions"][0]["Assert"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "PythonRuntime"}, "python3.11"]}]}
