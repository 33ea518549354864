"""The record form of a callback (回访记录表): what a call asks, per kind, as data (C2, C3, C5). Pure."""

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from tingjian.platform.errors import FieldError, InvalidInputError
from tingjian.platform.models import Frozen, Line, Slug

MOST_QUESTIONS = 8
"""A call is not too long and does not ask too much (C5)."""
LONGEST_ANSWER = 500

CallbackKind = Literal["presale", "in_service", "aftersale", "complaint", "care"]
QuestionKind = Literal["text", "yes_no", "score", "choice"]
FormAnswer = bool | int | str


class FormQuestion(Frozen):
    """A question that the caller asks. A score is a whole number from 1 to 5, a choice one of its options."""

    key: Slug
    text: Line
    kind: QuestionKind = "text"
    options: tuple[Line, ...] = Field(default=(), max_length=12)
    required: bool = False

    @model_validator(mode="after")
    def _offers_what_it_needs(self) -> Self:
        if (self.kind == "choice") != bool(self.options):
            code = "options"
            raise PydanticCustomError(code, "A choice has options, and nothing else has")
        return self

    def fault(self, answer: FormAnswer) -> str | None:
        """The code of what is wrong with an answer."""
        if self.kind == "yes_no":
            return None if isinstance(answer, bool) else "bool_type"
        if self.kind == "score":
            whole = isinstance(answer, int) and not isinstance(answer, bool)
            return None if whole and 1 <= int(answer) <= 5 else "five_points"  # noqa: PLR2004 - a score of five
        if not isinstance(answer, str):
            return "string_type"
        return "unknown_option" if self.options and answer not in self.options else None


class RecordFormBody(Frozen):
    """What a call of a kind asks, beside whether somebody was reached and is satisfied."""

    questions: tuple[FormQuestion, ...] = Field(max_length=MOST_QUESTIONS)

    @model_validator(mode="after")
    def _names_each_question_once(self) -> Self:
        if len({question.key for question in self.questions}) < len(self.questions):
            code = "duplicate"
            raise PydanticCustomError(code, "A question stands there twice")
        return self


class RecordForm(RecordFormBody):
    """A stored form; version 0 is that of the house."""

    kind: CallbackKind
    version: int = 0

    def require(self, answers: Mapping[str, FormAnswer]) -> None:
        """Raise InvalidInputError that names each answer that is wrong, missing, or to no question."""
        known = {question.key: question for question in self.questions}
        wrong = [FieldError(f"answers.{key}", "extra_forbidden") for key in answers if key not in known]
        for key, question in known.items():
            if key not in answers:
                wrong += [FieldError(f"answers.{key}", "missing")] if question.required else []
            elif fault := question.fault(answers[key]):
                wrong.append(FieldError(f"answers.{key}", fault))
        if wrong:
            raise InvalidInputError(wrong)


class RecordFormList(Frozen):
    """The form of every kind."""

    items: tuple[RecordForm, ...]
