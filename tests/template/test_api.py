import re

import pytest

from tests.template.templates import doors, resources, template
from tingjian.platform.rights import ROLES

API = "infra/api.yaml"
ROUTES = {route["RouteKey"]: route for route in resources("AWS::ApiGatewayV2::Route", API).values()}


OPEN = re.compile(r"ANY /v1/(public/.+|docs|health)")
"""What anybody may ask for: what lies under `public`, the reference page, and whether the house is well."""


def test_a_route_takes_a_noun_with_all_that_is_below_it() -> None:
    greedy = {key.removesuffix("/{proxy+}") for key in ROUTES if key.endswith("/{proxy+}")}
    alone = {key for key in ROUTES if not key.endswith("/{proxy+}")} - greedy
    below = {key for key in alone if any(key.startswith(f"{noun}/") for noun in greedy)}

    assert alone - below == {"ANY /v1/docs", "ANY /v1/health"}
    for key in below:  # Only another door's route needs to be told apart from its noun's.
        [noun] = [noun for noun in greedy if key.startswith(f"{noun}/")]
        assert ROUTES[key]["Target"] != ROUTES[noun]["Target"]
    assert greedy <= set(ROUTES)


@pytest.mark.parametrize("key", ROUTES)
def test_a_route_leads_to_a_door_of_the_house(key: str) -> None:
    [wing] = re.fullmatch(r"integrations/\${(\w+)}", ROUTES[key]["Target"]["Fn::Sub"]).groups()  # type: ignore[union-attr]
    integration = resources("AWS::ApiGatewayV2::Integration", API)[wing]

    assert f"{wing}Api" in doors()
    assert integration["IntegrationUri"] == {"Ref": f"{wing}Arn"}
    assert template()["Resources"]["Routes"]["Properties"]["Parameters"][f"{wing}Arn"]["Fn::If"] == [
        "FastStart",
        {"Ref": f"{wing}ApiFunction.Alias"},
        {"Fn::GetAtt": [f"{wing}ApiFunction", "Arn"]},
    ]


@pytest.mark.parametrize("key", ROUTES)
def test_a_route_asks_for_an_account_unless_it_is_for_everybody(key: str) -> None:
    guarded = (ROUTES[key]["AuthorizationType"], ROUTES[key].get("AuthorizerId"))

    assert guarded == (("NONE", None) if OPEN.fullmatch(key) else ("JWT", {"Ref": "Staff"}))


def test_the_authorizer_trusts_our_pool_and_our_client_alone() -> None:
    [authorizer] = resources("AWS::ApiGatewayV2::Authorizer", API).values()

    assert authorizer["JwtConfiguration"] == {
        "Audience": [{"Ref": "StaffClientId"}, {"Ref": "OperatorClientId"}],
        "Issuer": {"Fn::Sub": "https://cognito-idp.${AWS::Region}.amazonaws.com/${StaffPoolId}"},
    }


def test_only_this_api_may_call_the_functions() -> None:
    permissions = resources("AWS::Lambda::Permission", API)

    assert len(permissions) == sum(door.endswith("Api") for door in doors())
    for permission in permissions.values():
        assert permission["Principal"] == "apigateway.amazonaws.com"
        assert "${ApiId}/*/*" in permission["SourceArn"]["Fn::Sub"]


def test_the_access_log_holds_nothing_of_the_caller() -> None:
    [stage] = resources("AWS::ApiGatewayV2::Stage", API).values()
    logged = stage["AccessLogSettings"]["Format"]

    assert "$context.routeKey" in logged
    assert [one for one in ("sourceIp", "userAgent", "$context.path", "identity", "authorizer") if one in logged] == []


def test_a_burst_is_throttled() -> None:
    [stage] = resources("AWS::ApiGatewayV2::Stage", API).values()

    assert stage["DefaultRouteSettings"]["ThrottlingBurstLimit"] <= 500


def test_staff_come_in_a_group_for_each_role_and_nobody_lets_himself_in() -> None:
    groups = {group["GroupName"] for group in resources("AWS::Cognito::UserPoolGroup").values()}
    [pool] = resources("AWS::Cognito::UserPool").values()

    assert groups == set(ROLES)
    assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
