"""What the work after the fix costs, act by act: calls, write and read units by AWS's rules, indexes included.

    python -m tests.bench.aftercare [--publish]

On moto: counts are told, no times. `tests/functions/test_aftercare_budgets.py` keeps the same figures true.
"""

import argparse
import os
import sys
from dataclasses import asdict

from tests.aftercare import Units, measured, survey_acts, warm
from tests.aftercare_calls import callback_acts
from tests.aftercare_plans import plan_acts
from tests.bench.measure import demand, machine, publish, save, table
from tests.builders import DESK, JOURNAL, emulated_aws, make_centre, make_tables
from tests.template.templates import template
from tingjian.platform.store import Store

ACTS = (survey_acts, callback_acts, plan_acts)
"""A line each part: surveys, and what else is done after the fix."""


def main() -> None:
    """Measure all acts, and print or publish them."""
    options = argparse.ArgumentParser(description="Count what the work after the fix costs.")
    options.add_argument("--publish", action="store_true", help="write docs/benchmarks.md")
    given, before = options.parse_args(), machine()
    found = measured_acts()
    demand(all(units.calls for units in found.values()), "an act cost nothing")
    rows = [(name, str(units.calls), f"{units.writes:g}", f"{units.reads:g}") for name, units in found.items()]
    text = (
        f"## After the fix: units an act\n\n{before.text()}\n\n"
        "By AWS's rules, indexes and the event of each act included; `python -m tests.bench.aftercare` counts them.\n"
        "A message costs its way out and what its delivery writes besides.\n\n"
        f"{table(('act', 'calls', 'write units', 'read units'), rows)}\n"
    )
    sys.stdout.write(text)
    save("aftercare", before, {name: asdict(units) for name, units in found.items()})
    if given.publish:
        publish("aftercare", text)


def measured_acts() -> dict[str, Units]:
    """The units of each act in a small centre whose process has served before."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        os.environ[name] = "test"
    os.environ["AWS_DEFAULT_REGION"] = "eu-central-1"
    with emulated_aws():
        import boto3  # noqa: PLC0415 - inside the emulated AWS

        client = boto3.client("dynamodb")
        make_tables(client, template())
        store = Store(client, DESK, JOURNAL)
        make_centre(store)
        warm(store)
        return {name: measured(store, act) for acts in ACTS for name, act in acts(store)}


if __name__ == "__main__":
    main()
