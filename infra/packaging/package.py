"""Make what a layer or a door ships: wheels for the target, trimmed, with compiled bytecode.

`sam build` runs this through `package.mk`. It needs nothing but a Python with pip, or uv. Shipping `.pyc` more than
halves the import time of a cold start: the code directory is read-only on Lambda, so nothing would be cached later.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

CACHE = Path(__file__).resolve().parents[2] / ".aws-sam" / "wheels"
# botocore describes more than 400 services; a client reads only its own folder.
SERVICES = {
    "cognito-idp", "dynamodb", "s3", "scheduler", "secretsmanager", "sesv2", "sns", "sqs", "sts",
}  # fmt: skip
# By these names the list of addresses knows them; SES has another there.
PREFIXES = SERVICES - {"sesv2"} | {"email"}
# Of an installer's records METADATA stays: some packages read their own version from it.
UNUSED = ("__pycache__", "tests", "bin", "*.pyi", ".lock", "*.dist-info/licenses", "*.dist-info/[!Ml]*")
# Place, carrier and zone of a phone number: megabytes that no rule of ours asks for.
UNUSED_DATA = (
    "phonenumbers/geodata",
    "phonenumbers/carrierdata",
    "phonenumbers/tzdata",
    "_duckdb-stubs",
    "adbc_driver_duckdb",
)


class Target(NamedTuple):
    """The interpreter that the package will run on, such as 3.13 on arm64, or the one that runs here."""

    version: str
    architecture: str
    native: bool

    @classmethod
    def parse(cls, name: str) -> Target:
        """Read `python3.13-arm64`. PACKAGING_NATIVE=1 takes this machine's wheels, for an emulator on macOS say."""
        version, architecture = name.removeprefix("python").split("-")
        return cls(version, architecture, native=os.environ.get("PACKAGING_NATIVE") == "1")

    @property
    def processor(self) -> str:
        return {"arm64": "aarch64", "x86_64": "x86_64"}[self.architecture]

    @property
    def platforms(self) -> list[str]:
        """The wheel tags that Lambda's Amazon Linux accepts, newest first."""
        newest = 26 if self.version == "3.11" else 34
        return [f"manylinux_2_{minor}_{self.processor}" for minor in range(newest, 16, -1)] + [
            f"manylinux2014_{self.processor}"
        ]


def main(kind: str, source: Path, artifacts: Path, target: Target) -> None:
    """Fill `artifacts` with the layer or the door whose sources are in `source`; a door is named as in IntakeApi."""
    if kind == "layer":
        root = artifacts / "python"
        shutil.copytree(installed(source / "requirements.txt", target), root, copy_function=link, dirs_exist_ok=True)
        for package in source.iterdir():
            if (package / "__init__.py").exists():
                copy_code(package, root / package.name)
                compile_tree(root / package.name, target, f"/opt/python/{package.name}")
    else:
        # A door ships its own wing only, and at its place in the package, so that imports read as in the tests.
        wing = re.match("[A-Z][a-z]+", kind)[0].lower()  # type: ignore[index]
        copy_code(source / wing, artifacts / "functions" / wing)
        shutil.copy(source / "__init__.py", artifacts / "functions")
        compile_tree(artifacts, target, "/var/task")


def installed(requirements: Path, target: Target) -> Path:
    """Return a folder with the locked wheels, trimmed and compiled; made once for each lock, target and this file."""
    compiled_by = interpreter(target.version)
    parts = [requirements.read_bytes(), Path(__file__).read_bytes(), f"{target} {compiled_by}".encode()]
    key = hashlib.sha256(b"\0".join(parts))
    ready = CACHE / key.hexdigest()[:16]
    if not ready.exists():
        fresh = CACHE / f"{ready.name}.{os.getpid()}"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        install(requirements, fresh, target)
        trim(fresh)
        compile_tree(fresh, target, "/opt/python")
        with contextlib.suppress(OSError):  # Another build may have been quicker.
            fresh.rename(ready)
    return ready


def install(requirements: Path, into: Path, target: Target) -> None:
    """Install the locked wheels with uv where there is one, else with pip. No source is ever built."""
    for command in install_commands(requirements, into, target):
        if subprocess.run(command, check=False).returncode == 0:
            return
    sys.exit(
        f"The wheels of {requirements} for Python {target.version} on {target.architecture} could not be installed:"
        " check the network and pip's index settings, and build again."
    )


def install_commands(requirements: Path, into: Path, target: Target) -> list[list[str]]:
    """Return the commands to try, the faster one first."""
    locked = [
        "--quiet",
        "--no-compile",
        "--target",
        str(into),
        "--no-deps",
        "--require-hashes",
        "--only-binary=:all:",
        "-r",
        str(requirements),
    ]
    python = interpreter(target.version) if target.native else sys.executable
    by_uv = [uv() or "", "pip", "install", "--python", python or "", *locked, "--link-mode", "copy"]
    by_pip = [python or "", "-m", "pip", "install", "--disable-pip-version-check", "--root-user-action=ignore", *locked]
    if not target.native:
        by_uv += ["--python-version", target.version, "--python-platform", f"{target.processor}-manylinux_2_34"]
        by_pip += ["--python-version", target.version, "--implementation", "cp"]
        by_pip += [part for tag in target.platforms for part in ("--platform", tag)]
    # Python 3.11 runs on an older Linux, for which uv has no name.
    return [by_uv, by_pip] if uv() and (target.native or target.version != "3.11") else [by_pip]


def uv() -> str | None:
    return shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")


def trim(root: Path) -> None:
    """Drop what no function reads: descriptions of other services, tests, type stubs, installer records."""
    for pattern in UNUSED:
        for path in sorted(root.rglob(pattern)):
            if path.exists():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    for name in UNUSED_DATA:
        shutil.rmtree(root / name, ignore_errors=True)
    data = root / "botocore" / "data"
    for service in data.iterdir() if data.exists() else ():
        if service.is_dir() and service.name not in SERVICES:
            shutil.rmtree(service)
    if data.exists():
        shorten(data)


def shorten(data: Path) -> None:
    """Leave out of botocore's descriptions what no client reads; it parses the rest in a fifth of the time.

    Explanations of services and their parts go, and the addresses of services that are not here.
    """
    for packed in data.rglob("service-2.json.gz"):
        plain = json.loads(gzip.decompress(packed.read_bytes()))
        plain |= {part: undocumented(plain[part]) for part in ("operations", "shapes")}
        packed.with_suffix("").write_text(json.dumps(plain, separators=(",", ":")), encoding="utf-8")
        packed.unlink()
    addresses = json.loads((data / "endpoints.json").read_bytes())
    for partition in addresses["partitions"]:
        kept = {name: service for name, service in partition["services"].items() if name in PREFIXES}
        partition["services"] = kept
    (data / "endpoints.json").write_text(json.dumps(addresses, separators=(",", ":")), encoding="utf-8")


def undocumented(part: Any) -> Any:
    """Copy a description without its explanations; a member that is called documentation is no text, and stays."""
    if isinstance(part, dict):
        return {
            name: undocumented(member)
            for name, member in part.items()
            if name != "documentation" or not isinstance(member, str)
        }
    return [undocumented(member) for member in part] if isinstance(part, list) else part


def copy_code(source: Path, into: Path) -> None:
    """Copy a package's files, leaving the traces of having run it behind."""
    shutil.copytree(source, into, ignore=shutil.ignore_patterns("__pycache__", "*.pyc", "Makefile"), dirs_exist_ok=True)


def link(source: str, into: str) -> None:
    """Put a file there without copying its bytes where the disk can."""
    try:
        os.link(source, into)
    except OSError:
        shutil.copy2(source, into)


def compile_tree(root: Path, target: Target, deployed_at: str) -> None:
    """Compile for the target's interpreter, trusted without a look at the source's date, which archives do not keep."""
    python = interpreter(target.version)
    if python is None:
        # On standard output, because SAM keeps the other to itself.
        sys.stdout.write(
            f"WARNING: no python{target.version} found, so no .pyc are shipped and cold starts take 2.4 times as long."
            f" Install Python {target.version} and build again.\n"
        )
        return
    subprocess.run(
        [python, "-m", "compileall", "-q", "-j", "0", "--invalidation-mode", "unchecked-hash",
         "-s", str(root), "-p", deployed_at, str(root)],
        check=True,
    )  # fmt: skip


def interpreter(version: str) -> str | None:
    """Find a Python of that version that really runs: this one, one on PATH, or one that uv knows."""
    candidates = [sys.executable, shutil.which(f"python{version}")]
    if finder := uv():
        found = subprocess.run(
            [finder, "python", "find", "--no-project", "--no-python-downloads", version],
            capture_output=True,
            text=True,
            check=False,
        )
        candidates.append(found.stdout.strip())
    return next((python for python in candidates if python and runs_version(python, version)), None)


def runs_version(python: str, version: str) -> bool:
    """Tell whether the command starts and is that version; a version manager's shim may not."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=False).stdout.strip() == version


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), Target.parse(sys.argv[4]))
