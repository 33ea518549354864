"""Surveys and those who want none: held back when decided, dropped when sent, and each mail says how to stop them."""

from datetime import timedelta

import pytest

from tests.builders import NOW, SIGNER
from tests.functions.survey.conftest import make_scene
from tests.functions.survey.scene import ASKED, Scene
from tingjian.intake.consents.actions import submit_form
from tingjian.intake.consents.models import Form, Opened
from tingjian.intake.customers.consents import Consents
from tingjian.intake.customers.storage import customer_write, load_customer
from tingjian.intake.tickets.storage import load_ticket
from tingjian.notifications.deliveries.composition import RenderContext
from tingjian.notifications.deliveries.models import Rendered
from tingjian.notifications.deliveries.outbox import mail_headers
from tingjian.notifications.quiet import QuietHours
from tingjian.platform.store import Store
from tingjian.survey.surveys.actions import issue_survey
from tingjian.survey.surveys.mails import invitation


@pytest.fixture
def mailed(centre: Store) -> Scene:
    return make_scene(centre, email="wang.fang@example.com")


def customer_of(scene: Scene) -> str:
    return load_ticket(scene.store, scene.number).customer_id


def opt_out(scene: Scene) -> None:
    opened = Opened(customer=customer_of(scene), purpose="survey")
    submit_form(scene.store, opened, Form.of({"List-Unsubscribe": ["One-Click"]}), now=NOW)


def rendered(scene: Scene) -> Rendered:
    [item] = [one for one in scene.store.query_all(f"ticket#{scene.number}") if one.get("deliver") == "survey"]
    return invitation(RenderContext(scene.store, lambda: SIGNER, "https://service.example", sms=True), item, ASKED)


def test_survey_of_who_opted_out_is_held_back_and_says_why(mailed: Scene) -> None:
    opt_out(mailed)

    assert issue_survey(mailed.store, mailed.resolutions()[-1], now=ASKED) is None

    [survey] = mailed.surveys
    assert (survey.state, survey.why) == ("skipped", "opted_out")
    assert mailed.events(f"survey#{survey.id}")[-1].data["why"] == "opted_out"


def test_opt_out_after_the_decision_still_holds(mailed: Scene) -> None:
    mailed.issue()

    opt_out(mailed)

    assert rendered(mailed).needless == "opted_out"


def test_mail_says_how_to_stop_such_mails(mailed: Scene) -> None:
    mailed.issue()

    [mail] = rendered(mailed).outgoing

    headers = {header["Name"]: header["Value"] for header in mail_headers(mail)}
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = headers["List-Unsubscribe"].strip("<>")
    assert link.startswith("https://service.example/v1/public/consents/")
    assert (link in mail.text, link in mail.html) == (True, True)
    token = link.rpartition("/")[2]
    assert SIGNER.open_token("consents", token, now=ASKED) == f"{customer_of(mailed)}.survey"


def test_own_quiet_hours_of_a_customer_hold_the_mail_back(mailed: Scene) -> None:
    mailed.issue()
    customer = load_customer(mailed.store, customer_of(mailed))
    clock = f"{(ASKED + timedelta(hours=8)):%H}:00"
    quiet = QuietHours(start=clock, end=f"{(ASKED + timedelta(hours=10)):%H}:00")
    changed = {"consents": Consents(quiet_hours=quiet), "version": customer.version + 1}
    mailed.store.transact([customer_write(customer.model_copy(update=changed))])

    held = rendered(mailed)

    assert held.outgoing == ()
    assert held.not_before
    assert held.not_before > ASKED
