"""The invitation that goes to the customer."""

from datetime import timedelta

import pytest

from tests.builders import SIGNER
from tests.functions.survey.conftest import make_scene
from tests.functions.survey.scene import ASKED, Scene
from tingjian.notifications.deliveries.composition import RenderContext
from tingjian.notifications.deliveries.models import Outgoing
from tingjian.platform.items import Item
from tingjian.platform.store import Store
from tingjian.platform.texts import LANGUAGES, Language
from tingjian.survey.surveys.actions import show_survey
from tingjian.survey.surveys.mails import invitation
from tingjian.survey.surveys.storage import survey_key

ORIGIN = "https://service.example"


def item_of(scene: Scene) -> Item:
    item = scene.store.get(survey_key(scene.issue().id))
    assert item is not None
    return item


def context_of(scene: Scene, *, sms: bool = True) -> RenderContext:
    return RenderContext(scene.store, lambda: SIGNER, ORIGIN, sms=sms)


def rendered(scene: Scene, item: Item, language: Language | None = None) -> Outgoing:
    [outgoing] = invitation(context_of(scene), item, ASKED, language=language).outgoing
    return outgoing


def test_new_survey_is_marked_for_delivery_and_a_skipped_one_is_not(scene: Scene) -> None:
    assert item_of(scene)["deliver"] == "survey"


def test_invitation_goes_by_text_message_where_there_is_no_address(scene: Scene) -> None:
    message = rendered(scene, item_of(scene))

    assert (message.way, message.to, message.html) == ("sms", "+8613812345678", "")
    token = message.text.partition("/surveys/")[2].partition("/")[0]
    assert show_survey(scene.store, SIGNER, token, language="en", now=ASKED).subject == "包裹没到"


def test_customer_without_an_address_gets_nothing_where_text_messages_are_off(scene: Scene) -> None:
    assert invitation(context_of(scene, sms=False), item_of(scene), ASKED).outgoing == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_invitation_by_mail_has_the_link_and_no_name_or_phone(centre: Store, language: Language) -> None:
    scene = make_scene(centre, email="wang.fang@example.com")

    message = rendered(scene, item_of(scene), language)

    assert (message.way, message.to) == ("email", "wang.fang@example.com")
    assert f"{ORIGIN}/v1/public/surveys/" in message.text
    assert f"/page?lang={language}" in message.text
    assert f'href="{ORIGIN}/v1/public/surveys/' in message.html
    assert not any(secret in message.text + message.html for secret in ("138", "王芳"))
    assert "28" in message.text
    assert "12" in message.text


def test_rendering_twice_gives_the_same_link(scene: Scene) -> None:
    item = item_of(scene)

    assert rendered(scene, item) == rendered(scene, item)


def test_reopened_ticket_sends_nothing(scene: Scene) -> None:
    item = item_of(scene)
    scene.reopen(minutes=90)

    assert invitation(context_of(scene), item, ASKED).outgoing == ()


def test_answered_survey_sends_nothing(scene: Scene) -> None:
    survey = scene.issue()
    item = scene.store.get(survey_key(survey.id))
    assert item is not None
    scene.answer(survey, 5, now=ASKED + timedelta(minutes=1))

    assert invitation(context_of(scene), item, ASKED).outgoing == ()
