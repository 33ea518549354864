"""The further questions of a questionnaire, and what answers they take. Pure.

The first question of every questionnaire is the score from 1 to 5; it alone decides what follows from an answer.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from pydantic import Field, StrictInt

from tingjian.platform.errors import FieldError
from tingjian.platform.models import Frozen, Line, Slug, Text
from tingjian.platform.texts import LANGUAGES, Language

QuestionKind = Literal["nps", "ces", "choice", "choices", "text"]
Words = dict[Language, Line]
Given = StrictInt | tuple[Slug, ...] | Text
"""What a customer gives: a number, the keys of options, or words."""

RANGES: Mapping[QuestionKind, tuple[int, int]] = {"nps": (0, 10), "ces": (1, 7)}
"""The lowest and the highest number of the kinds that are answered by one."""
CHOSEN: frozenset[QuestionKind] = frozenset({"choice", "choices"})
MOST_QUESTIONS, MOST_OPTIONS, FEWEST_OPTIONS = 8, 20, 2


class SurveyOption(Frozen):
    """One of the things to choose."""

    key: Slug
    labels: Words


class SurveyQuestion(Frozen):
    """A question in every language of the product. `choice` and `choices` have options, the others have none."""

    key: Slug
    kind: QuestionKind
    labels: Words
    options: tuple[SurveyOption, ...] = Field(default=(), max_length=MOST_OPTIONS)
    required: bool = False


class AskedOption(Frozen):
    """An option as the customer reads it."""

    key: str
    label: str


class AskedQuestion(Frozen):
    """A question as the customer reads it; `lowest` and `highest` bound a number."""

    key: str
    kind: QuestionKind
    label: str
    required: bool
    lowest: int | None = None
    highest: int | None = None
    options: tuple[AskedOption, ...] = ()

    @classmethod
    def of(cls, question: SurveyQuestion, language: Language) -> "AskedQuestion":
        lowest, highest = RANGES.get(question.kind, (None, None))
        return cls(
            key=question.key,
            kind=question.kind,
            label=question.labels[language],
            required=question.required,
            lowest=lowest,
            highest=highest,
            options=tuple(AskedOption(key=option.key, label=option.labels[language]) for option in question.options),
        )


def wrong_questions(questions: Sequence[SurveyQuestion]) -> list[FieldError]:
    """What is wrong with questions: a language that is missing, a key twice, too few options, or options too many."""
    wrong = _twice([question.key for question in questions], "questions")
    for number, question in enumerate(questions):
        place = f"questions.{number}"
        wrong += _silent(question.labels, f"{place}.labels")
        wrong += _twice([option.key for option in question.options], f"{place}.options")
        for inner, option in enumerate(question.options):
            wrong += _silent(option.labels, f"{place}.options.{inner}.labels")
        if question.kind in CHOSEN and len(question.options) < FEWEST_OPTIONS:
            wrong.append(FieldError(f"{place}.options", "too_short", min_length=FEWEST_OPTIONS))
        elif question.kind not in CHOSEN and question.options:
            wrong.append(FieldError(f"{place}.options", "too_long", max_length=0))
    return wrong


def wrong_answers(questions: Iterable[SurveyQuestion], given: Mapping[str, Given]) -> list[FieldError]:
    """What is wrong with the answers to questions, each by its key."""
    asked = {question.key: question for question in questions}
    wrong = [FieldError(f"answers.{key}", "unknown", value=key) for key in given if key not in asked]
    for key, question in asked.items():
        if key in given:
            wrong += _wrong_answer(question, given[key], f"answers.{key}")
        elif question.required:
            wrong.append(FieldError(f"answers.{key}", "missing"))
    return wrong


def _wrong_answer(question: SurveyQuestion, given: Given, place: str) -> list[FieldError]:
    if question.kind == "text":
        return [] if isinstance(given, str) else [FieldError(place, "string_type")]
    if question.kind in RANGES:
        lowest, highest = RANGES[question.kind]
        if not isinstance(given, int):
            return [FieldError(place, "int_type")]
        if given < lowest:
            return [FieldError(place, "greater_than_equal", ge=lowest)]
        return [FieldError(place, "less_than_equal", le=highest)] if given > highest else []
    if not isinstance(given, tuple):
        return [FieldError(place, "list_type")]
    keys = [option.key for option in question.options]
    wrong = [FieldError(f"{place}.{n}", "choice", expected=keys) for n, key in enumerate(given) if key not in keys]
    wrong += _twice(given, place, name="")
    if question.kind == "choice" and len(given) > 1:
        wrong.append(FieldError(place, "too_long", max_length=1))
    if question.required and not given:
        wrong.append(FieldError(place, "missing"))
    return wrong


def _silent(labels: Words, place: str) -> list[FieldError]:
    return [FieldError(f"{place}.{language}", "missing") for language in LANGUAGES if language not in labels]


def _twice(keys: Sequence[str], place: str, *, name: str = ".key") -> list[FieldError]:
    return [FieldError(f"{place}.{n}{name}", "duplicate") for n, key in enumerate(keys) if key in keys[:n]]
