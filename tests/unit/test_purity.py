"""A module that calls itself pure is held to it by the contract on imports."""

import ast
import re
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path

ROOT = Path(__file__).parents[2]
LAYER = ROOT / "layers" / "tingjian"
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]


def pure_modules() -> set[str]:
    """The modules whose docstring says that they are pure."""
    return {
        ".".join(path.relative_to(LAYER).with_suffix("").parts)
        for path in LAYER.rglob("*.py")
        if re.search(r"\bpure\b", ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "", re.IGNORECASE)
    }


def test_every_module_that_says_pure_is_in_the_contract() -> None:
    [contract] = [contract for contract in CONTRACTS if contract["name"] == "Models are pure"]

    unheld = {
        name for name in pure_modules() if not any(fnmatchcase(name, held) for held in contract["source_modules"])
    }

    assert len(pure_modules()) > 20
    assert unheld == set()
