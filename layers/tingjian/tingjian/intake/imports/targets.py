"""What a mapping points at here must be there: types, teams and people."""

from tingjian.intake.imports.mappings import LogMapping
from tingjian.intake.types.storage import find_type
from tingjian.people.staff.storage import find_staff, find_team
from tingjian.platform.errors import FieldError, InvalidInputError
from tingjian.platform.store import Store


def check_keys(store: Store, mapping: LogMapping) -> None:
    """Raise InvalidInputError that names each type, team and person of the mapping that is not here or inactive."""
    wrong = []
    for place, key in _types(mapping):
        kind = find_type(store, key)
        if kind is None or not kind.active:
            wrong.append(FieldError(place, "unknown", value=key))
    for place, key in _teams(mapping):
        team = find_team(store, key)
        if team is None or not team.active or team.kind != "team":
            wrong.append(FieldError(place, "unknown", value=key))
    for name, person in mapping.people.items():
        if find_staff(store, person) is None:
            wrong.append(FieldError(f"mapping.people.{name}", "unknown", value=person))
    if wrong:
        raise InvalidInputError(wrong)


def _types(mapping: LogMapping) -> list[tuple[str, str]]:
    given = mapping.type
    if given is None:
        return []
    if isinstance(given, str):
        return [("mapping.type", given)]
    listed = [(f"mapping.type.values.{value}", key) for value, key in given.values.items()]
    return [*listed, *([("mapping.type.otherwise", given.otherwise)] if given.otherwise else [])]


def _teams(mapping: LogMapping) -> list[tuple[str, str]]:
    if mapping.team is None:
        return []
    listed = [(f"mapping.team.values.{value}", key) for value, key in mapping.team.values.items()]
    return [*listed, *([("mapping.team.otherwise", mapping.team.otherwise)] if mapping.team.otherwise else [])]
