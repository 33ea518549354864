"""The contract of each local store, point by point, against the table of what it is known to break (R4)."""

import re
from pathlib import Path

import pytest

from tests.contract import engines
from tests.contract.engines import Engine, EngineMissingError, local_python, running
from tests.contract.known import BROKEN, UNSTABLE, EngineUnfitError, UnknownPointError, require
from tests.contract.probe import Outcome, Point, points, refused

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.enable_socket

DECISION = Path(__file__).resolve().parents[2] / "docs" / "decisions" / "0004-store-engines.md"


@pytest.mark.parametrize("name", list(points()))
@pytest.mark.parametrize("engine", list(Engine))
def test_engine_keeps_or_breaks_the_point_as_recorded(engine: Engine, name: str, outcomes: dict[str, Outcome]) -> None:
    outcome, reason = outcomes[name], BROKEN[engine].get(name)

    if name in UNSTABLE[engine]:
        pytest.skip(f"{engine} breaks {name} at times: {UNSTABLE[engine][name]}")
    if reason is None:
        assert outcome.held, f"{engine} breaks {name} ({outcome.point.promise}): {outcome.detail}"
    else:
        assert not outcome.held, f"{engine} keeps {name} now: take it out of BROKEN (was: {reason})"


@pytest.mark.parametrize("engine", list(Engine))
def test_known_breaks_name_points_of_the_probe(engine: Engine) -> None:
    assert set(BROKEN[engine]) | set(UNSTABLE[engine]) <= set(points())
    assert not set(BROKEN[engine]) & set(UNSTABLE[engine])


def test_points_say_what_rests_on_them() -> None:
    assert len(points()) >= 28
    assert all(len(point.promise.split()) >= 4 for point in points().values())


def test_require_lets_a_fit_engine_pass() -> None:
    require(Engine.MINISTACK, "transaction-token-once", "transaction-all-or-nothing")
    require(Engine.MOTO, "put-if-absent")


def test_require_refuses_an_engine_that_breaks_the_point_and_says_why() -> None:
    with pytest.raises(EngineUnfitError, match=r"moto breaks .*transaction-token-once \(ClientRequestToken is ignored"):
        require(Engine.MOTO, "put-if-absent", "transaction-token-once")


def test_require_refuses_an_engine_that_breaks_the_point_at_times() -> None:
    with pytest.raises(EngineUnfitError, match=r"moto breaks .*transaction-race"):
        require(Engine.MOTO, "transaction-race")


def test_require_knows_no_point_that_is_not_probed() -> None:
    with pytest.raises(UnknownPointError, match="transaction-tokens"):
        require(Engine.MINISTACK, "transaction-tokens")


def test_suite_that_rests_on_a_broken_point_does_not_run(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        from tests.contract.engines import Engine
        from tests.contract.known import require

        @pytest.fixture(scope="module", autouse=True, params=["moto", "ministack"])
        def engine(request):
            require(Engine(request.param), "transaction-token-once")

        def test_something_that_counts_on_tokens():
            pass
        """
    )
    pytester.syspathinsert(engines.ROOT)

    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")

    result.assert_outcomes(passed=1, errors=1)


@pytest.mark.parametrize(("required", "outcome"), [("", {"skipped": 1}), ("1", {"errors": 1})])
def test_engine_that_is_missing_is_shown_loudly_and_fails_where_it_is_required(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, required: str, outcome: dict[str, int]
) -> None:
    monkeypatch.setenv("TINGJIAN_LOCAL_PYTHON", "/nowhere/python")
    monkeypatch.setenv("TINGJIAN_REQUIRE_ENGINES", required)
    monkeypatch.chdir(engines.ROOT)
    one = f"{Path(__file__).relative_to(engines.ROOT)}::{test_engine_keeps_or_breaks_the_point_as_recorded.__name__}"

    result = pytester.runpytest_subprocess(f"--rootdir={engines.ROOT}", f"{one}[ministack-put-if-absent]")

    result.assert_outcomes(**outcome)
    result.stdout.fnmatch_lines(["ministack: NOT PROBED: no interpreter at /nowhere/python*"])


def test_probe_notices_a_point_that_breaks() -> None:
    accepting = Point("accepting", "a refusal that does not come is noticed", lambda _: _refuse_nothing())

    with pytest.raises(Exception, match="accepted what must be refused"):
        accepting.check(None)  # type: ignore[arg-type]  # The check looks at no store.


def _refuse_nothing() -> None:
    refused("ValidationException", lambda: None)


def test_local_python_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.touch()
    monkeypatch.setenv("TINGJIAN_LOCAL_PYTHON", str(python))

    assert local_python() == python


def test_engine_that_cannot_start_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TINGJIAN_LOCAL_PYTHON", "/nowhere/python")

    with pytest.raises(EngineMissingError, match=r"no interpreter at /nowhere.*make run"), running(Engine.MINISTACK):
        pytest.fail("started without an interpreter")


def test_engine_that_dies_at_start_shows_its_last_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho no such module\nexit 3\n")
    python.chmod(0o755)
    monkeypatch.setenv("TINGJIAN_LOCAL_PYTHON", str(python))

    with pytest.raises(EngineMissingError, match="exit code 3") as error, running(Engine.MINISTACK):
        pytest.fail("started a program that ends")

    assert "no such module" in error.value.__notes__[0]


def test_decision_shows_the_table_as_it_is() -> None:
    rows = set(re.findall(r"^\| `([a-z0-9-]+)` \| (\S+) \| (\S+) \| (\S+) \|", DECISION.read_text(), re.MULTILINE))

    assert rows == {(name, *(mark(engine, name) for engine in Engine)) for name in points()}


def mark(engine: Engine, name: str) -> str:
    """The table's sign for what `engine` does with the point."""
    if name in UNSTABLE[engine]:
        return "◐"
    return "✘" if name in BROKEN[engine] else "✔"
