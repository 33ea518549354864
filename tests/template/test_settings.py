import pytest

from infra.assemble.doors import settings_read
from infra.assemble.house import house_at
from tests.template.templates import doors, template
from tingjian.platform.features import DoorName

FOR_POWERTOOLS = {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_LOG_LEVEL"}


def door_of(function: str) -> DoorName:
    """The door that a function of the template is, as `intake.api`."""
    wing, module = doors()[function]["Handler"].split(".")[1:3]
    door: DoorName = f"{wing}.{module}"  # type: ignore[assignment]
    return door


def variables(function: str) -> set[str]:
    every = template()["Globals"]["Function"]["Environment"]["Variables"]
    return set(every) | set(doors()[function]["Environment"]["Variables"])


@pytest.mark.parametrize("function", doors())
def test_door_is_given_what_its_features_read_and_nothing_else(function: str) -> None:
    read = {name.upper() for model in settings_read(house_at(), door_of(function)) for name in model.model_fields}

    assert variables(function) - FOR_POWERTOOLS == read


@pytest.mark.parametrize("function", doors())
def test_door_says_which_wing_it_is(function: str) -> None:
    wing = doors()[function]["Handler"].split(".")[1]

    assert doors()[function]["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"] == wing
