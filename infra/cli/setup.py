"""`tingjian setup`: what a new deployment needs before anybody can sign in: defaults, and the first administrator."""

import argparse
from datetime import UTC, datetime
from typing import Any

from infra.cli import defaults
from infra.cli.client import Client
from infra.cli.deployment import Deployment, new_password
from tingjian.intake.types.actions import put_type
from tingjian.intake.types.models import TypeBody
from tingjian.intake.types.storage import find_type
from tingjian.people.staff.actions import put_staff, put_team
from tingjian.people.staff.models import StaffBody, TeamBody
from tingjian.people.staff.storage import find_staff, find_team
from tingjian.platform.events import SYSTEM
from tingjian.platform.store import Store
from tingjian.sla.calendars.actions import put_calendar
from tingjian.sla.calendars.models import CalendarBody
from tingjian.sla.calendars.storage import find_calendar
from tingjian.sla.policies.actions import put_policy
from tingjian.sla.policies.models import PolicyBody
from tingjian.sla.policies.storage import find_policy


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("setup", help="default types, targets and hours, and the first administrator")
    parser.add_argument("--email", required=True, help="the administrator's address to sign in with")
    parser.add_argument("--name", default="管理员", help="the administrator's name")
    parser.add_argument("--team", default="service", help="the key of the first team")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, _client: Client) -> int:
    """Set up, and print the administrator's password once. What is there already stays as it is."""
    deployment = Deployment.from_environment()
    put_defaults(deployment.store, team=options.team, team_name="客服组", now=datetime.now(UTC))
    password = new_password()
    subject = deployment.sign_up(options.email, ("admin", "manager"), password)
    if find_staff(deployment.store, "admin") is None:
        body = StaffBody(name=options.name, email=options.email, roles=("admin", "manager"), subject=subject)
        put_staff(deployment.store, "admin", body, expected=None, actor=SYSTEM, now=datetime.now(UTC))
    print(f"{options.email}  {password}")
    return 0


def put_defaults(store: Store, *, team: str, team_name: str, now: datetime) -> None:
    """The first team, the types, the centre's hours and the targets; nothing that is there is changed."""
    made: dict[str, Any] = {"expected": None, "actor": SYSTEM, "now": now}
    if find_team(store, team) is None:
        put_team(store, team, TeamBody(name=team_name), **made)
    for key, kind in defaults.types(team).items():
        if find_type(store, key) is None:
            put_type(store, key, TypeBody.model_validate(kind), **made)
    if find_calendar(store, "centre") is None:
        put_calendar(store, "centre", CalendarBody.model_validate(defaults.centre_hours(now.date())), **made)
    for key, policy in defaults.policies().items():
        if find_policy(store, key) is None:
            put_policy(store, key, PolicyBody.model_validate(policy), **made)
