"""`make bench` names what there is: modules with a `main`, each under its own name."""

import ast
from pathlib import Path

import pytest

from tests.bench.__main__ import BENCHES, module_of

FOLDER = Path(__file__).parents[1] / "bench"


def has_main(path: Path) -> bool:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(isinstance(node, ast.FunctionDef) and node.name == "main" for node in tree.body)


@pytest.mark.parametrize("name", BENCHES)
def test_bench_is_a_module_with_the_options_that_it_is_given(name: str) -> None:
    text = (FOLDER / f"{name}.py").read_text(encoding="utf-8")

    assert module_of(name) == f"tests.bench.{name}"
    assert [option for option in ["--publish", *BENCHES[name]] if option.startswith("--") and option not in text] == []


def test_every_module_that_can_be_run_is_run() -> None:
    runnable = {path.stem for path in FOLDER.glob("*.py") if has_main(path)} - {"__main__"}

    assert runnable == set(BENCHES)


def test_bench_that_does_not_exist_is_said_to_be_missing() -> None:
    with pytest.raises(ModuleNotFoundError):
        module_of("report")
