"""`tingjian report`: a report of any period, as JSON on the screen or as a file."""

import argparse
import json
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests

from infra.cli.client import Client, ProblemError

FORMATS = ("json", "html", "xlsx", "csv")
FILTERS = ("type", "channel", "priority", "team", "person", "customer", "source")
POLL_SECONDS = 0.25
PATIENCE_SECONDS = 600.0
HIDDEN = ("formats", "rows", "requested_by")


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("report", help="make a report of a period")
    parser.add_argument("--last", type=int, metavar="DAYS", help="so many days until now, instead of --from and --to")
    parser.add_argument("--from", dest="start", help="its first local day, or an instant")
    parser.add_argument("--to", dest="end", help="the day after its last one, or an instant")
    parser.add_argument("--zone", help="IANA time zone, default: the centre's")
    counted = parser.add_mutually_exclusive_group()
    counted.add_argument("--imported", action="store_true", help="count imported history instead of live tickets")
    counted.add_argument("--all", action="store_true", help="count live tickets and imported history together")
    for name in FILTERS:
        parser.add_argument(f"--{name}", help=f"only tickets of this {name}")
    parser.add_argument("--language", choices=("zh-CN", "zh-TW", "en"), help="of page and spreadsheet")
    parser.add_argument("--format", choices=FORMATS, default="json")
    parser.add_argument("--output", type=Path, help="where to write it; JSON goes to the screen without")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, client: Client) -> int:
    if options.format != "json" and options.output is None:
        print(f"Say where to write the {options.format} file: --output FILE", file=sys.stderr)
        return 2
    if bool(options.last) == bool(options.start and options.end):
        print("Say which period: --last DAYS, or --from and --to.", file=sys.stderr)
        return 2
    report = make_report(client, body_of(options))
    if options.format == "json":
        text = json.dumps(figures_of(report), ensure_ascii=False, indent=2) + "\n"
        if options.output is None:
            sys.stdout.write(text)
        else:
            options.output.write_text(text, encoding="utf-8")
        return 0
    link = client.get(f"/v1/reports/{report['id']}/file", format=options.format)
    download(link["url"], options.output)
    print(f"The report is in {options.output}.", file=sys.stderr)
    return 0


def body_of(options: argparse.Namespace) -> dict[str, Any]:
    imported = "all" if options.all else options.imported
    if options.last:
        now = datetime.now(UTC).replace(microsecond=0)
        options.start, options.end = (now - timedelta(days=options.last)).isoformat(), now.isoformat()
    body = {"from": options.start, "to": options.end, "zone": options.zone, "imported": imported}
    body |= {name: getattr(options, name) for name in (*FILTERS, "language")}
    return {name: value for name, value in body.items() if value is not None}


def make_report(client: Client, body: dict[str, Any]) -> dict[str, Any]:
    """Ask for a report and wait until it is made. Raises ProblemError when it fails or takes more than ten minutes."""
    asked = client.post("/v1/reports", body)
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        report: dict[str, Any] = client.get(f"/v1/reports/{asked['id']}")
        if report["state"] == "made":
            return report
        if report["state"] == "failed":
            raise ProblemError({"title": f"The report failed: {report.get('problem')}. It is tried again by itself."})
        time.sleep(POLL_SECONDS)
    raise ProblemError({"title": f"The report {asked['id']} is not there after ten minutes."})


def download(url: str, target: Path) -> None:
    """Fetch a file by its link. Raises ProblemError when the store refuses it."""
    with requests.get(url, stream=True, timeout=600) as answer:
        if not answer.ok:
            raise ProblemError({"status": answer.status_code, "title": answer.text[:500]})
        with target.open("wb") as file:
            for part in answer.iter_content(1 << 20):
                file.write(part)


def figures_of(report: dict[str, Any]) -> dict[str, Any]:
    figures: dict[str, Any] = report["figures"]
    return {name: value for name, value in report.items() if name not in {"figures", *HIDDEN}} | figures
