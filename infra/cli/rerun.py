"""`tingjian rerun`: the tickets that are there run again under targets they never had; kept and missed by month."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tqdm import tqdm

from infra.cli.client import Client
from tingjian.escalation.deadlines.rerun import Happening, rerun
from tingjian.sla.calendars.models import CalendarBody
from tingjian.sla.policies.models import PolicyBody

PAGE = 100
THREADS = 4


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("rerun", help="run the tickets of a team again under other targets and hours")
    parser.add_argument("--team", required=True, help="whose tickets")
    parser.add_argument("--policy", type=Path, required=True, help="a policy as PUT /v1/sla-policies takes it")
    parser.add_argument("--calendar", type=Path, required=True, help="a calendar as PUT /v1/calendars takes it")
    parser.add_argument("--holidays", metavar="COUNTRY", help="close its public holidays too, such as IT")
    parser.add_argument("--until", type=datetime.fromisoformat, help="count as known then; default: the last event")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, client: Client) -> int:
    """Read every ticket's history, and print kept and missed by local month as JSON. Nothing is written anywhere."""
    policy = PolicyBody.model_validate_json(options.policy.read_text(encoding="utf-8"))
    calendar = CalendarBody.model_validate_json(options.calendar.read_text(encoding="utf-8"))
    tickets = list(tickets_of(client, options.team))
    with ThreadPoolExecutor(THREADS) as pool:
        histories = list(
            tqdm(pool.map(lambda ticket: history(client, ticket), tickets), total=len(tickets), disable=None)
        )
    until = options.until or max((told[-1].at for told in histories), default=datetime.now(UTC))
    if options.holidays:
        calendar = with_holidays(calendar, options.holidays, histories, until)
    hours = calendar.work_calendar()
    found = [outcome for told in histories for outcome in rerun(told, policy.targets, hours, until=until)]
    answer = {"tickets": len(tickets), "months": by_month(found, ZoneInfo(calendar.timezone))}
    sys.stdout.write(json.dumps(answer, indent=2) + "\n")
    return 0


def tickets_of(client: Client, team: str) -> Iterator[str]:
    for finished in (False, True):
        cursor: str | None = None
        while True:
            page = client.get("/v1/tickets", team=team, finished=str(finished).lower(), limit=PAGE, cursor=cursor)
            yield from (row["id"] for row in page["items"])
            cursor = page.get("cursor")
            if cursor is None:
                break


def history(client: Client, ticket: str) -> list[Happening]:
    """What happened to a ticket, in order."""
    events: list[dict[str, Any]] = client.get(f"/v1/tickets/{ticket}/history")["items"]
    return [_happening(event["event"], datetime.fromisoformat(event["at"]), event["data"]) for event in events]


def _happening(name: str, at: datetime, data: dict[str, Any]) -> Happening:
    return Happening(name, at, data["status"], bool(data.get("first")))


def with_holidays(
    calendar: CalendarBody, country: str, histories: Iterable[list[Happening]], until: datetime
) -> CalendarBody:
    """The calendar closed on a country's public holidays, from the first history to a year after the last."""
    from holidays import country_holidays  # noqa: PLC0415 - slow to import, and seldom asked for

    first = min((told[0].at for told in histories), default=until)
    known = country_holidays(country, years=range(first.year - 1, until.year + 2))
    closed = sorted({*calendar.closed, *(day.isoformat() for day in known)})
    return CalendarBody.model_validate(dict(calendar) | {"closed": closed})


def by_month(outcomes: Iterable[tuple[str, bool, datetime]], zone: ZoneInfo) -> dict[str, dict[str, int]]:
    """Kept and missed of each clock by local month: what was kept when it was met, what was missed when it was due."""
    counted: dict[str, Counter[str]] = {}
    for clock, kept, at in outcomes:
        month = at.astimezone(zone).strftime("%Y-%m")
        counted.setdefault(month, Counter())[f"{clock}_{'kept' if kept else 'missed'}"] += 1
    return {month: dict(sorted(counts.items())) for month, counts in sorted(counted.items())}
