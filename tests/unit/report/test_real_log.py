"""Every month of the public log against an independent computation that shares no code with the service."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.lakes import lake_with, logged_events, question
from tests.oracle import helpdesk
from tingjian.report.figures.actions import count_figures
from tingjian.report.figures.models import PeriodFigures
from tingjian.report.lake.database import OpenLake

ROOT = Path(__file__).parents[3]
LOG = ROOT.parent / "shared" / "data" / "helpdesk_log.csv.gz"
MAPPING = ROOT / "infra" / "demo" / "helpdesk-log-mapping.json"
ZONE = "Europe/Rome"
FIRST, LAST = "2010-01", "2014-01"

pytestmark = pytest.mark.skipif(not LOG.exists(), reason="the public log is no part of the project")


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenLake]:
    opened = lake_with(tmp_path_factory.mktemp("lake"), logged_events(LOG, MAPPING))
    with opened.database:
        yield opened


@pytest.fixture(scope="module")
def histories() -> list[helpdesk.History]:
    return helpdesk.load(LOG, ZoneInfo(ZONE))


def months() -> list[tuple[str, str]]:
    return [(start.isoformat(), end.isoformat()) for _, start, end in helpdesk.months(FIRST, LAST)]


def nearly(value: object) -> object:
    """The value; minutes to nine digits, and null where nothing was measured."""
    if not isinstance(value, dict):
        return value
    return {part: None if minutes is None else pytest.approx(minutes, rel=1e-9) for part, minutes in value.items()}


def counted(lake: OpenLake, start: str, end: str) -> PeriodFigures:
    return count_figures(lake, question(start, end, ZONE, records="imported"))


@pytest.mark.parametrize(("start", "end"), months())
def test_month_agrees_with_the_independent_computation(
    lake: OpenLake, histories: list[helpdesk.History], start: str, end: str
) -> None:
    expected = helpdesk.monthly(histories, start[:7], start[:7], ZoneInfo(ZONE))[start[:7]]

    found = counted(lake, start, end).model_dump()

    for name, value in expected.items():
        assert found[name] == nearly(value), name


def test_months_add_up_to_the_whole_log(lake: OpenLake, histories: list[helpdesk.History]) -> None:
    found = [counted(lake, start, end) for start, end in months()]

    assert sum(month.opened for month in found) == len(histories)
    assert sum(month.resolved for month in found) == sum(len(history.resolved_at) for history in histories)
    assert found[-1].unsolved_at_end == sum(history.category in {"open", "waiting"} for history in histories)
    for before, month in pairwise(found):
        assert month.open_at_end - before.open_at_end == month.opened - month.closed
        assert month.previous.opened == before.opened
        assert month.by_day[-1].open_at_end == month.open_at_end
