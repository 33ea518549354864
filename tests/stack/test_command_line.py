"""The commands of docs/import.md as an operator types them, in processes of their own, on the deployed stack."""

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from tests.stack.people import Visitor

ROOT = Path(__file__).parents[2]
EXPORTS = ROOT / "tests" / "unit" / "intake" / "exports"
SECONDS = 300


@pytest.fixture
def source(manager: Visitor) -> str:  # noqa: ARG001 - its centre is there first
    return f"typed-{uuid.uuid4().hex[:12]}"


def tingjian(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """What `tingjian` with these words answers."""
    command = [sys.executable, "-m", "infra.cli.main", *(str(word) for word in words)]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ, capture_output=True, text=True, timeout=SECONDS, check=False
    )


def counted(printed: str) -> dict[str, int]:
    """The lines with a number and what it counts."""
    lines = [line.split(maxsplit=1) for line in printed.splitlines()]
    return {words[1]: int(words[0].replace(",", "")) for words in lines if len(words) > 1 and words[0][0].isdigit()}


def test_file_is_checked_imported_listed_and_taken_back_by_command(source: str, tmp_path: Path) -> None:
    table = ("import", EXPORTS / "chinese-sheet.csv", "--mapping", "chinese-sheet", "--source", source)

    checked = tingjian(*table, "--check")
    assert checked.returncode == 0, checked.stderr
    assert "Nothing was written" in checked.stdout
    assert (counted(checked.stdout)["tickets"], counted(checked.stdout)["resolutions"]) == (3, 1)
    assert source not in tingjian("import-sources").stdout

    done = tingjian(*table, "--rejects", tmp_path / "rejects.csv")
    assert done.returncode == 0, done.stderr
    assert counted(done.stdout)["tickets"] == counted(checked.stdout)["tickets"]
    assert counted(done.stdout)["events written"] > 0
    [line] = [line for line in tingjian("import-sources").stdout.splitlines() if line.startswith(source)]

    undone = tingjian("import-undo", line.split()[1])
    assert undone.returncode == 0, undone.stderr
    assert source not in tingjian("import-sources").stdout


def test_refused_rows_are_stored_where_the_command_says(source: str, tmp_path: Path) -> None:
    table, rejects = tmp_path / "sheet.csv", tmp_path / "rejects.csv"
    bad = "=1+1,坏行,没有日期,电话,紧急,已完结,昨天,,,李娜,王芳,13812345678,"
    table.write_text((EXPORTS / "chinese-sheet.csv").read_text(encoding="utf-8").rstrip("\n") + f"\n{bad}\n")

    done = tingjian("import", table, "--mapping", "chinese-sheet", "--source", source, "--rejects", rejects)

    assert counted(done.stdout)["rows rejected"] == 1, done.stdout + done.stderr
    assert f"The refused rows are in {rejects}." in done.stdout
    refused = rejects.read_text(encoding="utf-8-sig")
    assert "'=1+1,bad_time" in refused
    assert not any(cell.startswith("=") for line in refused.splitlines() for cell in line.split(","))
    # Imported tickets have no due time, by which other tests sort the queue.
    assert tingjian("import-undo", done.stdout.split()[1]).returncode == 0


def test_wrong_words_are_answered_by_a_sentence(source: str, tmp_path: Path) -> None:
    unknown = tingjian("import", EXPORTS / "chinese-sheet.csv", "--mapping", "excel", "--source", source)
    assert unknown.returncode != 0
    assert "There is no mapping excel. Ready ones: chatwoot" in unknown.stderr
    assert "Traceback" not in unknown.stderr

    broken = tmp_path / "mapping.json"
    broken.write_text(json.dumps({"source": source, "colour": "red"}), encoding="utf-8")
    refused = tingjian("import", EXPORTS / "chinese-sheet.csv", "--mapping", broken)
    assert refused.returncode != 0
    assert "colour" in refused.stderr
    assert "Traceback" not in refused.stderr

    broken.write_text("{", encoding="utf-8")
    unreadable = tingjian("import", EXPORTS / "chinese-sheet.csv", "--mapping", broken)
    assert unreadable.returncode != 0
    assert "is no JSON" in unreadable.stderr

    missing = tingjian("import", tmp_path / "nothing.csv", "--mapping", "chinese-sheet")
    assert missing.returncode != 0
    assert missing.stderr.splitlines()[-1].endswith("No such file or directory")
    assert "Traceback" not in missing.stderr
