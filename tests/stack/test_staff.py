"""Staff on the deployed stack: whose a sign-in is, how soon a demotion acts, and what is logged of it."""

import uuid
from typing import Any

import pytest

from infra.cli.deployment import Deployment, new_password
from tests.stack.people import Stack, Visitor


@pytest.fixture
def newcomer(deployment: Deployment, stack: Stack, operator: Visitor) -> tuple[str, dict[str, Any], Visitor]:
    """Id, record and session of a lead who has just been added."""
    name, password = f"n{uuid.uuid4().hex[:12]}", new_password()
    email = f"{name}@example.com"
    subject = deployment.sign_up(email, ("lead",), password)
    body = {"name": "新人", "email": email, "roles": ["lead"], "teams": ["aftersales"], "subject": subject}
    operator.put(f"/v1/staff/{name}", body, version=0).expect(200)
    tokens = stack.aws("cognito-idp").initiate_auth(
        ClientId=stack.outputs["OperatorClientId"],
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": email, "PASSWORD": password},
    )["AuthenticationResult"]
    return name, body, Visitor(stack.origin, tokens["IdToken"])


def test_demotion_acts_at_once_at_every_wing(newcomer: tuple[str, dict[str, Any], Visitor], operator: Visitor) -> None:
    name, body, session = newcomer
    paths = ("/v1/surveys?answered=false&person=chenyu", "/v1/reports")
    before = [session.get(path).status for path in paths]

    operator.put(f"/v1/staff/{name}", body | {"roles": ["agent"]}, version=1).expect(200)

    assert before == [200, 200]
    assert [session.get(path).status for path in ("/v1/surveys?answered=false&person=chenyu", "/v1/reports")] == [
        403,
        403,
    ]
    operator.put(f"/v1/staff/{name}", body | {"active": False}, version=2).expect(200)
    assert session.get("/v1/me").status == 401


def test_sign_in_and_id_are_one_persons_for_ever(
    newcomer: tuple[str, dict[str, Any], Visitor], operator: Visitor
) -> None:
    name, body, _ = newcomer

    other = operator.put(f"/v1/staff/o{name[1:]}", body, version=0)
    operator.put(f"/v1/staff/{name}", body | {"active": False}, version=1).expect(200)
    heir = operator.put(f"/v1/staff/{name}", body | {"subject": "another"}, version=2)

    assert (other.status, other.json["errors"][0]["code"]) == (422, "taken")
    assert (heir.status, heir.problem) == (409, "id_of_leaver")


def test_manager_edits_nobody_above_and_not_himself(manager: Visitor, operator: Visitor) -> None:
    staff = {person["id"]: person for person in operator.get("/v1/staff").expect(200)["items"]}

    for name in ("operator", "wugang"):
        body = {field: staff[name][field] for field in ("name", "email", "roles", "teams", "language", "subject")}
        assert manager.put(f"/v1/staff/{name}", body, version=staff[name]["version"]).status == 403


def test_department_sees_names_and_teams_only(department: Visitor) -> None:
    items = department.get("/v1/staff").expect(200)["items"]

    assert {tuple(sorted(person)) for person in items} == {("id", "name", "teams")}
