import pytest

from infra.assemble.house import WINGS, house_at
from infra.assemble.openapi import document
from tests.template.templates import resources

DEPLOYED = {
    route["RouteKey"].removeprefix("ANY "): route
    for route in resources("AWS::ApiGatewayV2::Route", "infra/api.yaml").values()
}
HOUSE = house_at()
DOCUMENT = document(HOUSE)
OPERATIONS = [(method, path) for path, methods in DOCUMENT["paths"].items() for method in methods]


def deployed_route(path: str) -> str | None:
    """The route of API Gateway that takes a path: itself, or the longest one that its beginning fits."""
    if path in DEPLOYED:
        return path
    greedy = [route for route in DEPLOYED if route.endswith("/{proxy+}") and path.startswith(route[: -len("{proxy+}")])]
    return max(greedy, key=len, default=None)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_operation_is_deployed_and_guarded_as_documented(method: str, path: str) -> None:
    route = deployed_route(path)

    assert route is not None
    public = DOCUMENT["paths"][path][method]["security"] == []
    assert DEPLOYED[route]["AuthorizationType"] == ("NONE" if public else "JWT")


@pytest.mark.parametrize("wing", WINGS)
def test_operation_is_answered_by_the_wing_that_declares_it(wing: str) -> None:
    paths = {operation.path for operation in HOUSE.operations if operation.wing == wing}

    targets = {str(DEPLOYED[route]["Target"]) for path in paths if (route := deployed_route(path))}
    assert targets == {str({"Fn::Sub": f"integrations/${{{wing.capitalize()}}}"})}


def test_every_deployed_route_leads_to_an_operation() -> None:
    used = {deployed_route(path) for path in DOCUMENT["paths"]}
    nouns = {route.removesuffix("/{proxy+}") for route in DEPLOYED}

    assert {noun for noun in nouns if not {noun, f"{noun}/{{proxy+}}"} & used} == set()


def test_operation_ids_are_unique() -> None:
    ids = [DOCUMENT["paths"][path][method]["operationId"] for method, path in OPERATIONS]

    assert len(ids) == len(set(ids))
