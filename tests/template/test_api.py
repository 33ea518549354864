import pytest

from tests.template.templates import doors, resources, template

API = "infra/api.yaml"
STAFF = {
    "Intake": ["tickets", "customers", "ticket-types", "staff", "teams", "handoffs", "attachments", "imports", "me"],
    "Escalation": ["notices", "alerts", "calendars", "deadlines", "sla-policies", "ladders", "webhooks"],
    "Survey": ["surveys", "follow-ups"],
    "Report": ["reports"],
}
EVERYBODY = {
    "Intake": ["public/tickets", "public/attachments", "public/ticket-types", "docs", "health"],
    "Survey": ["public/surveys"],
}
PAGES = {"docs", "health"}
ROUTES = {route["RouteKey"]: route for route in resources("AWS::ApiGatewayV2::Route", API).values()}


def keys(nouns: dict[str, list[str]]) -> dict[str, str]:
    """Each route with the wing that answers it."""
    return {
        f"ANY /v1/{noun}{tail}": wing
        for wing, its in nouns.items() for noun in its for tail in (("",) if noun in PAGES else ("", "/{proxy+}"))
    }  # fmt: skip


def test_the_routes_are_those_of_the_nouns() -> None:
    assert set(ROUTES) == set(keys(STAFF)) | set(keys(EVERYBODY))


@pytest.mark.parametrize(("key", "wing"), [*keys(STAFF).items(), *keys(EVERYBODY).items()])
def test_a_route_leads_to_its_wing(key: str, wing: str) -> None:
    integration = resources("AWS::ApiGatewayV2::Integration", API)[wing]

    assert ROUTES[key]["Target"] == {"Fn::Sub": f"integrations/${{{wing}}}"}
    assert integration["IntegrationUri"] == {"Ref": f"{wing}Arn"}
    assert template()["Resources"]["Routes"]["Properties"]["Parameters"][f"{wing}Arn"]["Fn::If"] == [
        "FastStart",
        {"Ref": f"{wing}ApiFunction.Alias"},
        {"Fn::GetAtt": [f"{wing}ApiFunction", "Arn"]},
    ]


@pytest.mark.parametrize("key", keys(STAFF))
def test_staff_must_sign_in(key: str) -> None:
    assert ROUTES[key]["AuthorizationType"] == "JWT"
    assert ROUTES[key]["AuthorizerId"] == {"Ref": "Staff"}


@pytest.mark.parametrize("key", keys(EVERYBODY))
def test_customers_need_no_account(key: str) -> None:
    assert ROUTES[key]["AuthorizationType"] == "NONE"


def test_the_authorizer_trusts_our_pool_and_our_client_alone() -> None:
    [authorizer] = resources("AWS::ApiGatewayV2::Authorizer", API).values()

    assert authorizer["JwtConfiguration"] == {
        "Audience": [{"Ref": "StaffClientId"}],
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


def test_staff_come_in_seven_groups_and_nobody_lets_himself_in() -> None:
    groups = {group["GroupName"] for group in resources("AWS::Cognito::UserPoolGroup").values()}
    [pool] = resources("AWS::Cognito::UserPool").values()

    assert groups == {"agent", "lead", "manager", "director", "quality", "department", "admin"}
    assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
