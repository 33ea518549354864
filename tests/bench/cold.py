"""P1: the cold start of every door, beside the textbook stack.

    python -m tests.bench.cold [--publish] [--doors IntakeApiFunction …] [--build FOLDER]

Each sample is a fresh process that loads what `sam build` made for this machine, from its bytecode; without a folder
the local stack builds it. A door of the API also answers its first request, since it imports the feature with it. The
textbook has a tree of its own, with the same versions, untrimmed, as a plain pip makes it, and compiled the same way.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from infra.local.settings import Settings
from tests.bench.history import local
from tests.bench.measure import (
    ROOT,
    SCRATCH,
    Machine,
    Summary,
    demand,
    machine,
    publish,
    ratios,
    save,
    shuffled_rounds,
    summarize,
    table,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PORT = 4714
LOCK = ROOT / "layers" / "tingjian" / "requirements.txt"
CHILD = Path(__file__).with_name("cold_child.py")
TEXTBOOK = "textbook"
READY = "textbook, without a request"
GOAL = 0.80
STRETCH = 0.70
# The first request of each door, by somebody who is not signed in: it is refused when everything that a request of this
# feature needs is imported, and before anything is read.
FIRST = {
    "functions.intake.api": ("/v1/tickets", 401),
    "functions.escalation.api": ("/v1/notices", 401),
    "functions.survey.api": ("/v1/follow-ups", 401),
    "functions.report.api": ("/v1/reports", 401),
}
# Values of the template's variables that a door reads as more than text.
VALUES = {
    "CENTRE_TIME_ZONE": "Asia/Shanghai",
    "PUBLIC_ORIGIN": "https://service.example.com",
    "WEBHOOK_LOOPBACK": "off",
    "SEND_SMS": "off",
    "POWERTOOLS_LOG_LEVEL": "WARNING",
}
# What Lambda sets, so that nothing takes a short cut because it runs elsewhere, and what doors may want to read.
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_LAMBDA_FUNCTION_NAME": "bench",
    "LAMBDA_TASK_ROOT": "/var/task",
    "POWERTOOLS_SERVICE_NAME": "bench",
    "POWERTOOLS_METRICS_NAMESPACE": "Bench",
}


@dataclass(frozen=True)
class Door:
    """A function to start: its module, the trees on its path, what must come from them, its own packages."""

    name: str
    module: str
    trees: tuple[Path, ...]
    expect: tuple[str, ...]
    own: tuple[str, ...]
    variables: Mapping[str, str] = field(default_factory=dict)
    first: tuple[str, int] | None = None
    """The path of a first request and the status of its answer; such a door is started when it has answered."""

    def job(self) -> str:
        """Write the order for the child."""
        path, status = self.first or ("", 0)
        job: dict[str, Any] = {"module": self.module, "trees": [str(tree) for tree in self.trees]}
        job |= {"expect": self.expect, "own": self.own, "request": first_request(path) if path else None}
        return json.dumps(job | {"status": status})


def first_request(path: str) -> dict[str, Any]:
    """Make the event of API Gateway's HTTP API (payload 2.0) for a GET by somebody who is not signed in."""
    # Without the caller's address: its keyed hash, which goes to the log of refusals, would need the secret from AWS.
    http = {"method": "GET", "path": path, "protocol": "HTTP/1.1", "userAgent": "bench"}
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": "api.example.com", "accept-language": "zh-CN"},
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "bench",
            "domainName": "api.example.com",
            "http": http,
            "requestId": "first",
            "routeKey": "$default",
            "stage": "$default",
            "time": "01/Jan/2026:00:00:00 +0000",
            "timeEpoch": 1767225600000,
        },
        "isBase64Encoded": False,
    }


@dataclass
class Starts:
    """What the samples of one door said."""

    answers: list[dict[str, Any]] = field(default_factory=list)

    def summary(self, name: str) -> Summary:
        """Summarize one figure over the rounds, the first left out."""
        return summarize([float(answer[name]) for answer in self.answers[1:]])


def read_template(path: Path) -> dict[str, Any]:
    """Read a template, its short functions (`!Ref x`) as their plain arguments."""

    class Loader(yaml.SafeLoader):
        """Knows the short functions."""

    def plain(loader: yaml.SafeLoader, _suffix: str, node: yaml.Node) -> object:
        if isinstance(node, yaml.ScalarNode):
            return loader.construct_scalar(node)
        if isinstance(node, yaml.MappingNode):
            return loader.construct_mapping(node, deep=True)
        demand(isinstance(node, yaml.SequenceNode), "an unknown kind of node")
        return loader.construct_sequence(node, deep=True)  # type: ignore[arg-type]  # demanded

    Loader.add_multi_constructor("!", plain)
    found: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader)  # noqa: S506 -- a SafeLoader
    return found


def doors(build: Path) -> list[Door]:
    """List the functions of the built template."""
    demand((build / "template.yaml").exists(), f"nothing was built in {build}")
    template = read_template(build / "template.yaml")
    shared = template.get("Globals", {}).get("Function", {})
    resources = template["Resources"]
    return [
        built_door(name, {**shared, **entry["Properties"], "Layers": layers_of(shared, entry)}, resources, build)
        for name, entry in resources.items()
        if entry["Type"] == "AWS::Serverless::Function"
    ]


def layers_of(shared: Mapping[str, Any], entry: Mapping[str, Any]) -> list[str]:
    """List the layers of a function by name; its own come beside those of all functions."""
    layers = [*shared.get("Layers", []), *entry["Properties"].get("Layers", [])]
    return [layer["Ref"] if isinstance(layer, dict) else layer for layer in layers]


def built_door(name: str, properties: Mapping[str, Any], resources: Mapping[str, Any], build: Path) -> Door:
    """Describe one function, with the layers that it names."""
    layers = [resources[layer]["Properties"]["ContentUri"] for layer in properties["Layers"] if layer in resources]
    trees = (build / properties["CodeUri"], *(build / layer / "python" for layer in layers))
    demand(all(tree.is_dir() for tree in trees), f"{name}: a tree is missing among {trees}")
    module = str(properties["Handler"]).rpartition(".")[0]
    own = ("tingjian", module.partition(".")[0])
    variables = {name: VALUES.get(name, "bench") for name in properties["Environment"]["Variables"]}
    return Door(name, module, trees, (module, "tingjian", "boto3", "pydantic"), own, variables, FIRST.get(module))


def textbooks() -> list[Door]:
    """Make the textbook's tree, once for each set of versions; it is started with and without a first request."""
    locked = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", LOCK.read_text(encoding="utf-8"), re.MULTILINE))
    names = ("boto3", "botocore", "aws-lambda-powertools", "pydantic", "pydantic-core")
    wanted = [*(f"{name}=={locked[name]}" for name in names), "aws-xray-sdk"]
    tree, marker = SCRATCH / TEXTBOOK, SCRATCH / f"{TEXTBOOK}.txt"
    if not marker.exists() or marker.read_text(encoding="utf-8") != "\n".join(wanted):
        shutil.rmtree(tree, ignore_errors=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", "--target", str(tree), *wanted]
        subprocess.run(pip, check=True)
        marker.write_text("\n".join(wanted), encoding="utf-8")
    shutil.copy2(Path(__file__).with_name("textbook.py"), tree / "textbook.py")
    compiling = [
        sys.executable,
        "-m",
        "compileall",
        "-q",
        "-j",
        "0",
        "--invalidation-mode",
        "unchecked-hash",
        str(tree),
    ]
    subprocess.run([*compiling, "-f"], check=True)
    expect = ("textbook", "boto3", "pydantic", "aws_lambda_powertools", "aws_xray_sdk")
    ready = Door(READY, "textbook", (tree,), expect, ("textbook",))
    return [replace(ready, name=TEXTBOOK, first=("/v1/nothing", 404)), ready]


def start(door: Door) -> dict[str, Any]:
    """Start a door in a fresh process and give its figures; raises WorkNotDoneError when it did anything else."""
    command = [sys.executable, "-I", "-S", "-B", str(CHILD), door.job()]
    variables = {**ENVIRONMENT, **door.variables}
    done = subprocess.run(command, check=False, cwd="/", env=variables, capture_output=True, text=True)
    demand(done.returncode == 0, f"{door.name} did not start:\n{done.stderr[-2000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    demand(not answer["problems"], f"{door.name}: {answer['problems']}")
    return answer


def run(found: Sequence[Door], rounds: int) -> tuple[dict[str, Starts], dict[str, Summary]]:
    """Start every door once a round, and compare each with its textbook, round by round.

    A door that answers a request is compared with a textbook that answers one, any other with a textbook that is ready.
    """
    starts: dict[str, Starts] = defaultdict(Starts)

    def sample(door: Door) -> float:
        answer = start(door)
        starts[door.name].answers.append(answer)
        return float(answer["ready_ms"])

    scenarios = {door.name: (lambda door=door: sample(door)) for door in found}  # bound early
    samples = shuffled_rounds(scenarios, rounds)
    compared = {against: ratios(samples, against) for against in (TEXTBOOK, READY)}
    return starts, {door.name: compared[TEXTBOOK if door.first else READY][door.name] for door in found}


def report(starts: Mapping[str, Starts], compared: Mapping[str, Summary], rounds: int, before: Machine) -> str:
    """Write the section of the benchmarks page."""
    rows = [
        [
            name,
            found.summary("import_ms").text(0),
            found.summary("ready_ms").text(0),
            found.summary("built_ms").text(0),
            found.summary("cpu_ms").text(0),
            compared[name].text(2),
            f"{found.summary('rss_mb').median:.0f}",
        ]
        for name, found in sorted(starts.items(), key=lambda pair: -compared[pair[0]].median)
    ]
    worst = max((summary.median, name) for name, summary in compared.items() if name not in {TEXTBOOK, READY})
    verdict = "Missed" if worst[0] > GOAL else "Met, and the stretch too" if worst[0] <= STRETCH else "Met"
    text = (
        "## Cold start of every door, beside the textbook stack (P1)",
        before.text(),
        (
            f"Fresh processes, {rounds} shuffled rounds, medians and quartiles, from what `sam build` made, bytecode "
            "asserted. *ready* is the door's import and its DynamoDB client, although a door makes that client only "
            "when it is first used: the textbook makes its own while importing. For a door of the API it is also the "
            "first answer, a refusal of somebody who is not signed in, since the door imports the feature with it; "
            "these are compared with the textbook's refusal of an unknown path, the others with the textbook as it is "
            "after its import. *all models* adds the building of every deferred model at once."
        ),
        table(
            ["door", "import ms", "ready ms", "all models ms", "ready, CPU ms", "ready, ratio to textbook", "RSS MB"],
            rows,
        ),
        (
            f"Goal: every door ready in at most {GOAL} of the textbook's time, stretch {STRETCH}. **{verdict}**: "
            f"the slowest is {worst[1]} with {worst[0]:.2f}."
        ),
    )
    return "\n\n".join(text)


@contextmanager
def built(folder: Path | None) -> Iterator[Path]:
    """What was built: the folder that is given, or that of a local stack that is made, stopped, and deleted again."""
    if folder:
        yield folder.resolve()
        return
    settings = Settings.read(".local-cold", PORT)
    local(settings, "start", "--no-seed")
    try:
        local(settings, "stop")
        yield settings.home / "build"
    finally:
        local(settings, "forget")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bench."""
    parser = argparse.ArgumentParser(description="Start every door beside the textbook stack.")
    parser.add_argument("--build", type=Path, help="what `sam build` made for this machine")
    parser.add_argument("--doors", nargs="*", help="logical ids; all by default")
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--publish", action="store_true", help="write the section of docs/benchmarks.md")
    options = parser.parse_args(arguments)
    before = machine()
    sys.stderr.write(before.text() + "\n")
    with built(options.build) as build:
        found = [door for door in doors(build) if not options.doors or door.name in options.doors]
        demand(found, "no door to start")
        starts, compared = run([*textbooks(), *found], options.rounds)
    text = report(starts, compared, options.rounds, before)
    sys.stdout.write(text + "\n")
    figures = ("import_ms", "ready_ms", "built_ms", "cpu_ms", "rss_mb")
    result = {
        name: {"ratio": compared[name].median, **{figure: kept.summary(figure).median for figure in figures}}
        for name, kept in starts.items()
    }
    save("cold", before, {"rounds": options.rounds, "doors": result})
    if options.publish:
        publish("cold", text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
