"""The deployed local stack over HTTP: `make test-stack` starts a fresh one and runs these tests against it."""

import json
import os
import secrets
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
import requests

from infra.cli.deployment import Deployment
from infra.cli.seed import make_people
from tests.stack.clocks import MINUTES, opened, promise_shortly
from tests.stack.people import Asked, Contact, Stack, Visitor
from tingjian.platform.signing import Signer

ROOT = Path(__file__).parents[2]
Ask = Callable[..., Asked]
PHONES = count(secrets.randbelow(10**8))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what writes random settings last: a made-up policy may match the tickets of other tests."""
    items.sort(key=lambda item: "test_openapi" in item.nodeid)


@pytest.fixture(scope="session")
def stack() -> Stack:
    """The stack that TINGJIAN_LOCAL names; the demo's own is never touched."""
    folder = os.environ.get("TINGJIAN_LOCAL", "")
    if not folder:
        pytest.fail("These tests write: TINGJIAN_LOCAL must name a stack of their own. `make test-stack` does it all.")
    try:
        found = json.loads((ROOT / folder / "stack.json").read_text())
        requests.get(found["origin"] + "/v1/health", timeout=60).raise_for_status()
    except (OSError, ValueError, requests.RequestException) as error:
        pytest.fail(f"No local stack answers in {folder} ({error}). `make test-stack` starts one.")
    return Stack(found["origin"], found["environment"], found["outputs"])


@pytest.fixture(scope="session")
def deployment(stack: Stack) -> Deployment:
    """The stack as an operator with AWS credentials has it, with the demo's people in it."""
    made = Deployment(stack.outputs)
    make_people(made)
    promise_shortly(made)
    return made


@pytest.fixture(scope="session")
def ticking(deployment: Deployment) -> str:
    """A ticket whose target is missed before the first test, for the schedule itself to find while they run."""
    return opened(deployment, new_contact(), minutes_ago=MINUTES + 0.1)


@pytest.fixture(scope="session")
def sign_in(stack: Stack, deployment: Deployment) -> Callable[[str], Visitor]:  # noqa: ARG001 - people come first
    """A member of staff, signed in, by id."""
    logins = json.loads((ROOT / os.environ["TINGJIAN_LOCAL"] / "logins.json").read_text())

    def signed_in(person: str) -> Visitor:
        login = {"USERNAME": logins[person]["email"], "PASSWORD": logins[person]["password"]}
        tokens = stack.aws("cognito-idp").initiate_auth(
            ClientId=stack.outputs["StaffClientId"], AuthFlow="USER_PASSWORD_AUTH", AuthParameters=login
        )["AuthenticationResult"]
        return Visitor(stack.origin, tokens["IdToken"])

    return signed_in


@pytest.fixture(scope="session")
def customer(stack: Stack, ticking: str) -> Visitor:  # noqa: ARG001 - the centre is there first
    """Somebody without an account."""
    return Visitor(stack.origin)


@pytest.fixture(scope="session")
def agent(sign_in: Callable[[str], Visitor]) -> Visitor:
    """Chen Yu of the after-sales team."""
    return sign_in("chenyu")


@pytest.fixture(scope="session")
def colleague(sign_in: Callable[[str], Visitor]) -> Visitor:
    """Lin Hao of the same team."""
    return sign_in("linhao")


@pytest.fixture(scope="session")
def stranger(sign_in: Callable[[str], Visitor]) -> Visitor:
    """Zhou Yang of the other team."""
    return sign_in("zhouyang")


@pytest.fixture(scope="session")
def lead(sign_in: Callable[[str], Visitor]) -> Visitor:
    """Zhao Min, who leads both teams."""
    return sign_in("zhaomin")


@pytest.fixture(scope="session")
def manager(sign_in: Callable[[str], Visitor]) -> Visitor:
    """Wu Gang."""
    return sign_in("wugang")


@pytest.fixture(scope="session")
def department(sign_in: Callable[[str], Visitor]) -> Visitor:
    """He Jun of the warehouse."""
    return sign_in("hejun")


@pytest.fixture(scope="session")
def operator(sign_in: Callable[[str], Visitor]) -> Visitor:
    """The administrator."""
    return sign_in("operator")


@pytest.fixture(scope="session")
def signer(deployment: Deployment) -> Signer:
    """What signs the links of this stack."""
    return deployment.signer


@pytest.fixture
def later() -> datetime:
    """An hour from now."""
    return datetime.now(UTC) + timedelta(hours=1)


@pytest.fixture
def earlier() -> datetime:
    """A second ago."""
    return datetime.now(UTC) - timedelta(seconds=1)


@pytest.fixture
def contact() -> Contact:
    """A customer whom nobody knows yet."""
    return new_contact()


def new_contact() -> Contact:
    """A phone and an address that no other test has."""
    return Contact(phone=f"+86139{next(PHONES) % 10**8:08d}", email=f"{uuid.uuid4().hex}@example.com")


@pytest.fixture(scope="session")
def ask(customer: Visitor) -> Ask:
    """File a request as a customer; what is given replaces what is usual."""

    def asked(contact: Contact | None = None, **given: object) -> Asked:
        by = contact or new_contact()
        body = {"type": "feedback", "subject": "包裹没到", "text": "三天了还没收到。", "contact": by.body, **given}
        receipt = customer.post("/v1/public/tickets", body).expect(201)
        return Asked(receipt["number"], receipt["follow_url"], by)

    return asked
