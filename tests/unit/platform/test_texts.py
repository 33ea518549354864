"""The message catalogues say the same in every language, and the language is the caller's."""

import re

import pytest

from tingjian.platform.texts import LANGUAGES, Language, best_language, catalogue, text

PARAMETER = re.compile(r"\{(\w+)\}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_has_the_same_texts_in_every_language(language: Language) -> None:
    assert set(catalogue(language)) == set(catalogue("zh-CN"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_has_the_same_parameters_in_every_language(language: Language) -> None:
    here = {key: set(PARAMETER.findall(found)) for key, found in catalogue(language).items()}

    assert here == {key: set(PARAMETER.findall(found)) for key, found in catalogue("zh-CN").items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty(language: Language) -> None:
    assert [key for key, found in catalogue(language).items() if not found.strip()] == []


def test_text_that_nobody_wrote_is_an_error() -> None:
    with pytest.raises(KeyError):
        text("no.such.text", "en")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "zh-CN"),
        ("", "zh-CN"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("zh-TW", "zh-TW"),
        ("zh-Hant-HK", "zh-TW"),
        ("zh-HK;q=0.8, en;q=0.5", "zh-TW"),
        ("zh", "zh-CN"),
        ("zh-Hans-SG", "zh-CN"),
        ("de, en;q=0.3", "en"),
        ("de", "zh-CN"),
        ("en;q=0.2, zh-TW;q=0.9", "zh-TW"),
        ("en;q=x, zh-TW", "zh-TW"),
        ("*", "zh-CN"),
        (";;;,,q=", "zh-CN"),
    ],
)
def test_language_is_the_one_that_the_caller_likes_best(header: str | None, language: Language) -> None:
    assert best_language(header) == language
