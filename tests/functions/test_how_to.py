"""docs/how-to-add-a-feature.md, followed to the letter in a copy of the house."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to-add-a-feature.md"
BLOCK = re.compile(r"```python\n# (\S+)\n(.*?)```", re.DOTALL)
COPIED = (
    "functions",
    "layers",
    "infra",
    "docs",
    "tests/functions",
    "tests/template",
    "template.yaml",
    "pyproject.toml",
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the house with the page's feature in it, assembled."""
    copy = tmp_path_factory.mktemp("house")
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, copy / name)
    for source in (ROOT / "tests").glob("*.py"):
        shutil.copy(source, copy / "tests" / source.name)
    for name, code in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_text(code, encoding="utf-8")
    run(copy, "-m", "infra.assemble")
    return copy


def run(copy: Path, *arguments: str) -> str:
    """Run Python in the copy; what it said."""
    path = os.pathsep.join(map(str, (copy, copy / "layers/tingjian")))
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_folder_is_all_that_the_feature_needs(house: Path) -> None:
    document = json.loads((house / "docs/openapi.json").read_text(encoding="utf-8"))
    table = (house / "functions/intake/assembled.py").read_text(encoding="utf-8")

    assert set(document["paths"]["/v1/tickets/{ticket}/tags"]) == {"get", "put"}
    assert '"PUT": "tingjian.intake.tags.routes"' in table
    assert "TagsChanged" in (house / "docs/events.md").read_text(encoding="utf-8")
    assert "tags of a ticket" in (house / "docs/data-model.md").read_text(encoding="utf-8")
    run(house, "-m", "infra.assemble", "--check")


def test_door_answers_with_the_feature(house: Path) -> None:
    said = run(house, "-m", "pytest", "tests/functions/intake/test_tags.py", "-q", "-p", "no:cacheprovider", "-n", "0")

    assert "1 passed" in said


@pytest.mark.parametrize(
    ("file", "change", "sentence"),
    [
        ("feature.py", ("facts=(TagsChanged,)", "facts=(TagsChanged, TagsChanged)"), "TagsChanged"),
        ("feature.py", ('"ticket#<number>", SORT_KEY', '"ticket#<number>", "handoff#<nn>"'), "handoff"),
        (
            "routes.py",
            ('<ticket>/tags", **staff(READ', '<ticket>/history", **staff(READ'),
            "history",
        ),
    ],
)
def test_what_collides_is_refused_with_a_sentence(
    house: Path, tmp_path: Path, file: str, change: tuple[str, str], sentence: str
) -> None:
    copy = tmp_path / "house"
    shutil.copytree(house, copy)
    path = copy / "layers/tingjian/tingjian/intake/tags" / file
    code = path.read_text(encoding="utf-8")
    assert change[0] in code
    path.write_text(code.replace(*change), encoding="utf-8")

    with pytest.raises(AssertionError, match=sentence):
        run(copy, "-m", "infra.assemble", "--check")


def test_role_of_the_door_covers_the_feature(house: Path) -> None:
    roles = (house / "infra/roles.yaml").read_text(encoding="utf-8")

    assert yaml.compose(roles) is not None
    assert roles == (ROOT / "infra/roles.yaml").read_text(encoding="utf-8"), "intake may do all that tags need"
