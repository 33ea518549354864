"""Every error has a status and a text; a problem document says it in the caller's language."""

import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import tingjian
from tingjian.platform import errors
from tingjian.platform.errors import FieldError, InvalidInputError, RepeatedAnswerError, TingjianError, invalid
from tingjian.platform.problems import STATUS, STORED, input_error, problem_of, status_of
from tingjian.platform.texts import LANGUAGES, Language, Phrase, catalogue

CODE = Path(tingjian.__file__).parent
HAN = re.compile(r"[\u4e00-\u9fff]")


def children(kind: type[TingjianError]) -> set[type[TingjianError]]:
    below = kind.__subclasses__()
    return {*below, *(deeper for child in below for deeper in children(child))}


def every_error() -> list[type[TingjianError]]:
    """All of them, those of every feature included."""
    for module in pkgutil.walk_packages(tingjian.__path__, "tingjian."):
        importlib.import_module(module.name)
    found = children(TingjianError) - {RepeatedAnswerError}
    return sorted((kind for kind in found if kind.__module__.startswith("tingjian.")), key=lambda kind: kind.__name__)


ERRORS = every_error()


def test_errors_of_the_features_are_among_them() -> None:
    assert {"StaleError", "BlockedError", "SurveyAnsweredError", "ReportNotMadeError"} <= {
        kind.__name__ for kind in ERRORS
    }


@pytest.mark.parametrize("kind", ERRORS)
def test_error_has_a_status(kind: type[TingjianError]) -> None:
    assert 400 <= status_of(kind.__new__(kind)) < 500


@pytest.mark.parametrize("kind", ERRORS)
def test_error_has_a_code_of_its_own_and_a_text_in_every_language(kind: type[TingjianError]) -> None:
    texts = {language: catalogue(language).get(f"error.{kind.code}", "") for language in LANGUAGES}

    assert [other for other in ERRORS if other.code == kind.code] == [kind]
    assert all(texts.values())
    assert HAN.search(texts["zh-CN"])
    assert HAN.search(texts["zh-TW"])
    assert not HAN.search(texts["en"])


def test_field_codes_in_the_code_have_texts() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in CODE.rglob("*.py"))
    codes = set(re.findall(r'(?:invalid|FieldError)\(\s*f?"[^"]*",\s*"(\w+)"', source))
    of_errors: list[type[TingjianError]] = [*ERRORS, TingjianError, RepeatedAnswerError]
    codes |= set(re.findall(r'^ +code = "(\w+)"$', source, re.MULTILINE)) - {kind.code for kind in of_errors}

    assert len(codes) > 10
    assert {code for code in codes if f"field.{code}" not in catalogue("zh-CN")} == set()


def test_nearest_class_decides_the_status() -> None:
    assert status_of(errors.StaleError()) == STATUS[errors.ConflictError] == 409


def test_refusals_that_are_stored_are_those_of_the_state() -> None:
    stored = {kind for kind in ERRORS if issubclass(kind, STORED)}

    assert {STATUS[errors.ConflictError], STATUS[errors.NotFoundError]} == {
        status_of(kind.__new__(kind)) for kind in stored
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_problem_names_each_wrong_field_in_the_language(language: Language) -> None:
    error = InvalidInputError([FieldError("contact.phone", "phone"), FieldError("due_at", "past")])

    problem = problem_of(error, language=language, instance="/v1/tickets")

    assert problem["title"] == catalogue(language)["error.invalid_input"]
    assert [entry["field"] for entry in problem["errors"]] == ["contact.phone", "due_at"]
    assert [entry["message"] for entry in problem["errors"]] == [
        catalogue(language)["field.phone"],
        catalogue(language)["field.past"],
    ]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (Phrase("status.closed"), "closed"),
        (Phrase("blocker.handoff", id="1"), "hand-off 1"),
        ([Phrase("status.new"), "text:status.new"], "new, text:status.new"),
        ("text:status.new", "text:status.new"),
        ("text:foo", "text:foo"),
        ("text:", "text:"),
        ("{value}{x}", "{value}{x}"),
    ],
)
def test_phrase_among_the_parameters_is_shown_in_the_language_and_a_string_as_it_is(given: object, shown: str) -> None:
    problem = problem_of(invalid("type", "unknown", value=given), language="en", instance="/")

    assert problem["errors"][0]["message"] == f"There is no {shown}."


def test_phrases_in_the_code_have_texts() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in CODE.rglob("*.py"))
    keys = re.findall(r'Phrase\(f?"([^"{]+)', source)

    assert len(keys) > 5
    assert {key for key in keys if not any(known.startswith(key) for known in catalogue("zh-CN"))} == set()


def test_members_stand_beside_the_standard_ones() -> None:
    problem = problem_of(errors.StaleError(by="staff#chen", members={"conflicts": [1]}), language="en", instance="/x")

    assert (problem["type"], problem["status"], problem["instance"]) == ("urn:tingjian:problem:stale", 409, "/x")
    assert problem["conflicts"] == [1]


def test_wrong_place_in_a_list_is_named_by_its_number() -> None:
    found = input_error([{"loc": ("phones", 1), "type": "string_too_long", "ctx": {"max_length": 3}}])

    assert [(error.field, error.code) for error in found.errors] == [("phones.1", "string_too_long")]


def test_rule_without_a_text_is_said_in_general() -> None:
    [error] = input_error([{"loc": ("x",), "type": "never_heard_of"}]).errors

    assert error.code == "invalid"


def test_one_wrong_field_is_one_error() -> None:
    assert [(error.field, error.code) for error in invalid("cursor", "cursor").errors] == [("cursor", "cursor")]
