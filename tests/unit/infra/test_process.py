import os
from pathlib import Path

import pytest

from infra.local import process
from infra.local.settings import Settings


def test_running_ignores_the_number_that_a_killed_emulator_left(tmp_path: Path) -> None:
    settings = Settings(tmp_path, 1)
    (tmp_path / "pid").write_text(str(os.getpid()))  # A process, but no emulator: numbers are given out again.

    assert process.running(settings) is None


@pytest.mark.parametrize("content", ["", "no number"])
def test_running_is_nobody_when_the_file_says_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / "pid").write_text(content)

    assert process.running(Settings(tmp_path, 1)) is None


def test_stop_clears_the_number_of_an_emulator_that_is_gone(tmp_path: Path) -> None:
    (tmp_path / "pid").write_text(str(os.getpid()))

    stopped = process.stop(Settings(tmp_path, 1))

    assert not stopped
    assert not (tmp_path / "pid").exists()


def test_emulator_environment_lets_nothing_of_the_shell_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")

    environment = process.emulator_environment(Settings(tmp_path, 4777))

    assert not {"AWS_PROFILE", "PYTHONPATH"} & environment.keys()
    assert environment["BIND_HOST"] == "127.0.0.1"
    assert environment["STATE_DIR"].startswith(str(tmp_path))


def test_unpacked_functions_of_a_killed_run_are_out_of_the_way_at_once(tmp_path: Path) -> None:
    (tmp_path / "tmp" / "worker").mkdir(parents=True)

    process.clear_unpacked(tmp_path / "tmp")

    assert list((tmp_path / "tmp").iterdir()) == []


def test_state_of_a_stack_that_moves_to_another_port_says_the_new_one(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "port.json").write_text("4566")
    queues, log = tmp_path / "state" / "sqs.json", tmp_path / "writes-1.jsonl"
    queues.write_text('{"a": "http://localhost:4566/1/imports", "b": "http://localhost:45661/"}')
    log.write_text('{"QueueUrl": "http://localhost:4566/1/imports"}\n')

    process.move_state(Settings(tmp_path, 4570))

    assert queues.read_text() == '{"a": "http://localhost:4570/1/imports", "b": "http://localhost:45661/"}'
    assert log.read_text() == '{"QueueUrl": "http://localhost:4570/1/imports"}\n'


@pytest.mark.parametrize("before", [None, "4566"])
def test_state_of_a_stack_that_stays_is_left_alone(tmp_path: Path, before: str | None) -> None:
    (tmp_path / "state").mkdir()
    if before:
        (tmp_path / "port.json").write_text(before)
    queues = tmp_path / "state" / "sqs.json"
    queues.write_text("http://localhost:4566/")

    process.move_state(Settings(tmp_path, 4566))

    assert queues.read_text() == "http://localhost:4566/"
