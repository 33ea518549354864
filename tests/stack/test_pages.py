"""The customers' pages in a real browser, against the running stack.

Needs Chromium and its driver (Debian: chromium, chromium-driver, fonts-noto-cjk); without them every test here is
skipped, and says so.
"""

import json
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests

from infra.cli.client import Client, local_folder
from infra.local import pages
from infra.local.settings import ROOT, Settings
from tests.stack.browser import Browser, missing
from tests.stack.people import eventually
from tingjian.platform.signing import Signer
from tingjian.platform.texts import text

TEXTS = {path.stem: json.loads(path.read_text()) for path in (ROOT / "console" / "texts").glob("*.json")}
PHONE = "13812345678"

pytestmark = pytest.mark.skipif(
    bool(missing()), reason=f"THE PAGES ARE NOT TESTED, install chromium and chromium-driver: no {', '.join(missing())}"
)


@pytest.fixture(scope="module")
def stack() -> dict[str, Any]:
    """The running stack, with its people and pages in it."""
    settings = Settings.read()
    known: dict[str, Any] = json.loads((settings.home / "stack.json").read_text())
    if not (settings.home / "operator.json").exists():
        command = [str(Path(sys.executable).parent / "tingjian"), "seed", "--people-only"]
        subprocess.run(command, check=True, env={**os.environ, **settings.environment()})
    pages.upload(settings, known["outputs"]["WebBucket"])
    return known


@pytest.fixture(scope="module")
def client(stack: dict[str, Any]) -> Client:
    """A member of staff."""
    assert local_folder().exists()
    assert stack["origin"]
    return Client.from_environment()


@pytest.fixture(scope="module")
def signer(stack: dict[str, Any]) -> Signer:
    """The stack's own signer."""
    secrets = boto3.client(
        "secretsmanager",
        endpoint_url=stack["origin"],
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    arn = secrets.list_secrets()["SecretList"][0]["ARN"]
    return Signer(secrets.get_secret_value(SecretId=arn)["SecretString"].encode())


@pytest.fixture
def browser() -> Iterator[Browser]:
    """A telephone-sized browser of somebody who reads English; its console must have nothing to say but refusals."""
    with Browser(language="en") as opened:
        yield opened
        wrong = [entry for entry in opened.complaints() if not re.search(r"status of (4\d\d|5\d\d)", entry)]
        assert wrong == []


def ask(client: Client, *, subject: str = "包裹三天没有送到") -> tuple[str, str]:
    """File a request; its number and its link."""
    body: Any = {
        "type": "enquiry",
        "subject": subject,
        "text": "<b>请帮我查一下</b>\n谢谢",
        "contact": {"phone": PHONE, "email": "wang.fang@example.com"},
    }
    answer = requests.post(
        f"{client.url}/v1/public/tickets", json=body, headers={"Idempotency-Key": uuid.uuid4().hex}, timeout=30
    )
    answer.raise_for_status()
    return answer.json()["number"].replace("-", ""), answer.json()["follow_url"]


def resolve(client: Client, number: str) -> None:
    """Claim and resolve a ticket with a reply."""
    client.post(f"/v1/tickets/{number}/claim")
    client.post(f"/v1/tickets/{number}/resolve", {"reply": "已重新派送，今天下午送到。"})


def survey_link(client: Client, signer: Signer, number: str) -> str:
    """The link to the ticket's survey, once the stream has made it."""
    [survey] = eventually(lambda: client.get("/v1/surveys", ticket=number)["items"])
    expires_at = datetime.fromisoformat(survey["expires_at"])
    return f"{client.url}/v1/public/surveys/{signer.token('survey', survey['id'], expires_at=expires_at)}/page"


def test_request_is_filed_with_a_file_and_followed(browser: Browser, client: Client, tmp_path: Path) -> None:
    picture = tmp_path / "box.png"
    picture.write_bytes(b"\x89PNG" + b"0" * 5000)
    browser.open(f"{client.url}/app/ask.html")
    browser.wait(lambda: browser.run("return document.querySelectorAll('#type option').length > 1"), "types")
    browser.run("document.querySelector('#type').value = 'enquiry'")
    browser.write("#subject", "Where is my parcel?")
    browser.write("#text", "Three days late.")
    browser.write("#phone", PHONE)
    browser.attach("#files", picture)
    browser.wait_for_text("box.png · 5 KB ✓")

    browser.click("#ask button[type=submit]")
    browser.wait_for_text(TEXTS["en"]["done.title"])
    browser.click("[data-part=done] a")

    browser.wait_for_text("Three days late.", "#messages")
    assert "box.png" in browser.text("#messages")
    assert TEXTS["en"]["status.new"] in browser.text("#ticket")


def test_wrong_phone_is_shown_at_its_field_in_the_readers_language(client: Client) -> None:
    with Browser(language="zh-TW") as browser:
        browser.open(f"{client.url}/app/ask.html")
        browser.wait(lambda: browser.run("return document.querySelectorAll('#type option').length > 1"), "types")
        browser.run("document.querySelector('#type').value = 'enquiry'")
        browser.write("#subject", "包裹")
        browser.write("#text", "沒到")
        browser.write("#phone", "12")

        browser.click("#ask button[type=submit]")

        browser.wait(lambda: browser.run("return document.activeElement.id") == "phone", "focus on the wrong field")
        assert "電話" in browser.text(".field .field .wrong") or "手機" in browser.text(".field .field .wrong")


def test_empty_form_is_refused_without_a_call(browser: Browser, client: Client) -> None:
    browser.open(f"{client.url}/app/find.html")

    browser.click("#find button[type=submit]")

    browser.wait_for_text(TEXTS["en"]["required"])
    assert browser.run("return document.activeElement.id") == "number"


def test_number_and_digits_lead_to_the_request(browser: Browser, client: Client) -> None:
    number, _ = ask(client, subject="按编号查找")
    browser.open(f"{client.url}/app/find.html")
    browser.write("#number", f"{number[:4]} {number[4:8]}-{number[8:]}")
    browser.write("#digits", PHONE[-4:])

    browser.click("#find button[type=submit]")

    browser.wait_for_text("按编号查找", "#ticket")


def test_message_is_text_and_never_markup(browser: Browser, client: Client) -> None:
    _, link = ask(client)

    browser.open(link)

    browser.wait_for_text("<b>请帮我查一下</b>", "#messages")
    assert browser.run("return document.querySelectorAll('#messages b').length") == 0


def test_double_click_sends_a_message_once(browser: Browser, client: Client) -> None:
    _, link = ask(client)
    browser.open(link)
    browser.write("#write textarea", "Please hurry.")

    browser.run("const b = document.querySelector('#write button[type=submit]'); b.click(); b.click();")
    browser.wait_for_text(TEXTS["en"]["write.done"], "#notice")

    assert browser.text("#messages").count("Please hurry.") == 1


def test_message_whose_answer_was_lost_is_sent_once(browser: Browser, client: Client) -> None:
    _, link = ask(client)
    browser.open(link)
    browser.write("#write textarea", "Only once.")
    browser.run(
        """
        const real = window.fetch; let lost = 0; window.keys = [];
        window.fetch = async (path, options) => {
          const answer = await real(path, options);
          if (options?.method === "POST") {
            window.keys.push(options.headers["Idempotency-Key"]);
            if (lost++ < 4) throw new TypeError("reply lost");
          }
          return answer;
        };
        """
    )

    browser.click("#write button[type=submit]")
    browser.wait_for_text(TEXTS["en"]["error.offline"], "#write")
    browser.click("#write button[type=submit]")
    browser.wait_for_text(TEXTS["en"]["write.done"], "#notice")

    assert len(set(browser.run("return window.keys"))) == 1
    assert browser.text("#messages").count("Only once.") == 1


def test_solved_request_is_reopened_with_a_reason_and_then_confirmed(browser: Browser, client: Client) -> None:
    number, link = ask(client)
    resolve(client, number)
    browser.open(link)

    browser.click("#answers button.plain")
    browser.write("#reason", "Nothing has come.")
    browser.click("#reopen button[type=submit]")
    browser.wait_for_text(TEXTS["en"]["reopen.done"], "#notice")
    reopened = browser.text("#ticket"), browser.text("#messages")
    resolve(client, number)
    browser.open(link)
    browser.click("#answers button:not(.plain)")
    browser.wait_for_text(TEXTS["en"]["decide.thanks"], "#notice")

    assert TEXTS["en"]["status.open"] in reopened[0]
    assert "Nothing has come." in reopened[1]
    assert TEXTS["en"]["status.closed"] in browser.text("#ticket")


def test_survey_is_answered_and_changed_without_a_script(client: Client, signer: Signer) -> None:
    number, _ = ask(client)
    resolve(client, number)
    link = survey_link(client, signer, number)
    with Browser(language="en") as browser:
        browser.devtools("Emulation.setScriptExecutionDisabled", value=True)
        for _ in range(2):
            browser.open(link)
        browser.click("label:has([name=score][value='1'])")
        browser.click("label:has([value=slow])")
        browser.write("#text", "Too slow.")
        browser.click("button[type=submit]")
        browser.wait_for_text(text("survey.page.thanks.follow_up", "en"))
        browser.click("main a")
        browser.click("label:has([name=score][value='2'])")
        browser.click("button[type=submit]")
        browser.wait_for_text(text("survey.page.thanks", "en"))
        assert browser.complaints() == []

    (survey,) = client.get("/v1/surveys", ticket=number)["items"]
    assert (survey["score"], survey["reasons"], survey["text"]) == (2, ["slow"], "Too slow.")
    assert client.get(f"/v1/tickets/{number}")["blockers"] == [f"followup:{survey['id']}"]


def test_follow_page_leads_to_the_survey(browser: Browser, client: Client, signer: Signer) -> None:
    number, follow = ask(client)
    resolve(client, number)
    survey_link(client, signer, number)

    browser.open(follow)
    browser.wait_for_text(TEXTS["en"]["rate.link"], "#rate")
    browser.click("#rate a")

    browser.wait_for_text(text("survey.page.score", "en"))


@pytest.mark.parametrize(
    ("make", "key"),
    [
        (lambda _: "nonsense", "invalid.title"),
        (lambda _: "", "invalid.title"),
        (
            lambda sign: sign.token("follow", "246661635531", expires_at=datetime.now(UTC) - timedelta(1)),
            "expired.title",
        ),
    ],
    ids=["altered", "missing", "expired"],
)
def test_link_that_opens_nothing_says_why(
    browser: Browser, client: Client, signer: Signer, make: Callable[[Signer], str], key: str
) -> None:
    browser.open(f"{client.url}/app/follow.html#{make(signer)}")

    browser.wait_for_text(TEXTS["en"][key])
    assert TEXTS["en"]["find.title"] in browser.text()


def test_offline_says_so_and_offers_to_try_again(browser: Browser, client: Client) -> None:
    _, link = ask(client)
    browser.open(link)
    browser.wait_for_text("谢谢")
    browser.devtools("Network.enable")
    browser.devtools(
        "Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=0, uploadThroughput=0
    )
    browser.wait_for_text(TEXTS["en"]["offline.banner"])

    browser.run("window.dispatchEvent(new HashChangeEvent('hashchange'))")
    browser.wait_for_text(TEXTS["en"]["offline.title"])
    browser.devtools(
        "Network.emulateNetworkConditions", offline=False, latency=0, downloadThroughput=-1, uploadThroughput=-1
    )
    browser.click("[data-part=refusal] button")

    browser.wait_for_text("谢谢", "#messages")
    browser.complaints()


@pytest.mark.parametrize("language", ["zh-CN", "zh-TW", "en"])
def test_pages_fit_small_screens_and_double_zoom_in_every_language(client: Client, language: str) -> None:
    number, link = ask(client, subject="A very long subject without any need " + "x" * 60)
    resolve(client, number)
    addresses = [f"{client.url}/app/{page}" for page in ("", "find.html", "ask.html")] + [link]
    too_wide = []

    with Browser(language=language) as browser:
        for address in addresses:
            for width, zoom in ((320, 1.0), (390, 1.0), (1280, 2.0), (640, 2.0)):
                browser.resize(width, 844, zoom=zoom)
                browser.open(address)
                browser.find("h1")
                if browser.run("return document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                    too_wide.append((address, width, zoom))
        said = browser.run("return [document.documentElement.lang, document.body.innerText]")

    assert too_wide == []
    assert said[0] == language
    assert TEXTS[language]["decide.title"] in said[1]


def test_language_can_be_switched_and_stays(browser: Browser, client: Client) -> None:
    browser.open(f"{client.url}/app/find.html")
    browser.wait_for_text(TEXTS["en"]["find.title"])

    browser.run(
        "const s = document.querySelector('#language'); s.value = 'zh-TW'; s.dispatchEvent(new Event('change'))"
    )
    browser.wait_for_text(TEXTS["zh-TW"]["find.title"])
    browser.open(f"{client.url}/app/ask.html")

    browser.wait_for_text(TEXTS["zh-TW"]["ask.title"])


def test_pages_ask_nobody_else_and_label_everything(browser: Browser, client: Client) -> None:
    number, link = ask(client)
    resolve(client, number)
    unlabelled, foreign = [], []

    for address in [f"{client.url}/app/{page}" for page in ("", "find.html", "ask.html")] + [link]:
        browser.open(address)
        browser.find("h1")
        unlabelled += browser.run(
            """return [...document.querySelectorAll('input, select, textarea, button, a')].filter((e) =>
              !e.labels?.length && !e.getAttribute('aria-label') && !e.innerText?.trim() && e.checkVisibility())
              .map((e) => e.outerHTML)"""
        )
        loaded = browser.run("return performance.getEntriesByType('resource').map((e) => e.name)")
        foreign += [name for name in loaded if not name.startswith(client.url)]

    assert (unlabelled, foreign) == ([], [])


def test_reference_page_shows_the_operations(client: Client) -> None:
    with Browser(language="en", width=1280, height=800) as browser:
        browser.open(f"{client.url}/app/docs/index.html")

        browser.wait_for_text("Tingjian", "#api")
        browser.wait_for_text("surveys", "#api")
