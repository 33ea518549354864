"""P6: filing a ticket, beside django-helpdesk on PostgreSQL.

    python -m tests.bench.peer [--publish] [--tickets 10000] [--rounds 5] [--count 200]

The peer gets an environment of its own under .local/peer, a database cluster of its own under the system's temporary
folder, and is set up for production: gunicorn with two workers of two threads, debugging off, mail rendered but not
sent, persistent database connections. Both sides are driven by the same client over HTTP on 127.0.0.1.
"""

from __future__ import annotations

import argparse
import getpass
import json
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import boto3

from infra.cli.deployment import Deployment
from infra.local.settings import Settings
from tests.bench.history import stack
from tests.bench.measure import (
    ROOT,
    Load,
    Machine,
    Request,
    Summary,
    demand,
    drive,
    machine,
    percentile,
    publish,
    save,
    shuffled_rounds,
    summarize,
    table,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.bench.history import CommandLine

HOME = ROOT / ".local" / "peer"
SITE = Path(__file__).resolve().parent
REQUIREMENTS = ("django-helpdesk==2.6.1", "Django==5.2.19", "psycopg[binary]==3.3.9", "gunicorn==27.0.1")
CLIENTS = (1, 4, 8)
AGENT = "chenyu"
WARM_UP = 40
GOAL_P50 = 0.5
GOAL_RATE = 2.0

TEXT = "The parcel was promised for Monday and has not arrived. Nobody answers the phone. " * 3


@dataclass(frozen=True)
class Target:
    """One side: where it listens, how a ticket is filed there, and how to prove that all of them were."""

    name: str
    port: int
    request: Callable[[int], Request]
    prove: Callable[[Load], None]


def install() -> Path:
    """Make the peer's environment once, and give its interpreter."""
    python = HOME / "bin" / "python"
    marker = HOME / "installed.txt"
    if not marker.exists() or marker.read_text(encoding="utf-8") != "\n".join(REQUIREMENTS):
        subprocess.run([sys.executable, "-m", "venv", HOME], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *REQUIREMENTS], check=True)
        marker.write_text("\n".join(REQUIREMENTS), encoding="utf-8")
    return python


def tool(name: str) -> str:
    """Find a program of PostgreSQL on PATH or where Debian keeps it."""
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = shutil.which(name) or (str(versions[-1]) if versions else None)
    demand(found, f"{name} of PostgreSQL not found: install its server package or put its programs on PATH")
    return str(found)


def database_user() -> str:
    """Name the system user that the database runs as: it refuses to run as root."""
    if os.geteuid() != 0:
        return getpass.getuser()
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@dataclass(frozen=True)
class Database:
    """A running cluster, reached through a socket in its folder."""

    folder: Path
    user: str

    def run(self, *command: str) -> str:
        """Run a program as the cluster's user and give what it prints."""
        switched = {"user": self.user, "group": pwd.getpwnam(self.user).pw_gid, "extra_groups": []}
        done = subprocess.run(
            command,
            check=True,
            cwd=self.folder,
            stdout=subprocess.PIPE,
            text=True,
            **(switched if os.geteuid() == 0 else {}),  # type: ignore[call-overload]  # one of two sets of options
        )
        return str(done.stdout)

    def count(self, relation: str) -> int:
        """Count the rows of a table."""
        query = f"SELECT count(*) FROM {relation}"  # noqa: S608 -- table names of this file
        return int(self.run(tool("psql"), "-h", str(self.folder), "-U", self.user, "-d", "peer", "-tAc", query))


@contextmanager
def database() -> Iterator[Database]:
    """Run a fresh PostgreSQL cluster with 1 GB of shared buffers, its durability as shipped; remove it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="peer-pg-"))
    user = database_user()
    if os.geteuid() == 0:
        shutil.chown(folder, user)
    cluster, data = Database(folder, user), folder / "data"
    try:
        cluster.run(tool("initdb"), "-D", str(data), "-U", user, "-A", "trust", "-E", "UTF8", "--locale=C")
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c shared_buffers=1GB"
        cluster.run(tool("pg_ctl"), "-D", str(data), "-o", options, "-l", str(folder / "log.txt"), "-w", "start")
        try:
            cluster.run(tool("psql"), "-h", str(folder), "-U", user, "-d", "postgres", "-qc", "CREATE DATABASE peer")
            yield cluster
        finally:
            cluster.run(tool("pg_ctl"), "-D", str(data), "-m", "fast", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """Find a port of 127.0.0.1 that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def gunicorn(python: Path, environment: dict[str, str]) -> Iterator[int]:
    """Serve the peer's site and give its port."""
    port = free_port()
    options = ("-k", "gthread", "-w", "2", "--threads", "2", "--keep-alive", "75", "-b", f"127.0.0.1:{port}")
    command = (python, "-m", "gunicorn", *options, "--log-level", "warning", "peer_site.wsgi")
    with subprocess.Popen(command, cwd=SITE, env=environment) as server:
        try:
            wait_for(port, server)
            yield port
        finally:
            server.terminate()
            server.wait(20)


def wait_for(port: int, server: subprocess.Popen[bytes], seconds: float = 30.0) -> None:
    """Wait until the server accepts connections."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        demand(server.poll() is None, "the peer's server ended at once")
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    demand(condition=False, what="the peer's server did not start")


@dataclass(frozen=True)
class Site:
    """The peer's site with tickets in it, not yet served."""

    python: Path
    environment: dict[str, str]
    cluster: Database
    seeded: dict[str, object]

    def run(self, module: str, *arguments: str) -> str:
        """Run one of its modules, and give what it prints."""
        command = [str(self.python), "-m", module, *arguments]
        done = subprocess.run(
            command, check=True, cwd=SITE, env=self.environment, stdout=subprocess.PIPE, text=True
        )  # fmt: skip
        return done.stdout


@contextmanager
def site(tickets: int) -> Iterator[Site]:
    """Make the peer's database with that many tickets in it, seeded as its module says."""
    python = install()
    with database() as cluster, tempfile.TemporaryDirectory(prefix="peer-media-") as media:
        environment = {
            **os.environ,
            "PYTHONPATH": str(SITE),
            "DJANGO_SETTINGS_MODULE": "peer_site.settings",
            "PEER_SECRET_KEY": secrets.token_hex(),
            "PEER_SOCKET": str(cluster.folder),
            "PEER_ROLE": cluster.user,
            "PEER_MEDIA": media,
        }
        made = Site(python, environment, cluster, {})
        made.run("django", "migrate", "--verbosity", "0")
        seeded = json.loads(made.run("peer_site.seed", str(tickets)))
        demand(seeded["tickets"] == tickets and seeded["open"] >= tickets * 0.6, f"the peer was not seeded: {seeded}")
        yield replace(made, seeded=seeded)


@contextmanager
def peer(tickets: int) -> Iterator[Target]:
    """Serve the peer with that many tickets in it."""
    with site(tickets) as made, gunicorn(made.python, made.environment) as port:
        yield peer_target(port, made.cluster, made.seeded)


def peer_target(port: int, cluster: Database, seeded: dict[str, object]) -> Target:
    """Describe how the peer files a ticket: `POST /api/tickets/` of a signed-in member of staff."""
    headers = {
        "Content-Type": "application/json",
        "Cookie": f"sessionid={seeded['session']}; csrftoken={seeded['csrf']}",
        "X-CSRFToken": str(seeded["csrf"]),
    }

    def request(number: int) -> Request:
        ticket = {
            "queue": seeded["queue"],
            "title": f"Late parcel {number}",
            "description": TEXT,
            "submitter_email": f"customer{number}@example.com",
            "priority": 3,
        }
        return Request("POST", "/api/tickets/", headers, json.dumps(ticket).encode())

    filed = cluster.count("helpdesk_ticket")

    def prove(load: Load) -> None:
        nonlocal filed
        before, filed = filed, cluster.count("helpdesk_ticket")
        answers = {json.loads(body)["id"] for body in load.bodies}
        demand(
            filed - before == len(answers) == len(load.bodies), f"{filed - before} rows for {len(load.bodies)} answers"
        )

    return Target("django-helpdesk", port, request, prove)


def token_of(command: CommandLine) -> str:
    """The token of an agent of the demo's people."""
    os.environ |= command.settings.environment()
    outputs = Deployment.from_environment().outputs
    login = json.loads((command.settings.home / "logins.json").read_text(encoding="utf-8"))[AGENT]
    tokens = boto3.client("cognito-idp").initiate_auth(
        ClientId=outputs["StaffClientId"],
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": login["email"], "PASSWORD": login["password"]},
    )
    token: str = tokens["AuthenticationResult"]["IdToken"]
    return token


def our_target(port: int, token: str) -> Target:
    """Describe how we file a ticket: `POST /v1/tickets` of a signed-in member of staff, with an Idempotency-Key."""

    def request(number: int) -> Request:
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {token}",
            "Idempotency-Key": secrets.token_hex(16),
        }
        return Request("POST", "/v1/tickets", headers, json.dumps(our_ticket(number)).encode())

    def prove(load: Load) -> None:
        answers = {json.loads(body)["id"] for body in load.bodies}
        demand(len(answers) == len(load.bodies), f"{len(answers)} tickets for {len(load.bodies)} answers")
        for ticket in sorted(answers)[:20]:
            asked = urllib.request.Request(
                f"http://127.0.0.1:{port}/v1/tickets/{ticket}", headers={"Authorization": f"Bearer {token}"}
            )
            with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310 -- http to 127.0.0.1
                demand(json.load(answer)["id"] == ticket, f"ticket {ticket} cannot be read back")

    return Target("Tingjian", port, request, prove)


def our_ticket(number: int) -> dict[str, object]:
    """Write the body of `POST /v1/tickets`, with the same amount of text as the peer gets."""
    return {
        "type": "feedback",
        "subject": f"Late parcel {number}",
        "text": TEXT,
        "channel": "email",
        "contact": {"name": "Customer", "email": f"customer{number}@example.com"},
    }


class Side:
    """A target together with what was measured on it."""

    def __init__(self, target: Target) -> None:
        """Start with nothing measured."""
        self.target = target
        self.sent = 0
        self.loads: dict[int, list[Load]] = {clients: [] for clients in CLIENTS}

    def load(self, clients: int, count: int) -> Load:
        """File `count` tickets and prove it."""
        requests = [self.target.request(self.sent + number) for number in range(count)]
        self.sent += count
        load = drive(self.target.port, requests, clients, expect=201)
        demand(not load.errors, f"{self.target.name}: {load.errors[:3]}")
        demand(len(load.milliseconds) == count, f"{self.target.name}: {len(load.milliseconds)} of {count} answered")
        self.target.prove(load)
        return load

    def sample(self, clients: int, count: int) -> float:
        """File tickets, keep what was measured, and give tickets a second."""
        load = self.load(clients, count)
        self.loads[clients].append(load)
        return load.per_second

    def rates(self, clients: int) -> Summary:
        """Summarize tickets a second over the rounds."""
        return summarize([load.per_second for load in self.loads[clients]])

    def p50(self, clients: int) -> Summary:
        """Summarize the rounds' medians in milliseconds."""
        return summarize([percentile(load.milliseconds, 0.5) for load in self.loads[clients]])

    def p99(self, clients: int) -> float:
        """Take the 99th percentile of all answers in milliseconds."""
        return percentile([took for load in self.loads[clients] for took in load.milliseconds], 0.99)


def compare(targets: Sequence[Target], rounds: int, count: int) -> list[Side]:
    """Drive every side with every number of clients, in rounds shuffled together."""
    sides = [Side(target) for target in targets]
    for side in sides:
        side.load(max(CLIENTS), WARM_UP)
    scenarios = {
        f"{side.target.name} {clients}": (lambda side=side, clients=clients: side.sample(clients, count))
        for side in sides
        for clients in CLIENTS
    }
    shuffled_rounds(scenarios, rounds, drop=0)
    return sides


def result(sides: Sequence[Side], tickets: int) -> dict[str, object]:
    """Gather the figures as JSON."""
    return {
        "seeded_tickets": tickets,
        "sides": {
            side.target.name: {
                str(clients): {
                    "p50_ms": side.p50(clients).median,
                    "p99_ms": side.p99(clients),
                    "per_second": side.rates(clients).median,
                    "per_second_low": side.rates(clients).low,
                    "per_second_high": side.rates(clients).high,
                    "requests": sum(len(load.milliseconds) for load in side.loads[clients]),
                }
                for clients in CLIENTS
            }
            for side in sides
        },
    }


def report(sides: Sequence[Side], tickets: int, before: Machine) -> str:
    """Write the section of the benchmarks page."""
    rows = [
        [
            side.target.name,
            str(clients),
            side.p50(clients).text(),
            f"{side.p99(clients):.1f}",
            side.rates(clients).text(),
        ]
        for clients in CLIENTS
        for side in sides
    ]
    text = [
        "## Filing a ticket, beside django-helpdesk (P6)",
        before.text(),
        (
            f"django-helpdesk 2.6.1 on Django 5.2.19 and PostgreSQL holds {tickets:,} tickets at the start. Same "
            "client, keep-alive, on the same machine. The peer checks a session and a CSRF token, and writes a "
            "ticket to a durable database. It has no idempotency keys and no journal of events. Our store is the local "
            "emulator, which keeps its data in memory and saves it every few seconds; every request runs in a function."
        ),
        table(["side", "clients", "p50 ms (quartiles of rounds)", "p99 ms", "tickets/s (quartiles)"], rows),
    ]
    if len(sides) > 1:
        text.append(verdict(*sides))
    return "\n\n".join(text)


def verdict(theirs: Side, ours: Side) -> str:
    """Hold the two sides against the goal."""
    most = max(CLIENTS)
    time_ratio = ours.p50(1).median / theirs.p50(1).median
    rate_ratio = ours.rates(most).median / theirs.rates(most).median
    met = time_ratio <= GOAL_P50 and rate_ratio >= GOAL_RATE
    return (
        f"Goal: p50 at most {GOAL_P50} of the peer's, tickets a second at {most} clients at least {GOAL_RATE} times "
        f"the peer's. **{'Met' if met else 'Missed'}**: p50 {time_ratio:.2f}, tickets a second {rate_ratio:.2f}."
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bench."""
    parser = argparse.ArgumentParser(description="File tickets here and at django-helpdesk.")
    parser.add_argument("--tickets", type=int, default=10_000, help="tickets in the peer's database at the start")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--count", type=int, default=200, help="tickets filed in each sample")
    parser.add_argument("--home", default=".local-peer", help="folder of the stack that is made for this")
    parser.add_argument("--port", type=int, default=4713)
    parser.add_argument("--publish", action="store_true", help="write the section of docs/benchmarks.md")
    options = parser.parse_args(arguments)
    before = machine()
    sys.stderr.write(before.text() + "\n")
    with peer(options.tickets) as theirs, stack(Settings.read(options.home, options.port), keep=False) as command:
        sides = compare([theirs, our_target(options.port, token_of(command))], options.rounds, options.count)
    text = report(sides, options.tickets, before)
    sys.stdout.write(text + "\n")
    save("peer", before, result(sides, options.tickets))
    if options.publish:
        publish("peer", text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
