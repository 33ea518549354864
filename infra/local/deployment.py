"""Build the template and deploy it to the emulator with the real SAM CLI; skip both when nothing changed."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.local.process import LocalStackError
from infra.local.settings import REGION, ROOT, STACK, Settings

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

SOURCES = ("template.yaml", "infra/*.yaml", "infra/packaging/**/*", "functions/**/*", "layers/**/*")
USABLE = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"}
SETTLE_S = 60.0


def client(service: str, settings: Settings) -> Any:
    return boto3.client(  # type: ignore[call-overload]
        service, endpoint_url=settings.endpoint, region_name=REGION, aws_access_key_id="test",
        aws_secret_access_key="test", config=Config(retries={"max_attempts": 2}),
    )  # fmt: skip


def source_files() -> Iterator[Path]:
    """Yield what the deployment is made of, in a fixed order."""
    for path in sorted({path for pattern in SOURCES for path in ROOT.glob(pattern)}):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path


def fingerprint(settings: Settings) -> str:
    digest = hashlib.sha256(json.dumps(settings.parameters, sort_keys=True).encode())
    for path in source_files():
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def is_current(settings: Settings, wanted: str) -> bool:
    try:
        deployed = json.loads((settings.home / "stack.json").read_text())["fingerprint"]
    except (OSError, ValueError, KeyError):
        return False
    return deployed == wanted and status(client("cloudformation", settings)) in USABLE


def deploy(settings: Settings) -> bool:
    """Bring the stack up to date; tell whether there was anything to do. Raises LocalStackError."""
    wanted = fingerprint(settings)
    if is_current(settings, wanted):
        return False
    forget_fingerprint(settings)
    formation = client("cloudformation", settings)
    clear_half_deployed(formation)
    build(settings)
    sam(
        settings, "deploy", "--template-file", str(build_folder(settings) / "template.yaml"), "--stack-name", STACK,
        "--resolve-s3", "--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND", "--no-confirm-changeset",
        "--no-progressbar", "--no-fail-on-empty-changeset", "--region", REGION, *overrides(settings),
    )  # fmt: skip
    outputs = read_outputs(formation)
    forget_on_time(settings, outputs)
    write_atomically(settings.home / "stack.json", {**describe(settings, outputs), "fingerprint": wanted})
    return True


def forget_fingerprint(settings: Settings) -> None:
    """Note that a deployment is under way, so that one which is killed or fails is repeated; the old one still runs."""
    description = settings.home / "stack.json"
    if description.exists():
        write_atomically(description, json.loads(description.read_text()) | {"fingerprint": ""})


def build(settings: Settings) -> None:
    os.environ["PACKAGING_NATIVE"] = "1"
    os.environ["PACKAGING_PYTHON"] = sys.executable
    sam(
        settings, "build", "--template-file", str(ROOT / "template.yaml"), "--build-dir", str(build_folder(settings)),
        "--parallel", *overrides(settings),
    )  # fmt: skip


def build_folder(settings: Settings) -> Path:
    # A folder of its own for each stack, so that two can be deployed at once.
    return settings.home / "build"


def overrides(settings: Settings) -> list[str]:
    """Return the template's parameters as the SAM CLI wants them."""
    return ["--parameter-overrides", *(f"{name}={value}" for name, value in settings.parameters.items())]


def sam(settings: Settings, command: str, *arguments: str) -> None:
    """Run the SAM CLI against the emulator; its words are shown only when it fails, or all along with VERBOSE=1."""
    environment = {
        **os.environ, **settings.environment(),
        "SAM_CLI_TELEMETRY": "0", "SAM_CLI_POLL_DELAY": "0.2", "SAM_CLI_CONFIG_FILE": os.devnull,
    }  # fmt: skip
    output = None if os.environ.get("VERBOSE") == "1" else subprocess.PIPE
    done = subprocess.run(
        [ROOT / ".venv-sam" / "bin" / "sam", command, *arguments], cwd=ROOT, env=environment, check=False, text=True,
        stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT if output else None,
    )  # fmt: skip
    for line in (done.stdout or "").splitlines():
        if line.startswith("WARNING"):
            sys.stderr.write(f"{line}\n")
    if done.returncode != 0:
        raise LocalStackError(
            f"sam {command} failed:\n{done.stdout or ''}\n"
            "Once the cause is mended, `make run` goes on from here; the data that was there stays."
            " If the stack itself is beyond repair, `make forget` deletes it with its data."
        )


def clear_half_deployed(formation: CloudFormationClient) -> None:
    """Take away what a killed or failed first deployment left, which can never become whole; it holds no data yet.

    A stack that was once whole is left alone: a new deployment mends it. Raises LocalStackError when it stays stuck.
    """
    deadline = time.monotonic() + SETTLE_S
    while (found := status(formation)) is not None and found not in USABLE:
        if found == "DELETE_IN_PROGRESS" or time.monotonic() > deadline:
            time.sleep(0.2)
        elif found.startswith("UPDATE"):
            return
        else:
            sys.stderr.write(f"A half-deployed stack ({found}) is in the way; it is removed and deployed again.\n")
            formation.delete_stack(StackName=STACK)
        if time.monotonic() > deadline:
            raise LocalStackError(f"The stack stays in {found}. `make forget` deletes it with all local data.")


def status(formation: CloudFormationClient) -> str | None:
    """Return the stack's status; None when there is no stack."""
    try:
        return formation.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise


def read_outputs(formation: CloudFormationClient) -> dict[str, str]:
    outputs = formation.describe_stacks(StackName=STACK)["Stacks"][0].get("Outputs", [])
    return {output["OutputKey"]: output["OutputValue"] for output in outputs}


def describe(settings: Settings, outputs: dict[str, str]) -> dict[str, Any]:
    """Return what the command line and the tests must know of a stack to use it."""
    return {"origin": settings.endpoint, "stack": STACK, "environment": settings.environment(), "outputs": outputs}


def forget_on_time(settings: Settings, outputs: dict[str, str]) -> None:
    # The emulator ignores the time to live in the template, so it is switched on by a call.
    desk = client("dynamodb", settings)
    desk.update_time_to_live(
        TableName=outputs["DeskTable"], TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires_at"}
    )


def write_atomically(path: Path, content: dict[str, Any]) -> None:
    # A reader, or a kill at any moment, must not leave half a file: rename replaces it in one step.
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(content, indent=2, sort_keys=True))
    fresh.replace(path)
