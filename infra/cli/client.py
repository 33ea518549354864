"""A client of the HTTP API, signed in as an operator.

Where to and as whom comes from TINGJIAN_URL, TINGJIAN_CLIENT_ID, TINGJIAN_USER and TINGJIAN_PASSWORD; a local stack has
all of them in its folder (TINGJIAN_LOCAL, `.local`), written there by `tingjian seed`.
"""

import json
import os
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import boto3
import requests

ROOT = Path(__file__).resolve().parents[2]
SERVER_ERROR = 500
REFUSED = 400
TRIES = 4


class ProblemError(Exception):
    """The service refused; its problem document says why."""

    def __init__(self, problem: dict[str, Any]) -> None:
        details = [f"  {error['field']}: {error['message']}" for error in problem.get("errors", [])]
        super().__init__("\n".join([f"{problem.get('status', '')} {problem.get('title', problem)}", *details]))
        self.problem = problem


@dataclass
class Client:
    """Sends requests to the API. When an answer is lost, it repeats the request under the same idempotency key."""

    url: str
    client_id: str = ""
    user: str = ""
    password: str = ""
    language: str = "zh-CN"
    _token: str = ""
    _token_until: float = 0.0
    _http: requests.Session = field(default_factory=requests.Session)

    @classmethod
    def from_environment(cls) -> Self:
        """The client of the deployment that the environment or the local folder names."""
        known = local_stack()
        url = os.environ.get("TINGJIAN_URL") or known.get("url", "")
        return cls(
            url=url,
            client_id=os.environ.get("TINGJIAN_CLIENT_ID") or known.get("client_id", ""),
            user=os.environ.get("TINGJIAN_USER") or known.get("user", ""),
            password=os.environ.get("TINGJIAN_PASSWORD") or known.get("password", ""),
        )

    def get(self, path: str, **query: object) -> Any:
        return self.send("GET", path, params={name: value for name, value in query.items() if value is not None})

    def post(self, path: str, body: object = None, key: str | None = None) -> Any:
        """Post, under an idempotency key of its own unless one is given."""
        return self.send("POST", path, json=body or {}, headers={"Idempotency-Key": key or str(uuid.uuid4())})

    def put(self, path: str, body: object, version: int = 0) -> Any:
        """Put a thing over the version that was read; 0 is a new one."""
        return self.send("PUT", path, json=body, headers={"If-Match": f'"{version}"'})

    def upload(self, slot: dict[str, Any], path: Path) -> None:
        """Send a file to the slot that the service gave for it. Raises ProblemError when the store refuses it."""
        form = slot.get("upload", slot)
        with path.open("rb") as content:
            answer = self._http.post(form["url"], data=form["fields"], files={"file": content}, timeout=600)
        if answer.status_code >= REFUSED:
            raise ProblemError({"status": answer.status_code, "title": answer.text[:500]})

    def send(self, method: str, path: str, *, headers: dict[str, str] | None = None, **options: Any) -> Any:
        """The JSON of an answer. Raises ProblemError for a refusal at once, for a failing service after four tries."""
        if not self.url:
            raise ProblemError({"title": "No service: set TINGJIAN_URL, or start the local stack with `make run`."})
        for attempt in range(1, TRIES + 1):
            sent = {"Accept-Language": self.language, "Authorization": f"Bearer {self.token()}", **(headers or {})}
            answer = self._http.request(method, self.url + path, headers=sent, timeout=60, **options)
            if answer.status_code < SERVER_ERROR or attempt == TRIES:
                break
            time.sleep(0.3 * 2**attempt)
        if answer.status_code >= REFUSED:
            raise ProblemError(_problem(answer))
        return answer.json() if answer.content else None

    def token(self) -> str:
        """The operator's token, renewed before it expires. Raises ProblemError if the environment names no operator."""
        if self._token and time.time() < self._token_until:
            return self._token
        if not (self.client_id and self.user):
            raise ProblemError({"title": "Nobody is signed in: set TINGJIAN_USER and TINGJIAN_PASSWORD."})
        signed_in = boto3.client("cognito-idp", **aws_options()).initiate_auth(
            ClientId=self.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": self.user, "PASSWORD": self.password},
        )["AuthenticationResult"]
        self._token, self._token_until = signed_in["IdToken"], time.time() + signed_in["ExpiresIn"] - 60
        return self._token


def local_folder() -> Path:
    return (ROOT / (os.environ.get("TINGJIAN_LOCAL") or ".local")).resolve()


def local_stack() -> dict[str, str]:
    known: dict[str, str] = {}
    try:
        stack = json.loads((local_folder() / "stack.json").read_text())
    except (OSError, ValueError):
        return known
    known |= {"url": stack["origin"], "client_id": stack["outputs"]["OperatorClientId"]}
    try:
        known |= json.loads((local_folder() / "operator.json").read_text())
    except (OSError, ValueError):
        return known
    return known


def aws_options() -> dict[str, Any]:
    """Where AWS is: the local stack when there is one and the environment names no other, else what the SDK finds."""
    if os.environ.get("AWS_ENDPOINT_URL") or "TINGJIAN_URL" in os.environ:
        return {}
    environment = json.loads((local_folder() / "stack.json").read_text())["environment"]
    return {
        "endpoint_url": environment["AWS_ENDPOINT_URL"],
        "region_name": environment["AWS_DEFAULT_REGION"],
        "aws_access_key_id": environment["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": environment["AWS_SECRET_ACCESS_KEY"],
    }


def _problem(answer: requests.Response) -> dict[str, Any]:
    try:
        problem: dict[str, Any] = answer.json()
    except ValueError:
        return {"status": answer.status_code, "title": answer.text[:500]}
    return {"status": answer.status_code} | problem
