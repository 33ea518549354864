"""The frame of the pages that the service itself makes for customers: plain HTML, whole without a script. Pure."""

from html import escape

from tingjian.platform import texts
from tingjian.platform.texts import Language


def page_frame(language: Language, title: str, body: str, *, beside: str = "", foot: str = "") -> str:
    """A page with this title (plain text) around this body (HTML); `beside` the brand and at the `foot` is HTML too."""

    def say(key: str) -> str:
        return escape(texts.text(f"customer_page.{key}", language))

    footer = f'<footer class="foot"><p>{foot}</p></footer>' if foot else ""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title>"
        '<link rel="icon" href="/app/icon.svg" type="image/svg+xml">'
        '<link rel="stylesheet" href="/app/customer.css"></head><body>'
        f'<a class="skip" href="#main">{say("skip")}</a>'
        f'<header class="top"><span class="brand">{say("brand")}</span>{beside}</header>'
        f'<main id="main">{body}</main>{footer}</body></html>'
    )
