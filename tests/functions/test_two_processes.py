"""What one process edits, another knows of at once wherever it would refuse, or write for long."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import pytest

from tests.builders import AGENT, CUSTOMER, DESK, JOURNAL, MANAGER, NOW, SIGNER
from tests.functions.intake.test_imports import BUCKET, ROWS, log
from tests.functions.intake.test_imports import Desk as ImportDesk
from tests.functions.sla.scene import TARGETS, by, clock, file, save
from tests.meter import meter, tables_from_template
from tingjian.escalation.ladders.actions import put_ladder
from tingjian.escalation.ladders.models import Ladder, LadderBody
from tingjian.escalation.replans.actions import apply_to_one
from tingjian.intake.customers.models import Contact
from tingjian.intake.handoffs.actions import ask_department
from tingjian.intake.handoffs.bodies import AskDepartment
from tingjian.intake.imports.queue import ImportQueue
from tingjian.intake.tickets import actions
from tingjian.intake.tickets.bodies import Ask, Assignment, OpenTicket, Resolution
from tingjian.intake.tickets.openings import Opening, open_ticket
from tingjian.intake.tickets.rights import ASSIGN_TICKETS
from tingjian.intake.tickets.storage import load_ticket
from tingjian.intake.types.actions import put_type
from tingjian.intake.types.models import TicketType, TypeBody
from tingjian.intake.types.storage import find_type
from tingjian.people.staff.actions import put_staff, put_team
from tingjian.people.staff.models import Staff, StaffBody, Team, TeamBody
from tingjian.people.staff.sign_ins import identify
from tingjian.people.staff.storage import find_staff
from tingjian.platform import resources
from tingjian.platform.errors import InvalidInputError, SignInRequiredError, StaleError
from tingjian.platform.store import Store
from tingjian.survey.questionnaires.actions import put_questionnaire
from tingjian.survey.questionnaires.models import Questionnaire, QuestionnaireBody

TEMPLATE = Path(__file__).parents[2] / "template.yaml"
COLLECTIONS = ("types", "staff", "teams", "ladders", "policies", "calendars", "questionnaires")
TYPE = TypeBody(labels={"zh-CN": "退货"}, team="aftersales")
COURIER = StaffBody(name="韩梅", roles=("agent",), teams=("aftersales",), subject="sub-han")


@pytest.fixture
def other(centre: Store) -> Store:
    """The store of another process, which has read every collection before."""
    store = Store(centre.client, DESK, JOURNAL)
    for name in COLLECTIONS:
        store.collection(name)
    return store


class Versioned(Protocol):
    """A member of a collection."""

    @property
    def version(self) -> int:
        """How often it was written."""


Edit = Callable[..., Versioned]


def edit_type(store: Store, expected: int | None = None, key: str = "feedback") -> TicketType:
    return put_type(store, key, TYPE, expected=expected, actor=MANAGER.actor, now=NOW)


def edit_staff(store: Store, expected: int | None = None, person: str = "chen") -> Staff:
    return put_staff(store, person, COURIER, expected=expected, actor=MANAGER.actor, now=NOW)


def edit_team(store: Store, expected: int | None = None, team: str = "aftersales") -> Team:
    return put_team(store, team, TeamBody(name="组"), expected=expected, actor=MANAGER.actor, now=NOW)


def edit_ladder(store: Store, expected: int | None = None) -> Ladder:
    body = LadderBody.model_validate({"name": "梯", "rungs": [{"share": 80, "tell": ["lead"]}]})
    return put_ladder(store, "usual", body, expected=expected, actor=MANAGER.actor, now=NOW)


def edit_questionnaire(store: Store, expected: int | None = None) -> Questionnaire:
    body = QuestionnaireBody()
    return put_questionnaire(store, "feedback", body, expected=expected, actor=MANAGER.actor, now=NOW)


EDITS: list[Edit] = [edit_type, edit_staff, edit_team, edit_ladder, edit_questionnaire]


@pytest.mark.parametrize("edit", EDITS)
def test_version_that_another_process_made_is_edited_at_once(centre: Store, other: Store, edit: Edit) -> None:
    version = edit(centre).version

    assert edit(other, version).version == version + 1
    assert edit(centre, version + 1).version == version + 2


@pytest.mark.parametrize("edit", EDITS)
def test_version_before_that_of_another_process_is_refused(centre: Store, other: Store, edit: Edit) -> None:
    version = edit(centre).version

    with pytest.raises(StaleError):
        edit(other, version - 1)


CONTACT = Contact(phone="13812345678", name="王")


def opened(store: Store, kind: str) -> str:
    body = Ask(type=kind, subject="一", text="。", contact=CONTACT)
    return open_ticket(store, SIGNER, body, Opening(CUSTOMER, NOW, "zh-CN")).id


def test_type_added_elsewhere_opens_tickets_at_once(centre: Store, other: Store) -> None:
    edit_type(centre, key="returns")

    assert load_ticket(other, opened(other, "returns")).team == "aftersales"


def test_field_added_elsewhere_is_taken_at_once(centre: Store, other: Store) -> None:
    number = opened(other, "feedback")
    fields = [{"key": "team", "labels": {"zh-CN": "组"}, "kind": "team"}]
    body = TypeBody.model_validate(TYPE.model_dump() | {"fields": fields})
    put_type(centre, "feedback", body, expected=None, actor=MANAGER.actor, now=NOW)
    edit_team(centre, team="night")

    asked = OpenTicket(
        type="feedback", subject="一", text="。", channel="phone", contact=CONTACT, fields={"team": "night"}
    )
    open_ticket(other, SIGNER, asked, Opening(AGENT.actor, NOW, "zh-CN"))
    actions.resolve(other, by(number, 1), Resolution(fields={"team": "night"}))

    assert load_ticket(other, number).fields == {"team": "night"}


def test_type_added_elsewhere_takes_an_import_at_once(aws: None, centre: Store, other: Store) -> None:  # noqa: ARG001
    for made in (resources.s3, resources.sqs):
        made.cache_clear()
    resources.s3().create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    desk = ImportDesk(other, ImportQueue(resources.sqs().create_queue(QueueName="imports")["QueueUrl"]))
    edit_type(centre, key="returns")

    desk.run(log(*ROWS), type="returns")

    assert load_ticket(centre, desk.ticket_of("C1")).team == "aftersales"


def test_person_added_elsewhere_signs_in_and_gets_tickets_at_once(
    centre: Store, other: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = opened(other, "feedback")
    edit_staff(centre, person="han")
    monkeypatch.setattr("tingjian.platform.store.RENEW_SECONDS", 0.0)

    actions.assign(other, by(number, 1, MANAGER, right=ASSIGN_TICKETS), Assignment(assignee="han"))

    assert load_ticket(centre, number).assignee == "han"
    assert identify(other, {"sub": "sub-han"}).id == "han"


def test_unknown_subjects_cost_a_query_a_second_at_most(other: Store) -> None:
    tables = tables_from_template(TEMPLATE, {"DeskTable": DESK, "JournalTable": JOURNAL})

    with meter(other.client, tables) as measure:
        for number in range(50):
            with pytest.raises(SignInRequiredError):
                identify(other, {"sub": f"nobody-{number}"})

    assert measure.calls == 0


def test_unknown_id_costs_one_read_unit_and_no_query(other: Store) -> None:
    tables = tables_from_template(TEMPLATE, {"DeskTable": DESK, "JournalTable": JOURNAL})

    with meter(other.client, tables) as measure:
        assert all(find_type(other, f"none-{number}") is None for number in range(10))
        assert (find_type(other, ""), find_staff(other, "")) == (None, None)

    assert (measure.calls, measure.read_units) == (10, 10)


def test_known_ids_cost_nothing(other: Store) -> None:
    tables = tables_from_template(TEMPLATE, {"DeskTable": DESK, "JournalTable": JOURNAL})

    with meter(other.client, tables) as measure:
        assert find_type(other, "feedback")
        assert find_staff(other, "chen")

    assert measure.calls == 0


def test_who_calls_is_read_as_they_are_now(other: Store) -> None:
    tables = tables_from_template(TEMPLATE, {"DeskTable": DESK, "JournalTable": JOURNAL})

    with meter(other.client, tables) as measure:
        assert identify(other, {"sub": "sub-chen"}).id == "chen"

    assert measure.calls == 1


def test_department_added_elsewhere_is_asked_at_once(centre: Store, other: Store) -> None:
    number = opened(other, "feedback")
    body = TeamBody(name="财务", kind="department")
    put_team(centre, "finance", body, expected=None, actor=MANAGER.actor, now=NOW)

    ask_department(other, by(number, 1), AskDepartment(department="finance", request="请退款"))

    with pytest.raises(InvalidInputError):
        ask_department(other, by(number, 2), AskDepartment(department="nobody", request="请退款"))


def test_policy_changed_elsewhere_is_applied_as_it_is_now(
    centre: Store, other: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = file(other)
    save(centre, "default", targets=[{**TARGETS[2], "minutes": 30}])
    monkeypatch.setattr("tingjian.platform.store.RENEW_SECONDS", 0.0)

    apply_to_one(other, "default", number, actor=AGENT.actor, now=NOW + timedelta(minutes=1))

    assert clock(other, number, "resolution").target_minutes == 30


def test_copy_is_read_again_after_fifteen_seconds(centre: Store, other: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    edit_type(centre, key="returns")
    stale = [item["sk"] for item in other.collection("types")]
    monkeypatch.setattr("tingjian.platform.store.COPY_SECONDS", 0.0)

    assert (stale, len(other.collection("types"))) == (["complaint", "feedback"], 3)
