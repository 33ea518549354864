"""A centre in which everybody has something, with a door to each wing, whose state can be put back."""

import copy
import importlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import Table

from tests.builders import DESK, JOURNAL, MANAGER, emulated_aws, make_centre, make_tables
from tests.functions.door import BUCKET, Answer, Knocker, opened
from tests.functions.escalation.scene import sweep
from tests.functions.rights.people import COLLEAGUE, INACTIVE, NARROW, NEW_STAFF, STRANGER
from tests.functions.rights.scopes import Place
from tingjian.notifications.deliveries.models import Delivery
from tingjian.notifications.deliveries.storage import delivery_write
from tingjian.notifications.webhooks.models import Webhook
from tingjian.notifications.webhooks.storage import webhook_write
from tingjian.people.staff.models import Staff, Team
from tingjian.people.staff.storage import staff_write, team_write
from tingjian.platform import resources
from tingjian.platform.events import load_events
from tingjian.platform.ids import derived_id
from tingjian.platform.items import Item
from tingjian.platform.rights import Caller
from tingjian.platform.signing import Signer
from tingjian.platform.store import Store, Write
from tingjian.survey.callbacks.actions import new_callback
from tingjian.survey.callbacks.models import Callback
from tingjian.survey.surveys.actions import issue_survey

REGION = "eu-central-1"
SECRET = Signer(b"s" * 64)
OTHER_UPLOAD = "upload-other"
WINGS = ("intake", "escalation", "survey", "report")
State = dict[str, dict[Any, dict[Any, Any]]]


@dataclass(frozen=True)
class Thing:
    """Something that can be asked for: what fills the path, and whose it is (None for the centre's)."""

    parts: Mapping[str, str]
    place: Place | None = None


@dataclass
class Centre:
    """Doors and things; `personal` is what no answer may hold."""

    doors: dict[str, Knocker]
    store: Store
    things: dict[str, list[Thing]] = field(default_factory=lambda: defaultdict(list))
    parts: dict[str, str] = field(default_factory=dict)
    personal: list[str] = field(default_factory=list)

    def knock(
        self,
        wing: str,
        method: str,
        path: str,
        body: object = None,
        *,
        caller: Caller | None = MANAGER,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Knock at a wing's door."""
        return self.doors[wing].knock(method, path, body, caller=caller, headers=dict(headers or {}))

    def do(self, wing: str, method: str, path: str, body: object = None, *, caller: Caller | None = MANAGER) -> Any:
        """Knock for what must be done; the answer's JSON."""
        answer = self.knock(wing, method, path, body, caller=caller)
        assert answer.status < 300, (method, path, answer.text)
        return answer.json

    @property
    def state(self) -> State:
        """All items of both tables, as they stand."""
        tables = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables
        return {name: _same_items(tables[name].items) for name in (DESK, JOURNAL)}

    def put_back(self, state: State) -> None:
        """Make everything as it was. Moto never changes an item that is replaced, so the items themselves can stay."""
        tables = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables
        for name, partitions in state.items():
            found = tables[name].items
            for key in {*found, *partitions}:
                if found.get(key) != partitions.get(key):
                    resources.store().forget(key.value)
            tables[name].items = _same_items(partitions)

    def ticket(self, team: str, owner: Caller | None, customer: str | None = None) -> Thing:
        """A new ticket with a file, of its own customer unless one is named; its parts as its reader names them."""
        phone, email = f"1380000{len(self.personal):04d}", f"customer{len(self.personal)}@mail.example"
        self.personal += [phone, email]
        order = f"A-{len(self.personal)}"
        upload = f"upload-{len(self.personal)}"
        put_upload(upload)
        known: dict[str, Any] = {"contact": {"name": "王芳", "phone": phone, "email": email}}
        body = {
            "type": "feedback",
            "subject": "包裹没到",
            "text": "三天了。",
            "channel": "email",
            **({"customer_id": customer} if customer else known),
            "order_number": order,
            "team": team,
            "assign_to_me": owner is not None,
            "attachments": [upload],
        }
        number = self.do("intake", "POST", "/v1/tickets", body, caller=owner or MANAGER)["id"]
        view = self.do("intake", "GET", f"/v1/tickets/{number}")
        parts = {
            "ticket": number,
            "number": "1",
            "customer": view["customer"]["id"],
            "message": view["messages"][0]["id"],
            "attachment": upload,
            "other": self.parts.get("other", ""),
            "order": order,
            "token": SECRET.token("follow", number, expires_at=datetime.now(UTC) + timedelta(days=1)),
        }
        return Thing(parts, Place(team, owner.id if owner else None))

    def with_other_file(self, ticket: Thing, written: str = "replies") -> str:
        """The id of a further message of the ticket, a reply (or a note) that brings another file."""
        path = f"/v1/tickets/{ticket.parts['ticket']}/{written}"
        receipt = self.do("intake", "POST", path, {"text": "见附件", "attachments": [OTHER_UPLOAD]})
        return str(receipt["message_id"])


def put_upload(upload: str) -> None:
    boto3.client("s3").put_object(Bucket=BUCKET, Key=f"uploads/{upload}", Body=b"x", ContentType="image/png")


@contextmanager
def made_centre(template: Mapping[str, Any]) -> Iterator[Centre]:
    """The centre, in an AWS of its own."""
    with pytest.MonkeyPatch.context() as patch, emulated_aws():
        for name, value in {
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }.items():
            patch.setenv(name, value)
        patch.delenv("AWS_ENDPOINT_URL", raising=False)
        patch.setattr(Table, "__deepcopy__", _copied, raising=False)
        client = boto3.client("dynamodb")
        make_tables(client, template)
        store = Store(client, DESK, JOURNAL)
        make_centre(store)
        with opened("intake", patch):
            doors = {wing: Knocker(importlib.import_module(f"functions.{wing}.api").handler) for wing in WINGS}
            centre = Centre(doors, store)
            _fill(centre)
            yield centre


def _copied(table: Table, _memo: object) -> Table:
    """What moto keeps of a table during a transaction; its own way copies every item, which takes most of the time."""
    kept = copy.copy(table)
    kept.items = _same_items(table.items)
    return kept


def _same_items(partitions: Mapping[Any, Mapping[Any, Any]]) -> defaultdict[Any, dict[Any, Any]]:
    return defaultdict(dict, {key: dict(items) for key, items in partitions.items()})


def _fill(centre: Centre) -> None:
    put_upload(OTHER_UPLOAD)
    _add_people(centre)
    _add_tickets(centre)
    _add_handoffs(centre)
    _add_surveys(centre)
    _add_callbacks(centre)
    _add_plans(centre)
    _add_catalogues(centre)
    for team in ("aftersales", "presales"):
        centre.things["queue"].append(Thing({"team": team}, Place(team, None)))
        centre.things["team"].append(Thing({"team": team}, Place(team)))
    for department in ("warehouse", "kitchen"):
        centre.things["department"].append(Thing({"department": department}, Place(department)))
    centre.things["centre"].append(Thing(centre.parts))


def _add_people(centre: Centre) -> None:
    kitchen = Team(id="kitchen", version=1, name="厨房", kind="department")
    people = [
        Staff(
            id=caller.id,
            version=1,
            name=caller.name,
            roles=tuple(caller.roles or {"agent"}),
            teams=tuple(caller.teams),
            subject=f"sub-{caller.id}",
            active=caller is not INACTIVE,
        )
        for caller in NEW_STAFF
    ]
    centre.store.transact([team_write(kitchen), *map(staff_write, people)])


def _add_tickets(centre: Centre) -> None:
    """Tickets in both teams, each with its alert and its notices."""
    other = centre.ticket("aftersales", None)
    centre.parts |= {"other": other.parts["ticket"], "customer": other.parts["customer"]}
    known = {"name": "王芳", "address": ADDRESS, "reason": "correction", "text": "更正"}
    path = f"/v1/customers/{centre.parts['customer']}"
    assert centre.knock("intake", "PATCH", path, known, headers={"if-match": '"1"'}).status == 200
    centre.personal.append(ADDRESS)
    owners: list[tuple[str, Caller | None]] = [(team, owner) for owner in NARROW for team in ("aftersales", "presales")]
    owners += [("aftersales", COLLEAGUE), ("aftersales", None), ("presales", STRANGER), ("presales", None)]
    tickets = [centre.ticket(team, owner) for team, owner in owners]
    shared = centre.ticket("aftersales", None)
    centre.things["of one customer"] = [
        shared,
        centre.ticket("presales", None, shared.parts["customer"]),
        centre.ticket("presales", STRANGER, shared.parts["customer"]),
    ]
    for thing in tickets[:2]:
        opened = f"{thing.parts['customer']}.survey"
        token = SECRET.token("consents", opened, expires_at=datetime.now(UTC) + timedelta(days=1))
        centre.things["consents"].append(Thing({**thing.parts, "consents": opened, "token": token}, thing.place))
    sweep(centre.store, datetime.now(UTC) + timedelta(minutes=49))
    for thing in tickets:
        [alert] = centre.store.query_all(f"ticket#{thing.parts['ticket']}", prefix="alert#")
        assert thing.place
        told = next((name for name in alert["told"] if name == thing.place.owner), "")
        parts = {**thing.parts, "alert": alert["id"]}
        centre.things["ticket"].append(Thing(parts, thing.place))
        centre.things["alert"].append(Thing(parts, Place(thing.place.team, told)))
    [notice, *_] = centre.store.query_all(f"staff#{COLLEAGUE.id}", prefix="notice#")
    for caller in (*NARROW, MANAGER, COLLEAGUE, *NEW_STAFF[:3], Caller(id="cang", name="", roles=frozenset())):
        mine = notice | {"pk": f"staff#{caller.id}", "sk": notice["sk"] + f"-{caller.id}"}
        _put(centre, mine)
        at = datetime.fromisoformat(notice["sk"].split("#")[1])
        identifier = f"{round(at.timestamp() * 1000)}-{mine['sk'].split('#')[2]}"
        centre.things["notice"].append(Thing({"notice": identifier}, Place("", caller.id)))


def _add_handoffs(centre: Centre) -> None:
    for department in ("warehouse", "kitchen"):
        thing = centre.ticket("presales", None)
        path = f"/v1/tickets/{thing.parts['ticket']}/handoffs"
        centre.do(
            "intake",
            "POST",
            path,
            {"department": department, "request": "请查库存", "attachments": [thing.parts["attachment"]]},
        )
        centre.things["handoff"].append(Thing(thing.parts, Place(department)))


def _add_surveys(centre: Centre) -> None:
    """A survey in each team, open, and follow-ups of answered ones at everybody."""
    followed = None
    for team in ("aftersales", "presales", "aftersales"):
        thing = centre.ticket(team, COLLEAGUE if team == "aftersales" else STRANGER)
        number = thing.parts["ticket"]
        centre.do("intake", "POST", f"/v1/tickets/{number}/resolve", {"reply": "好了", "spoken": "phone"})
        survey = issue_survey(centre.store, load_events(centre.store, f"ticket#{number}")[-1], now=datetime.now(UTC))
        assert survey
        token = SECRET.token("survey", survey.id, expires_at=survey.expires_at)
        if len(centre.things["survey"]) < 2:
            parts = {"survey": survey.id, "ticket": number, "token": token}
            centre.things["survey"].append(Thing(parts, Place(team, survey.person)))
        else:
            centre.do("survey", "POST", f"/v1/public/surveys/{token}/answer", {"score": 1}, caller=None)
            [followed] = [item for item in centre.store.query_all(f"followup#{survey.id}") if item["sk"] == "followup"]
    assert followed
    for thing in centre.things["ticket"]:
        assert thing.place
        mine = followed | {"pk": f"followup#{thing.parts['ticket']}-2"}
        mine |= {"team": f"followups@{thing.place.team}", "ticket": thing.parts["ticket"]}
        mine["queue_sort"] = f"{followed['queue_sort'].rpartition('#')[0]}#{thing.parts['ticket']}-2"
        mine.pop("assignee", None)
        if thing.place.owner:
            mine["assignee"] = f"followups@{thing.place.owner}"
        _put(centre, mine)
        parts = {"follow_up": mine["pk"].removeprefix("followup#"), "ticket": mine["ticket"]}
        centre.things["follow-up"].append(Thing(parts, thing.place))


def _add_plans(centre: Centre) -> None:
    """Callback plans in each team, with a share of everybody's or of nobody's, each with a list that waits."""
    for team, person in (("aftersales", COLLEAGUE), ("aftersales", None), ("presales", STRANGER), ("presales", None)):
        body = {"name": "老客户回访", "kind": "care", "team": team, "people": [person.id] if person else []}
        plan = centre.do("survey", "POST", "/v1/callback-plans", body)["id"]
        listed = centre.do(
            "survey", "POST", f"/v1/callback-plans/{plan}/lists", {"name": "老客户.csv", "size_bytes": 100}
        )
        parts = {"plan": plan, "call_list": listed["id"], "team": team, "export": "none", "someone": "chen"}
        centre.things["plan"].append(Thing(parts, Place(team, person.id if person else None)))


def _add_callbacks(centre: Centre) -> None:
    """Callbacks of everybody's tickets, where these stand."""
    for thing in centre.things["ticket"]:
        assert thing.place
        number, now = thing.parts["ticket"], datetime.now(UTC)
        callback = Callback(
            id=derived_id("callback", number),
            version=1,
            kind="aftersale",
            team=thing.place.team,
            owner=thing.place.owner,
            customer=thing.parts["customer"],
            ticket=number,
            opened_at=now,
            due_at=now + timedelta(days=1),
        )
        centre.store.transact(new_callback(callback, now=now)[1])
        centre.things["callback"].append(Thing({"callback": callback.id, "ticket": number}, thing.place))


def _add_catalogues(centre: Centre) -> None:
    """What belongs to nobody: a calendar, a ladder, a webhook with a dead call, an import, a report, a replan."""
    centre.do("escalation", "PUT", "/v1/calendars/office", CALENDAR)
    centre.do("escalation", "PUT", "/v1/ladders/house", LADDER)
    policy = "/v1/sla-policies/default/apply"
    replan = centre.do("escalation", "POST", policy, {})["replan"]["id"]
    made = centre.do("intake", "POST", "/v1/imports", IMPORT)["id"]
    report = centre.do("report", "POST", "/v1/reports", REPORT)["id"]
    now = datetime.now(UTC)
    webhook = Webhook(id="erp", version=1, name="erp", url="https://erp.example/", secret="whsec_c2VjcmV0")
    dead = Delivery(
        id="dead1",
        version=1,
        template="reply",
        source_pk=f"ticket#{centre.parts['other']}",
        source_sk="message#1",
        state="dead",
        tries=6,
        made_at=now,
        changed_at=now,
    )
    centre.store.transact([webhook_write(webhook), delivery_write(dead)])
    centre.parts |= {
        "calendar": "office",
        "date": "2026-05-01",
        "ladder": "house",
        "policy": "default",
        "replan": replan,
        "import_id": made,
        "report": report,
        "webhook": "erp",
        "delivery": "dead1",
        "person": COLLEAGUE.id,
        "team": "aftersales",
        "key": "feedback",
        "type": "feedback",
        "phone": centre.personal[0],
        "lost": "c9.9",
    }


def _put(centre: Centre, item: Item) -> None:
    centre.store.transact([Write("desk", item)])


ADDRESS = "浙江省杭州市西湖区文三路 9 号"
CALENDAR = {"name": "办公时间", "timezone": "Asia/Shanghai", "hours": {"mon": [["09:00", "18:00"]]}}
LADDER = {"name": "house", "reach": {"types": ["complaint"]}, "rungs": [{"share": 80, "tell": ["lead"]}]}
REPORT = {"from": "2026-03-02", "to": "2026-03-03"}
IMPORT = {
    "name": "log.csv",
    "size_bytes": 10,
    "mapping": {
        "source": "log",
        "time": {"column": "at", "format": "%Y-%m-%d %H:%M:%S", "zone": "UTC"},
        "case": "case",
        "activity": "activity",
        "person": "person",
        "type": "feedback",
        "channel": "import",
        "activities": {"done": "resolve"},
    },
}
