"""`tingjian seed`: the demo, on a local stack only: a centre of eight people, its customers and thirty days of work."""

import argparse
import json
import sys
from datetime import UTC, datetime

from tqdm import tqdm

from infra.cli.client import Client, local_folder, local_stack
from infra.cli.deployment import Deployment, new_password
from infra.cli.setup import put_defaults
from infra.demo.centre import LEADS, OPERATOR, PEOPLE, TEAMS, Person
from infra.demo.history import REQUEST_COUNT, live
from infra.demo.plans import plan_calls
from tingjian.people.staff.actions import put_staff, put_team
from tingjian.people.staff.models import StaffBody, TeamBody
from tingjian.people.staff.storage import find_staff, find_team
from tingjian.platform.events import SYSTEM

DOMAIN = "demo.tingjian.example"


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("seed", help="demo data for a local stack")
    parser.add_argument("--print-logins", action="store_true", help="only print the log-ins and how to try them")
    parser.add_argument("--people-only", action="store_true", help="the centre without customers and requests")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, _client: Client) -> int:
    """Seed; a second time adds nothing."""
    if not local_stack():
        print("There is no local stack here: `make run` starts one.", file=sys.stderr)
        return 1
    if options.print_logins:
        print_logins()
        return 0
    deployment = Deployment.from_environment()
    make_people(deployment)
    if not options.people_only:
        work = live(deployment.store, deployment.signer, now=datetime.now(UTC))
        for _ in tqdm(work, total=REQUEST_COUNT, desc="requests", unit="", disable=None):
            pass
        plan_calls(deployment.store, deployment.signer, now=datetime.now(UTC))
    return 0


def make_people(deployment: Deployment) -> None:
    """Teams, departments, defaults, and people who can sign in; passwords are drawn here and kept in the folder."""
    now, store = datetime.now(UTC), deployment.store
    for team, (name, kind) in TEAMS.items():
        if find_team(store, team) is None:
            body = TeamBody.model_validate({"name": name, "kind": kind})
            put_team(store, team, body, expected=None, actor=SYSTEM, now=now)
    put_defaults(store, team="aftersales", team_name="售后组", now=now)
    logins = {}
    for person in (*PEOPLE, OPERATOR):
        logins[person.id] = _sign_up(deployment, person, now)
    for team, lead in LEADS.items():
        found = find_team(store, team)
        if found is not None and found.lead is None:
            body = TeamBody(name=found.name, kind=found.kind, lead=lead, manager="wugang")
            put_team(store, team, body, expected=found.version, actor=SYSTEM, now=now)
    folder = local_folder()
    (folder / "logins.json").write_text(json.dumps(logins, ensure_ascii=False, indent=2))
    operator = logins[OPERATOR.id]
    (folder / "operator.json").write_text(json.dumps({"user": operator["email"], "password": operator["password"]}))
    (folder / "operator.json").chmod(0o600)
    (folder / "logins.json").chmod(0o600)


def print_logins() -> None:
    stack, logins = local_stack(), json.loads((local_folder() / "logins.json").read_text())
    print("\nLog-ins (e-mail, password):")
    for login in logins.values():
        print(f"  {login['name']}\t{'/'.join(login['roles']):<14} {login['email']:<36} {login['password']}")
    lead = logins["zhaomin"]
    sign_in = json.dumps(
        {
            "ClientId": stack["client_id"],
            "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": {"USERNAME": lead["email"], "PASSWORD": lead["password"]},
        }
    )
    ask = json.dumps(
        {"type": "enquiry", "subject": "有现货吗", "text": "38 码还有吗？", "contact": {"phone": "13800138000"}},
        ensure_ascii=False,
    )
    print("\nTry:")
    print(
        f"  TOKEN=$(curl -s {stack['url']}/ -H 'X-Amz-Target: AWSCognitoIdentityProviderService.InitiateAuth'"
        f" -H 'Content-Type: application/x-amz-json-1.1' -d '{sign_in}'"
        ' | python3 -c \'import json,sys; print(json.load(sys.stdin)["AuthenticationResult"]["IdToken"])\')'
    )
    print(f"  curl -s '{stack['url']}/v1/tickets?team=aftersales&limit=5' -H \"Authorization: Bearer $TOKEN\"")
    print(f"  curl -s {stack['url']}/v1/public/tickets -H 'Idempotency-Key: first-try' -d '{ask}'\n")


def _sign_up(deployment: Deployment, person: Person, now: datetime) -> dict[str, object]:
    email, password = f"{person.id}@{DOMAIN}", new_password()
    subject = deployment.sign_up(email, person.roles, password)
    if find_staff(deployment.store, person.id) is None:
        body = StaffBody(name=person.name, email=email, roles=person.roles, teams=person.teams, subject=subject)
        put_staff(deployment.store, person.id, body, expected=None, actor=SYSTEM, now=now)
    return {"name": person.name, "roles": person.roles, "email": email, "password": password}
