"""What tests are made of: a store on an emulator, a small centre, and ready-made values."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import RLock
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from moto import mock_aws
from moto.core.config import DefaultConfig
from moto.core.model import Shape
from moto.core.serialize import ResponseSerializer
from moto.dynamodb.responses import DynamoHandler

from tingjian.intake.types.models import FieldDefinition, TicketType
from tingjian.intake.types.storage import type_write
from tingjian.people.staff.models import Staff, Team
from tingjian.people.staff.storage import staff_write, team_write
from tingjian.platform.events import Actor
from tingjian.platform.idempotency import Idempotency
from tingjian.platform.rights import Caller
from tingjian.platform.signing import Signer
from tingjian.platform.store import Store
from tingjian.sla.policies.models import Match, Policy, Target
from tingjian.sla.policies.storage import policy_writes

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SIGNER = Signer(b"a secret of the tests, long enough to sign with it")
DESK, JOURNAL = "desk", "journal"

AGENT = Caller(id="chen", name="陈雨", roles=frozenset({"agent"}), teams=frozenset({"aftersales"}))
COLLEAGUE = Caller(id="lin", name="林浩", roles=frozenset({"agent"}), teams=frozenset({"aftersales"}))
STRANGER = Caller(id="sun", name="孙倩", roles=frozenset({"agent"}), teams=frozenset({"presales"}))
LEAD = Caller(id="zhao", name="赵敏", roles=frozenset({"lead"}), teams=frozenset({"aftersales"}))
MANAGER = Caller(id="wu", name="吴刚", roles=frozenset({"manager"}))
WAREHOUSE = Caller(id="cang", name="仓库", roles=frozenset({"department"}), teams=frozenset({"warehouse"}))
CUSTOMER = Actor(kind="customer")


@contextmanager
def emulated_aws() -> Iterator[None]:
    """An AWS in this process, empty at the start of the block.

    boto3 keeps what it has read about the services: a client then costs 4 ms, where moto's own way costs 160. Moto
    copies its tables for a transaction and fails when another thread writes meanwhile, so it gets one call at a time.
    It also tries four spellings of each member of an answer, a third of a test's time: those of DynamoDB have one.
    """
    config: DefaultConfig = {"core": {"mock_credentials": True, "reset_boto3_session": False}}
    one_at_a_time, answer, pick = RLock(), DynamoHandler.call_action, ResponseSerializer.get_value

    def answer_alone(handler: DynamoHandler) -> object:
        with one_at_a_time:
            return answer(handler)

    def pick_by_name(serializer: ResponseSerializer, value: object, key: str, shape: Shape) -> object:
        plain = serializer.operation_model.service_model.service_name == "dynamodb"
        return value.get(key) if plain and isinstance(value, dict) else pick(serializer, value, key, shape)

    with (
        mock_aws(config=config),
        patch.object(DynamoHandler, "call_action", answer_alone),
        patch.object(ResponseSerializer, "get_value", pick_by_name),
    ):
        yield


def make_tables(client: "DynamoDBClient", template: Mapping[str, Any]) -> None:
    """Create Desk and Journal as the template declares them."""
    for name, logical in ((DESK, "DeskTable"), (JOURNAL, "JournalTable")):
        declared = template["Resources"][logical]["Properties"]
        parts = {
            part: declared[part]
            for part in ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
            if part in declared
        }
        client.create_table(TableName=name, **parts)


def complaint_type() -> TicketType:
    """A complaint: what must be known before it is resolved, and before it is closed."""
    return TicketType(
        key="complaint",
        version=1,
        labels={"zh-CN": "投诉", "en": "Complaint"},
        team="aftersales",
        priority="high",
        complaint=True,
        fields=(
            FieldDefinition(key="level", labels={"zh-CN": "级别"}, kind="choice", choices=("1", "2", "3")),
            FieldDefinition(key="promised_at", labels={"zh-CN": "承诺时间"}, kind="instant", future=True),
            FieldDefinition(key="cause", labels={"zh-CN": "原因"}, kind="line", required_at="resolve"),
            FieldDefinition(key="verified", labels={"zh-CN": "属实"}, kind="boolean", required_at="close"),
            FieldDefinition(key="detail", labels={"zh-CN": "详情"}, kind="text", personal=True),
        ),
    )


def feedback_type() -> TicketType:
    """Feedback, which requires nothing."""
    return TicketType(key="feedback", version=1, labels={"zh-CN": "反馈"}, team="aftersales")


def policies() -> list[Policy]:
    """Complaint 48 hours, everything else 72 (K6, K7), first response in one; waiting stops the resolution clock."""
    return [
        Policy(
            id=name,
            version=1,
            name=name,
            match=match,
            targets=(
                Target(clock="first_response", minutes=60),
                Target(clock="resolution", minutes=hours * 60, pauses_in=("waiting",)),
            ),
        )
        for name, match, hours in (("complaint", Match(types=("complaint",)), 48), ("default", Match(), 72))
    ]


def make_centre(store: Store) -> None:
    """A centre with two teams, a department, six people, two types and two policies."""
    teams = [
        Team(id="aftersales", version=1, name="售后组", lead="zhao", manager="wu"),
        Team(id="presales", version=1, name="售前组"),
        Team(id="warehouse", version=1, name="仓库部", kind="department"),
    ]
    people = [
        Staff(
            id=caller.id,
            version=1,
            name=caller.name,
            email=f"{caller.id}@example.com",
            roles=tuple(caller.roles),
            teams=tuple(caller.teams),
            subject=f"sub-{caller.id}",
        )
        for caller in (AGENT, COLLEAGUE, STRANGER, LEAD, MANAGER, WAREHOUSE)
    ]
    store.transact([*map(team_write, teams), *map(staff_write, people)])
    store.transact([type_write(kind) for kind in (complaint_type(), feedback_type())])
    store.transact([write for policy in policies() for write in policy_writes(policy)])


def hire(store: Store, *callers: Caller) -> None:
    """Put people on the staff list with the roles of these callers."""
    people = [
        Staff(
            id=caller.id,
            version=1,
            name=caller.name,
            roles=tuple(caller.roles),
            teams=tuple(caller.teams),
            subject=f"sub-{caller.id}",
        )
        for caller in callers
    ]
    store.transact([staff_write(person) for person in people])


def key(name: str = "key-1", request: str = "request", caller: str = "chen") -> Idempotency:
    """An idempotency key that came with this request."""
    return Idempotency.of(caller=caller, key=name, request=[request])
