import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import botocore
import pytest
from botocore.loaders import Loader
from botocore.session import Session

from infra.packaging import package
from infra.packaging.package import Target, install_commands, trim

CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "cognito-idp": ("list_user_pools", {"MaxResults": 1}),
    "dynamodb": ("list_tables", {}),
    "s3": ("get_object", {"Bucket": "files", "Key": "a"}),
    "scheduler": ("list_schedules", {}),
    "secretsmanager": ("list_secrets", {}),
    "sesv2": ("get_account", {}),
    "sns": ("list_topics", {}),
    "sqs": ("list_queues", {}),
    "sts": ("get_caller_identity", {}),
}
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("name", "newest"),
    [("python3.11-x86_64", "manylinux_2_26_x86_64"), ("python3.13-arm64", "manylinux_2_34_aarch64")],
)
def test_target_takes_no_wheel_that_is_too_new_for_the_runtimes_linux(name: str, newest: str) -> None:
    assert Target.parse(name).platforms[0] == newest


def test_wheels_are_locked_and_never_built(tmp_path: Path) -> None:
    for command in install_commands(tmp_path / "requirements.txt", tmp_path, Target.parse("python3.13-arm64")):
        assert {"--require-hashes", "--only-binary=:all:"} <= set(command)


def test_trim_keeps_the_services_we_call_and_what_all_of_them_need(tmp_path: Path) -> None:
    data = tmp_path / "botocore" / "data"
    for name in ("dynamodb", "ec2"):
        (data / name).mkdir(parents=True)
    (data / "endpoints.json").write_text('{"partitions": []}')
    (tmp_path / "pkg-1.0.dist-info").mkdir()
    for name in ("METADATA", "RECORD", "WHEEL"):
        (tmp_path / "pkg-1.0.dist-info" / name).write_text("")

    trim(tmp_path)

    kept = sorted(
        path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file() or path.parent == data
    )
    assert kept == ["botocore/data/dynamodb", "botocore/data/endpoints.json", "pkg-1.0.dist-info/METADATA"]


def test_trimmed_descriptions_make_the_same_clients(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    whole = Path(botocore.__file__).parent / "data"
    data = tmp_path / "botocore" / "data"
    for name in package.SERVICES:
        shutil.copytree(whole / name, data / name)
    for file in whole.glob("*.json"):
        shutil.copy(file, data)

    trim(tmp_path)

    class Trimmed(Loader):
        BUILTIN_DATA_PATH = str(data)

    def described(region: str, loader: Loader) -> dict[str, object]:
        session = Session()
        session.register_component("data_loader", loader)
        session.set_credentials("test", "test")
        clients: dict[str, Any] = {name: session.create_client(name, region) for name in package.SERVICES}
        return {
            name: (made.generate_presigned_url(CALLS[name][0], CALLS[name][1]).partition("?")[0], operations(made))
            for name, made in clients.items()
        }

    def operations(client: Any) -> dict[str, tuple[list[str], list[str]]]:
        found = {}
        for name in client.meta.service_model.operation_names:
            model = client.meta.service_model.operation_model(name)
            shapes = [shape.members if shape else {} for shape in (model.input_shape, model.output_shape)]
            found[name] = (sorted(shapes[0]), sorted(shapes[1]))
        return found

    for region in ("eu-central-1", "cn-north-1", "us-gov-west-1"):
        assert described(region, Trimmed()) == described(region, Loader())
    size = sum(path.stat().st_size for path in data.rglob("service-2.json*") if "dynamodb" in str(path))
    assert size + (data / "endpoints.json").stat().st_size < 200_000
    assert not list(data.rglob("service-2.json.gz"))


def test_a_member_called_documentation_is_not_an_explanation() -> None:
    shape = {"documentation": "<p>Words</p>", "members": {"documentation": {"shape": "Text"}, "list": ["a", {"b": 1}]}}

    assert package.undocumented(shape) == {"members": {"documentation": {"shape": "Text"}, "list": ["a", {"b": 1}]}}


def test_a_door_ships_its_own_wing_at_its_place_with_bytecode_that_ignores_dates(tmp_path: Path) -> None:
    functions, artifacts = tmp_path / "functions", tmp_path / "artifacts"
    for wing in ("intake", "report"):
        (functions / wing).mkdir(parents=True)
        (functions / wing / "api.py").write_text("A = 1\n")
    (functions / "__init__.py").write_text("")
    artifacts.mkdir()

    package.main("IntakeApi", functions, artifacts, Target(HERE, "x86_64", native=True))

    shipped = {path.relative_to(artifacts).as_posix() for path in artifacts.rglob("*.py*")}
    assert {"functions/__init__.py", "functions/intake/api.py"} <= shipped
    assert not any("report" in path for path in shipped)
    [bytecode] = (artifacts / "functions" / "intake" / "__pycache__").glob("api.*.pyc")
    assert bytecode.read_bytes()[4:8] == b"\x01\x00\x00\x00"  # PEP 552: by hash, and unchecked


def test_a_missing_interpreter_is_said_aloud(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(package, "interpreter", lambda _version: None)

    package.compile_tree(tmp_path, Target("3.99", "arm64", native=False), "/opt")

    assert "no python3.99 found" in capsys.readouterr().out


def test_python_sh_says_what_is_needed_and_how_to_name_it_when_there_is_no_python() -> None:
    done = subprocess.run(
        ["/bin/sh", ROOT / "infra" / "local" / "python.sh", "x.py"],
        env={"PYTHON": "/nowhere/python", "PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 1
    assert "Python 3.11 or newer" in done.stderr
    assert "make run PYTHON=" in done.stderr
