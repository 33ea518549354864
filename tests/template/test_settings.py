import importlib
from typing import Any, get_type_hints

import pytest
from pydantic import BaseModel

from tests.template.templates import doors, template

FOR_POWERTOOLS = {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_LOG_LEVEL"}


def settings(door: str) -> type[BaseModel]:
    """The model of what a door reads from its environment."""
    module = doors()[door]["Handler"].removesuffix(".handler")
    shared = module.removesuffix(".api") + ".door" if module.endswith(".api") else module
    read: Any = importlib.import_module(shared).settings
    model: type[BaseModel] = get_type_hints(read.__wrapped__)["return"]
    return model


def variables(door: str) -> set[str]:
    every = template()["Globals"]["Function"]["Environment"]["Variables"]
    return set(every) | set(doors()[door]["Environment"]["Variables"])


@pytest.mark.parametrize("door", doors())
def test_door_is_given_what_it_reads_and_nothing_else(door: str) -> None:
    assert variables(door) - FOR_POWERTOOLS == {name.upper() for name in settings(door).model_fields}


@pytest.mark.parametrize("door", doors())
def test_door_says_which_wing_it_is(door: str) -> None:
    wing = doors()[door]["Handler"].split(".")[1]

    assert doors()[door]["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"] == wing
