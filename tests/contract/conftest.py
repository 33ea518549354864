"""Runs the probe once an engine, and says loudly which engines were not there to be probed."""

import os

import pytest

from tests.contract.engines import Engine, EngineMissingError, running
from tests.contract.probe import Outcome, probe

_MISSING: dict[Engine, str] = {}
_OUTCOMES: dict[Engine, dict[str, Outcome]] = {}


@pytest.fixture
def outcomes(engine: Engine) -> dict[str, Outcome]:
    """What came of each point on `engine`.

    Skips when the engine cannot run here, and fails instead when TINGJIAN_REQUIRE_ENGINES is set: a build that must
    have probed all engines does not pass without.
    """
    if engine not in _OUTCOMES and engine not in _MISSING:
        try:
            with running(engine) as store:
                _OUTCOMES[engine] = probe(store)
        except EngineMissingError as error:
            _MISSING[engine] = "\n".join([str(error), *getattr(error, "__notes__", [])])
    if engine in _MISSING:
        missing = f"the contract of {engine} was NOT probed: {_MISSING[engine]}"
        if os.environ.get("TINGJIAN_REQUIRE_ENGINES"):
            pytest.fail(missing, pytrace=False)
        pytest.skip(missing)
    return _OUTCOMES[engine]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line an engine: how many points held, or in red that it was not probed and why."""
    if _MISSING or _OUTCOMES:
        terminalreporter.section("contract of the local stores")
    for engine, each in _OUTCOMES.items():
        held = sum(outcome.held for outcome in each.values())
        terminalreporter.write_line(f"{engine}: {held} of {len(each)} points held")
    for engine, reason in _MISSING.items():
        terminalreporter.write_line(f"{engine}: NOT PROBED: {reason}", red=True, bold=True)
