"""The page by which a customer says what it may be contacted about: a form that works without script."""

import html

from tingjian.intake.customers.consents import PURPOSES, Consents, Purpose
from tingjian.platform import texts
from tingjian.platform.customer_pages import page_frame
from tingjian.platform.texts import Language


def consents_page(consents: Consents, purpose: Purpose, language: Language, *, before: Consents | None = None) -> str:
    """The page; `before` is what held before the form that was sent. Nothing of it tells who the customer is."""

    def word(key: str, **words: str) -> str:
        return html.escape(texts.text(f"consents.{key}", language, **words), quote=True)

    boxes = "".join(
        f'<label class="choice"><input type="checkbox" name="on" value="{one}"{_checked(one, consents)}> '
        f"{word(f'purpose.{one}')}</label>"
        for one in PURPOSES
    )
    name = texts.text(f"consents.purpose.{purpose}", language)
    body = (
        f'<section class="card"><h1>{word("title")}</h1>'
        f"{_result(consents, before, word('saved'))}"
        f"{_undo(consents, before, word('undo'))}"
        f'<form method="post" class="field">'
        f'<button name="List-Unsubscribe" value="One-Click"{_disabled(purpose, consents)}>'
        f"{word('stop_one', purpose=name)}</button></form>"
        f'<form method="post"><fieldset class="field"><legend>{word("choose")}</legend>'
        f'<div class="reasons">{boxes}</div></fieldset>'
        f'<div class="buttons"><button name="save" value="1">{word("save")}</button></div></form>'
        f'<p class="soft">{word("requests")}</p></section>'
    )
    return page_frame(language, texts.text("consents.title", language), body)


def _checked(purpose: Purpose, consents: Consents) -> str:
    return "" if purpose in consents.off else " checked"


def _disabled(purpose: Purpose, consents: Consents) -> str:
    return " disabled" if purpose in consents.off else ""


def _result(consents: Consents, before: Consents | None, saved: str) -> str:
    return f'<p class="banner" role="status">{saved}</p>' if before is not None and before != consents else ""


def _undo(consents: Consents, before: Consents | None, label: str) -> str:
    """A form that puts back what held before."""
    if before is None or before == consents:
        return ""
    hidden = "".join(f'<input type="hidden" name="off" value="{one}">' for one in before.off)
    return (
        f'<form method="post" class="field">{hidden}<button class="plain" name="undo" value="1">{label}</button></form>'
    )
