"""Where a local stack lives: a folder, a port, the names derived from them. Several can run side by side."""

from __future__ import annotations

import json
import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STACK = "tingjian"
REGION = "us-east-1"
DEFAULT_PORT = 4566


@dataclass(frozen=True)
class Settings:
    """One local stack."""

    home: Path
    port: int

    @classmethod
    def read(cls, home: str | None = None, port: int | None = None) -> Settings:
        """Take what is given, else TINGJIAN_LOCAL and TINGJIAN_PORT, else what the folder was last started with."""
        folder = (ROOT / (home or os.environ.get("TINGJIAN_LOCAL") or ".local")).resolve()
        return cls(folder, port or int(os.environ.get("TINGJIAN_PORT") or 0) or last_port(folder) or DEFAULT_PORT)

    @property
    def endpoint(self) -> str:
        """Where the emulated AWS listens; also the origin of pages and API."""
        return f"http://localhost:{self.port}"

    @property
    def runtime(self) -> str:
        """The template's runtime parameter: the Python that the emulator, and so each function, runs in."""
        return f"python{sys.version_info.major}.{sys.version_info.minor}"

    @property
    def parameters(self) -> dict[str, str]:
        return {
            "PythonRuntime": self.runtime,
            "Architecture": "arm64" if platform.machine() in {"arm64", "aarch64"} else "x86_64",
            "OnAws": "false",
            "PublicOrigin": self.endpoint,
        }

    def environment(self) -> dict[str, str]:
        """Return the variables with which SAM CLI, SDK and command line talk to this stack and to nothing else."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_MAX_ATTEMPTS": "3",
            "TINGJIAN_LOCAL": str(self.home),
            "TINGJIAN_PORT": str(self.port),
        }


def last_port(home: Path) -> int | None:
    """Return the port that the folder's stack was last started on, if it ever was."""
    try:
        return int(json.loads((home / "port.json").read_text()))
    except (OSError, ValueError):
        return None
