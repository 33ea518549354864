"""Who knocks at the deployed stack, and what they get back."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import boto3
import requests

T = TypeVar("T")
UNSAID = object()
PATIENCE_S = 120.0
"""Nothing takes that long, unless the machine has much else to do; who waits for an event waits no longer for it."""


class NeverHappenedError(AssertionError):
    """What was waited for did not come in time."""


def eventually(check: Callable[[], T], seconds: float = PATIENCE_S) -> T:
    """What `check` returns as soon as it is true. Raises NeverHappenedError with the last value after so long."""
    deadline = time.monotonic() + seconds
    pause = 0.05
    while True:
        found = check()
        if found:
            return found
        if time.monotonic() > deadline:
            message = f"not within {seconds} s; at last: {found!r}"
            raise NeverHappenedError(message)
        time.sleep(pause)
        pause = min(pause * 1.5, 0.5)


@dataclass(frozen=True)
class Stack:
    """The deployed stack, as its folder describes it."""

    origin: str
    environment: dict[str, str]
    outputs: dict[str, str]
    _clients: dict[str, Any] = field(default_factory=dict)

    def aws(self, service: str) -> Any:
        """A client of a service of the emulated AWS."""
        if service not in self._clients:
            self._clients[service] = boto3.client(  # type: ignore[call-overload]
                service,
                endpoint_url=self.environment["AWS_ENDPOINT_URL"],
                region_name=self.environment["AWS_DEFAULT_REGION"],
                aws_access_key_id=self.environment["AWS_ACCESS_KEY_ID"],
                aws_secret_access_key=self.environment["AWS_SECRET_ACCESS_KEY"],
            )
        return self._clients[service]

    def function(self, logical: str) -> str:
        """The name of a deployed function."""
        found = self.aws("cloudformation").describe_stack_resource(StackName="tingjian", LogicalResourceId=logical)
        name: str = found["StackResourceDetail"]["PhysicalResourceId"]
        return name

    def invoke(self, logical: str, event: object = None) -> Any:
        """Call a function as its trigger does, and return what it says."""
        answer = self.aws("lambda").invoke(FunctionName=self.function(logical), Payload=json.dumps(event or {}))
        said = json.loads(answer["Payload"].read() or b"null")
        assert "FunctionError" not in answer, said
        return said

    def mail_to(self, address: str) -> list[dict[str, Any]]:
        """The mail that was captured for an address, oldest first."""
        answer = requests.get(f"{self.origin}/_ministack/ses/messages", timeout=60)
        by_account: dict[str, list[dict[str, Any]]] = answer.json()["messages"]
        return [mail for mails in by_account.values() for mail in mails if any(address in one for one in mail["To"])]


@dataclass(frozen=True)
class Answer:
    """What came back over HTTP."""

    status: int
    text: str
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        """The body as data."""
        return json.loads(self.text)

    @property
    def said(self) -> tuple[int, str]:
        """What a repeat must say again."""
        return self.status, self.text

    @property
    def problem(self) -> str:
        """The code of the problem that it tells."""
        assert self.headers["content-type"].startswith("application/problem+json"), self.text
        return str(self.json["type"]).removeprefix("urn:tingjian:problem:")

    def expect(self, status: int) -> Any:
        """The body, if the status is this one."""
        assert self.status == status, f"{self.status}: {self.text}"
        return self.json if self.text else None


@dataclass(frozen=True)
class Visitor:
    """Somebody at the front door; without a token a customer."""

    origin: str
    token: str = ""
    language: str = "en"
    http: requests.Session = field(default_factory=requests.Session, compare=False)

    def speaking(self, language: str) -> Visitor:
        """The same person with another language."""
        return replace(self, language=language)

    def get(self, path: str, **query: object) -> Answer:
        """Get a resource."""
        return self.send("GET", path, params=query)

    def post(self, path: str, body: object = UNSAID, *, key: str | None = None, version: int | None = None) -> Answer:
        """Post, under a key of its own unless one is given; an empty key sends none."""
        headers = {} if key == "" else {"Idempotency-Key": key or str(uuid.uuid4())}
        return self.send("POST", path, body, headers=headers | _version(version))

    def put(self, path: str, body: object, *, version: int | None = 0) -> Answer:
        """Put a resource, a new one unless a version is named."""
        return self.send("PUT", path, body, headers=_version(version))

    def patch(self, path: str, body: object, *, version: int | None = None) -> Answer:
        """Change facts of a resource."""
        return self.send("PATCH", path, body, headers=_version(version))

    def send(
        self, method: str, path: str, body: object = UNSAID, *, headers: dict[str, str] | None = None, **options: Any
    ) -> Answer:
        """Send a request; text goes as it is, anything else as JSON."""
        sent = {"Accept-Language": self.language, "Content-Type": "application/json", **(headers or {})}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        data = None if body is UNSAID else body if isinstance(body, str | bytes) else json.dumps(body)
        if isinstance(data, str):
            data = data.encode()
        answer = self.http.request(method, self.origin + path, headers=sent, data=data, timeout=60, **options)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(answer.status_code, answer.content.decode(), headers)


@dataclass(frozen=True)
class Contact:
    """How a customer is reached; nobody else in these tests is reached so."""

    phone: str
    email: str
    name: str = "王芳"

    @property
    def body(self) -> dict[str, str]:
        """As a request carries it."""
        return {"phone": self.phone, "email": self.email, "name": self.name}


@dataclass(frozen=True)
class Asked:
    """A request that a customer filed."""

    number: str
    link: str
    contact: Contact

    @property
    def id(self) -> str:
        """Its number without dashes."""
        return self.number.replace("-", "")

    @property
    def path(self) -> str:
        """Where staff find it."""
        return f"/v1/tickets/{self.id}"

    @property
    def token(self) -> str:
        """What the customer's link holds."""
        return self.link.partition("#")[2]

    @property
    def public(self) -> str:
        """Where the customer finds it."""
        return f"/v1/public/tickets/{self.token}"


def _version(version: int | None) -> dict[str, str]:
    return {} if version is None else {"If-Match": f'"{version}"'}
