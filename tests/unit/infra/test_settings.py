import json
from pathlib import Path

import pytest

from infra.local.settings import DEFAULT_PORT, ROOT, Settings


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TINGJIAN_LOCAL", "TINGJIAN_PORT"):
        monkeypatch.delenv(name, raising=False)


def test_settings_default_to_the_folder_and_port_of_make_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.local.settings.last_port", lambda _home: None)

    assert Settings.read() == Settings(ROOT / ".local", DEFAULT_PORT)


def test_settings_take_the_port_that_the_folder_was_last_started_on(tmp_path: Path) -> None:
    (tmp_path / "port.json").write_text(json.dumps(4999))

    assert Settings.read(str(tmp_path)).port == 4999


def test_settings_prefer_the_option_to_the_environment_to_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "port.json").write_text(json.dumps(1111))
    monkeypatch.setenv("TINGJIAN_PORT", "2222")

    assert Settings.read(str(tmp_path)).port == 2222
    assert Settings.read(str(tmp_path), 3333).port == 3333


def test_settings_environment_reaches_this_stack_only(tmp_path: Path) -> None:
    environment = Settings(tmp_path, 4777).environment()

    assert environment["AWS_ENDPOINT_URL"] == "http://localhost:4777"
    assert environment["AWS_SHARED_CREDENTIALS_FILE"] == "/dev/null"
