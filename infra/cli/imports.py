"""`tingjian import`: the past of another desk, tried, done or undone; `demo-import`: that of the demo, and reports."""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import requests
from tqdm import tqdm

from infra.cli.client import ROOT, Client, ProblemError
from infra.cli.reports import make_report

DEMO, MAPPINGS = ROOT / "infra" / "demo", ROOT / "infra" / "mappings"
PUBLIC_LOG = ROOT.parent / "shared" / "data" / "helpdesk_log.csv.gz"
POLL_SECONDS = 1.0
STALLED_SECONDS = 60.0
LAKE_SECONDS = 300.0
REPORTS_AT_ONCE = 4
MONTHS = 12
DECEMBER = 12
UNDONE = {
    "removed": "tickets taken away",
    "restored": "tickets as they were before",
    "parties": "people and customers taken away",
    "kept": "tickets left, since somebody works on them or a later import added to them",
}
RUNNING = {"created", "splitting", "importing", "checking", "undoing"}
SUMMARY = {
    "rows_read": "rows read",
    "rows_rejected": "rows rejected",
    "cases_total": "tickets",
    "events_written": "events written",
    "events_present": "events that were there already",
    "first_responses": "first responses",
    "resolutions": "resolutions",
    "reopenings": "reopenings",
    "closes": "closes",
    "events_after_close": "events after a close, kept as notes",
    "reopenings_after_close": "of them reopenings",
}

WRITTEN = {"events_written", "events_present"}
"""What only an import itself counts."""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("import", help="import tickets, messages or customers of another help desk")
    parser.add_argument("file", type=Path, help="the table: CSV, gzipped CSV or .xlsx")
    parser.add_argument("--mapping", required=True, help="a mapping file, or the name of a ready one: docs/import.md")
    parser.add_argument("--check", action="store_true", help="say what would come, and write nothing")
    parser.add_argument("--rejects", type=Path, help="where to store the rows that were refused")
    for name, what in (("source", "name of the log"), ("zone", "of local times"), ("type", "of all tickets")):
        parser.add_argument(f"--{name}", help=f"{what}, in place of the mapping's")
    parser.set_defaults(run=run)
    undo = commands.add_parser("import-undo", help="take back all that an import has written")
    undo.add_argument("id", help="of the import")
    undo.set_defaults(run=run_undo)
    sources = commands.add_parser("import-sources", help="list the sources that something was imported from")
    sources.set_defaults(run=run_sources)
    demo = commands.add_parser("demo-import", help="import the demo's event log and make its monthly reports")
    demo.add_argument("--file", type=Path, default=PUBLIC_LOG if PUBLIC_LOG.exists() else DEMO / "events.csv")
    demo.add_argument("--mapping", type=Path, help="default: the mapping of that log in infra/demo")
    demo.set_defaults(run=run_demo)


def run(options: argparse.Namespace, client: Client) -> int:
    """Import or check a file; 1 when it failed, or when rows were refused and nothing was imported."""
    done = import_file(client, options.file, read_mapping(options), step="check" if options.check else "start")
    print(f"import {done['id']}")
    if done["state"] in {"done", "checked"}:
        print_summary(done)
        print_findings(done.get("findings") or {})
    else:
        print(f"The import is {done['state']}: {done.get('reason', '')}", file=sys.stderr)
    if done["rows_rejected"] and (done["state"] != "failed" or done.get("reason_code") == "mostly_rejected"):
        print_rejects(client, done["id"], options.rejects)
    return 0 if done["state"] in {"done", "checked"} and done["events_imported"] else 1


def run_undo(options: argparse.Namespace, client: Client) -> int:
    """Undo an import; 1 when something of it was left."""
    path = f"/v1/imports/{options.id}"
    shown: dict[str, Any] = client.post(f"{path}/undo")
    while shown["state"] in RUNNING:
        time.sleep(POLL_SECONDS)
        shown = client.get(path)
    undo = shown.get("undo") or {}
    for name, label in UNDONE.items():
        print(f"{undo.get(name, 0):>10,}  {label}")
    return 1 if undo.get("kept") else 0


def run_sources(_: argparse.Namespace, client: Client) -> int:
    for source in client.get("/v1/import-sources")["items"]:
        print(f"{source['source']}  {' '.join(source['imports'])}")
    return 0


def read_mapping(options: argparse.Namespace) -> dict[str, Any]:
    """The mapping of a file or the ready one of that name, with what the command line says instead."""
    given = Path(options.mapping)
    path = given if given.exists() else MAPPINGS / f"{options.mapping}.json"
    if not path.exists():
        ready = ", ".join(sorted(found.stem for found in MAPPINGS.glob("*.json")))
        raise ProblemError({"title": f"There is no mapping {options.mapping}. Ready ones: {ready}."})
    try:
        mapping: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ProblemError({"title": f"{path} is no JSON: {error}."}) from error
    mapping |= {name: value for name in ("source", "type") if (value := getattr(options, name))}
    if options.zone:
        mapping["time"] = mapping.get("time", {}) | {"zone": options.zone}
    return mapping


def run_demo(options: argparse.Namespace, client: Client) -> int:
    name = "helpdesk-log" if options.file.name.startswith("helpdesk_log") else "events"
    mapping = json.loads((options.mapping or DEMO / f"{name}-mapping.json").read_text(encoding="utf-8"))
    done = import_file(client, options.file, mapping)
    if done["state"] != "done":
        print(f"The import is {done['state']}: {done.get('reason', '')}", file=sys.stderr)
        return 1
    print_summary(done)
    zone = mapping["time"].get("zone", "UTC")
    first, last = local_day(done["first_at"], zone), local_day(done["last_at"], zone)
    await_lake(client, {"from": str(first), "to": str(last + timedelta(days=1)), "zone": zone}, done)
    asked = [
        {"from": start.isoformat(), "to": end.isoformat(), "zone": zone, "imported": True}
        for start, end in months_between(first, last)
    ]
    with ThreadPoolExecutor(REPORTS_AT_ONCE) as pool:
        made = pool.map(partial(make_report, client), asked)
        for report in (bar := tqdm(made, total=len(asked), desc="reports", unit=" months")):
            bar.set_postfix_str(report["from"])
    return 0


def import_file(client: Client, path: Path, mapping: dict[str, Any], *, step: str = "start") -> dict[str, Any]:
    """Upload a file and wait until its import has ended; the import. A stalled one is started again."""
    body = {"name": path.name, "size_bytes": path.stat().st_size, "mapping": mapping}
    made = client.post("/v1/imports", body)
    client.upload(made, path)
    shown: dict[str, Any] = client.post(f"/v1/imports/{made['id']}/{step}")
    with tqdm(desc="rows", unit=" rows", total=None) as bar:
        moved_at = time.monotonic()
        while shown["state"] in RUNNING:
            time.sleep(POLL_SECONDS)
            shown = client.get(f"/v1/imports/{made['id']}")
            worked_off = shown["events_imported"] + shown["rows_rejected"]
            if worked_off > bar.n:
                moved_at = time.monotonic()
            elif time.monotonic() - moved_at > STALLED_SECONDS:
                client.post(f"/v1/imports/{made['id']}/{step}")
                moved_at = time.monotonic()
            bar.total = shown["rows_read"] or None
            bar.set_postfix_str(f"{shown['cases_done']} tickets, {shown['rows_rejected']} rejected")
            bar.update(worked_off - bar.n)
    return shown


def await_lake(client: Client, period: dict[str, Any], done: dict[str, Any]) -> None:
    """Wait until the lake has all of an import. Raises ProblemError when it has not after some minutes."""
    until = time.monotonic() + LAKE_SECONDS
    while time.monotonic() < until:
        figures = make_report(client, {**period, "imported": True})["figures"]
        if figures["opened"] >= done["cases_total"] and figures["closed"] >= done["closes"]:
            return
        time.sleep(POLL_SECONDS)
    raise ProblemError({"title": "The imported events have not all reached the reports; try `tingjian report` later."})


def print_summary(done: dict[str, Any]) -> None:
    """What an import did, or would do; one that was only checked has not ended and has written nothing."""
    checked = done["state"] == "checked"
    for name, label in SUMMARY.items():
        if not (checked and name in WRITTEN):
            print(f"{done[name]:>10,}  {label}")
    if checked:
        print("Nothing was written: this is what the import would do.")
        return
    seconds = (datetime.fromisoformat(done["ended_at"]) - datetime.fromisoformat(done["started_at"])).total_seconds()
    print(f"{seconds:>10,.0f}  seconds, {done.get('events_per_second', 0):,.0f} events per second")


def print_findings(found: dict[str, Any]) -> None:
    """What the mapping does not list, whom names mean, and the first bad rows."""
    for name, rows in found.get("unlisted_activities", {}).items():
        print(f"{rows:>10,}  rows with the unlisted activity {name}")
    for place, values in found.get("unlisted_values", {}).items():
        for value, rows in values.items():
            print(f"{rows:>10,}  rows with the unlisted {place} {value}")
    for person in found.get("people", []):
        print(f"{person['rows']:>10,}  rows by {person['name']}, {person.get('person') or 'a former colleague'}")
    for value, rows in found.get("types", {}).items():
        print(f"{rows:>10,}  rows of the type {value}")
    for bad in found.get("first_rejects", []):
        print(f"      line {bad['line']}: {bad['reason']} {bad['detail']}")


def print_rejects(client: Client, import_id: str, target: Path | None) -> None:
    """Where the refused rows are; stored when a place was given."""
    link = client.get(f"/v1/imports/{import_id}/rejects")["url"]
    if target is None:
        print(f"The refused rows, for five minutes: {link}")
    else:
        answer = requests.get(link, timeout=60)
        answer.raise_for_status()
        target.write_bytes(answer.content)
        print(f"The refused rows are in {target}.")


def local_day(instant: str, zone: str) -> date:
    return datetime.fromisoformat(instant).astimezone(ZoneInfo(zone)).date()


def months_between(first: date, last: date) -> Iterator[tuple[date, date]]:
    """Each month from the one of `first` to the one of `last`: its first day, and that of the next."""
    start = first.replace(day=1)
    while start <= last:
        following = date(start.year + start.month // MONTHS, start.month % DECEMBER + 1, 1)
        yield start, following
        start = following
