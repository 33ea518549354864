"""The customer's page of a survey, whole without a script: the form, the thanks, and why a link does not work."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from html import escape

from tingjian.platform import texts
from tingjian.platform.customer_pages import page_frame
from tingjian.platform.texts import Language
from tingjian.survey.questionnaires.models import HIGHEST, LOWEST
from tingjian.survey.questionnaires.questions import AskedQuestion
from tingjian.survey.surveys.public_surveys import AnswerReceipt, OfferedReason, PublicSurvey

NAMES: Mapping[Language, str] = {"zh-CN": "简体中文", "zh-TW": "繁體中文", "en": "English"}
Values = Mapping[str, list[str]]
"""What stands in the form: names of fields with what was given."""


class Page:
    """The pages of one link in one language. `path` is that of the link; times are shown in the centre's zone."""

    def __init__(self, path: str, language: Language, moment: "Moment") -> None:
        self.path, self.language, self.moment = path, language, moment

    def say(self, key: str, **parameters: object) -> str:
        return escape(texts.text(f"survey.page.{key}", self.language, **parameters))

    def form(self, survey: PublicSurvey, page_token: str, given: Values, *, wrong: Iterable[str] = ()) -> str:
        """The form with what was given so far, and what was wrong with it."""
        problems = "".join(f"<li>{escape(message)}</li>" for message in wrong)
        banner = f'<div class="banner bad" role="alert"><ul>{problems}</ul></div>' if problems else ""
        about = self.say("about", subject=survey.subject, number=survey.number)
        until = self.moment.shown(survey.changes_until or survey.expires_at)
        hint = self.say("changes" if survey.answer else "until", until=until)
        away = f'<button class="plain" name="dismiss" value="1" formnovalidate>{self.say("dismiss")}</button>'
        away = "" if survey.answer else away
        questions = "".join(self._question(question, given) for question in survey.questions)
        return self._whole(
            f'{banner}<section class="card"><h1>{self.say("title")}</h1><p>{about}</p>'
            f'<form method="post" action="{escape(self.path)}?lang={self.language}">'
            f'<input type="hidden" name="page" value="{escape(page_token)}">'
            f"{self._score(given)}{self._reasons(survey.reasons, given)}{questions}"
            f'<div class="field"><label for="text">{self.say("words")} {self._optional()}</label>'
            f'<textarea id="text" name="text" maxlength="10000">{escape(_first(given, "text"))}</textarea></div>'
            f'<div class="buttons"><button type="submit">{self.say("send")}</button>{away}</div></form>'
            f'<p class="hint">{hint}</p></section>'
        )

    def thanks(self, receipt: AnswerReceipt, changes_until: datetime | None) -> str:
        again = ""
        if changes_until:
            until = self.say("changes", until=self.moment.shown(changes_until))
            link = f'<a href="{escape(self.path)}?lang={self.language}">{self.say("change")}</a>'
            again = f'<p class="hint">{until} {link}</p>'
        outcome = self.say(f"thanks.{receipt.outcome}")
        return self._whole(f'<section class="card"><h1>{self.say("thanks")}</h1><p>{outcome}</p>{again}</section>')

    def refusal(self, code: str) -> str:
        """Why there is nothing to be answered here, in words of its own for each reason."""
        title, text = self.say(f"{code}.title"), self.say(f"{code}.text")
        return self._whole(f'<section class="card"><h1>{title}</h1><p>{text}</p></section>')

    def _score(self, given: Values) -> str:
        chosen = _first(given, "score")
        choices = "".join(
            f'<label class="choice"><input type="radio" name="score" value="{score}" required'
            f'{_checked(chosen == str(score))}><strong aria-hidden="true">{score}</strong>'
            f"<span>{self.say(f'score.{score}')}</span></label>"
            for score in range(LOWEST, HIGHEST + 1)
        )
        legend = f"<legend>{self.say('score')}</legend>"
        return f'<fieldset class="field">{legend}<div class="scores">{choices}</div></fieldset>'

    def _reasons(self, reasons: Iterable[OfferedReason], given: Values) -> str:
        chosen = given.get("reason", [])
        choices = "".join(
            f'<label class="choice {reason.tone}"><input type="checkbox" name="reason" value="{escape(reason.key)}"'
            f"{_checked(reason.key in chosen)}><span>{escape(reason.label)}</span></label>"
            for reason in reasons
        )
        legend = f"<legend>{self.say('reasons')} {self._optional()}</legend>"
        fields = f'<fieldset class="field follows">{legend}<div class="reasons">{choices}</div></fieldset>'
        return fields if choices else ""

    def _question(self, question: AskedQuestion, given: Values) -> str:
        name = f"q.{question.key}"
        soft = "" if question.required else f" {self._optional()}"
        if question.kind == "text":
            words = escape(_first(given, name))
            return (
                f'<div class="field"><label for="{name}">{escape(question.label)}{soft}</label>'
                f'<textarea id="{name}" name="{name}" maxlength="10000"{" required" * question.required}>{words}'
                "</textarea></div>"
            )
        legend = f"<legend>{escape(question.label)}{soft}</legend>"
        kind = "checkbox" if question.kind == "choices" else "radio"
        if question.lowest is not None and question.highest is not None:
            options = [(str(value), str(value)) for value in range(question.lowest, question.highest + 1)]
            ends = f'<p class="ends"><span>{self.say(f"{question.kind}.low")}</span>'
            ends += f"<span>{self.say(f'{question.kind}.high')}</span></p>"
        else:
            options, ends = [(option.key, option.label) for option in question.options], ""
        required = " required" if question.required and kind == "radio" else ""
        choices = "".join(
            f'<label class="choice"><input type="{kind}" name="{name}" value="{escape(value)}"{required}'
            f"{_checked(value in given.get(name, []))}><span>{escape(label)}</span></label>"
            for value, label in options
        )
        style = "numbers" if ends else "reasons"
        return f'<fieldset class="field">{legend}<div class="{style}">{choices}</div>{ends}</fieldset>'

    def _optional(self) -> str:
        return f'<span class="soft">{self.say("optional")}</span>'

    def _whole(self, body: str) -> str:
        languages = " ".join(
            f'<a lang="{language}" hreflang="{language}" href="{escape(self.path)}?lang={language}"'
            f"{' aria-current=true' * (language == self.language)}>{name}</a>"
            for language, name in NAMES.items()
        )
        beside = f'<nav class="languages" aria-label="{self.say("language")}">{languages}</nav>'
        title = texts.text("survey.page.title", self.language)
        return page_frame(self.language, title, body, beside=beside, foot=self.say("foot"))


class Moment:
    """How times are shown: in the centre's zone, to the minute."""

    def __init__(self, zone: str) -> None:
        self.zone = zone

    def shown(self, moment: datetime) -> str:
        from zoneinfo import ZoneInfo  # noqa: PLC0415 - only pages show local times

        return f"{moment.astimezone(ZoneInfo(self.zone)):%Y-%m-%d %H:%M}"


def _first(given: Values, name: str) -> str:
    return next(iter(given.get(name, ())), "")


def _checked(is_chosen: bool) -> str:  # noqa: FBT001 - an attribute or none
    return " checked" if is_chosen else ""
