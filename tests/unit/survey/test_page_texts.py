"""The texts of the customers' pages: complete in every language, and none that no page uses."""

import json
import re
from pathlib import Path

import pytest

from tingjian.platform.texts import LANGUAGES, Language

CONSOLE = Path(__file__).parents[3] / "console"
TEXTS = {tag: json.loads((CONSOLE / "texts" / f"{tag}.json").read_text(encoding="utf-8")) for tag in LANGUAGES}
MADE = re.compile(r"^(status|invalid|expired|offline|failed)\.")
"""Keys that a page puts together from a value."""


def used() -> set[str]:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in CONSOLE.glob("*.*"))
    keys = set(re.findall(r'data-(?:text|label|title)="([^"]+)"', sources))
    return keys | {key for key in TEXTS["en"] if f'"{key}"' in sources}


@pytest.mark.parametrize("tag", LANGUAGES)
def test_language_has_every_text_with_the_same_parameters(tag: Language) -> None:
    parameters = {key: set(re.findall(r"\{(\w+)\}", text)) for key, text in TEXTS[tag].items()}

    assert parameters == {key: set(re.findall(r"\{(\w+)\}", text)) for key, text in TEXTS["zh-CN"].items()}
    assert all(text.strip() for text in TEXTS[tag].values())


def test_pages_use_the_texts_that_there_are() -> None:
    assert used() <= set(TEXTS["en"])
    assert {key for key in set(TEXTS["en"]) - used() if not MADE.match(key)} == set()


def test_pages_hold_no_script_or_style_of_their_own() -> None:
    for page in CONSOLE.rglob("*.html"):
        markup = page.read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", markup), page
        assert not re.search(r'(?:src|href)="(?:https?:)?//', markup), page


def test_scripts_insert_text_as_text() -> None:
    for script in CONSOLE.rglob("*.js"):
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script.read_text(encoding="utf-8")
        ), script
