"""What the assembly refuses, each with a sentence that names who and what."""

import sys
from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from typing import Any

from infra.assemble.catalogues import missing_texts
from infra.assemble.gateway import mixed_nouns
from infra.assemble.house import House, reference
from infra.assemble.places import colliding_places
from infra.assemble.roles import undeployed_doors
from infra.assemble.shapes import colliding_shapes, repeated_operations


def refusals(house: House) -> list[str]:
    """All sentences of refusal; none when the house is sound."""
    found: list[str] = []
    for check in CHECKS:
        found += check(house)
    return found


def undeclared_folders(house: House) -> Iterator[str]:
    """Folders with models or routes and without a declaration."""
    for name in house.bare:
        yield f"{name} has models or routes and no feature.py: declare the feature."


def repeated_names(house: House) -> Iterator[str]:
    """Names of which there may be one: rights, facts, kinds of timer, templates of mail, public names."""
    named: tuple[tuple[str, Iterable[tuple[Any, Any]], Callable[[Any], str]], ...] = (
        ("right", house.rights, attrgetter("name")),
        ("fact", house.facts, attrgetter("__name__")),
        ("type of webhook", house.facts, attrgetter("public")),
        ("kind of timer", house.timers, attrgetter("kind")),
        ("template of messages", house.mails, attrgetter("template")),
        ("kind of notice", _words(house, "notices"), str),
        ("clock", _words(house, "clocks"), str),
        ("move", _words(house, "moves"), str),
        ("blocker", _words(house, "blockers"), str),
    )
    for kind, things, name_of in named:
        owners: dict[str, list[str]] = {}
        for declared, thing in things:
            if name_of(thing):
                owners.setdefault(name_of(thing), []).append(declared.name)
        for name, features in owners.items():
            if len(features) > 1:
                yield f"The {kind} {name} is declared more than once: by {' and '.join(features)}."


def unreachable_functions(house: House) -> Iterator[str]:
    functions = [(declared, timer.fire) for declared, timer in house.timers]
    functions += [(declared, mail.write) for declared, mail in house.mails]
    functions += [(declared, listener.hear) for declared, listener in house.listeners]
    for declared, function in functions:
        if getattr(sys.modules.get(function.__module__), function.__qualname__, None) is not function:
            yield f"{declared.name} names {reference(function)}, which is no function of a module."


def rights_and_routes(house: House) -> Iterator[str]:
    """Rights without a route, and routes whose right no feature declares."""
    declared = {right.name for _, right in house.rights}
    asked = {operation.right for operation in house.operations if operation.right}
    for owner, right in house.rights:
        if right.name not in asked:
            yield f"The right {right.name} of {owner.name} guards no route."
    for operation in house.operations:
        if operation.right and operation.right not in declared:
            yield f"{operation.method} {operation.path} needs the right {operation.right}, which no feature declares."


def repeated_routes(house: House) -> Iterator[str]:
    """Routes that two features declare, and paths that two doors would have to answer."""
    owners: dict[tuple[str, str], str] = {}
    paths: dict[str, tuple[str, str]] = {}
    for operation in house.operations:
        owner = owners.setdefault((operation.method, operation.shape), operation.module)
        if owner != operation.module:
            yield f"{operation.method} {operation.path} is declared by {owner} and by {operation.module}."
        wing, path = paths.setdefault(operation.shape, (operation.wing, operation.path))
        if wing != operation.wing:
            yield f"{operation.path} is served by {wing} and by {operation.wing}: a path has one door."
        elif path != operation.path:
            yield f"{path} and {operation.path} are one path with two names of its parameters."


def foreign_facts(house: House) -> Iterator[str]:
    facts = {fact for _, fact in house.facts}
    for declared, listener in house.listeners:
        if listener.fact not in facts:
            yield f"{declared.name} listens to {listener.fact.__name__}, which no feature declares."


def _words(house: House, member: str) -> Iterator[tuple[Any, str]]:
    return ((declared, word) for declared in house.features for word in getattr(declared.feature, member))


CHECKS: tuple[Callable[[House], Iterable[str]], ...] = (
    undeclared_folders,
    repeated_names,
    unreachable_functions,
    rights_and_routes,
    repeated_routes,
    mixed_nouns,
    undeployed_doors,
    foreign_facts,
    colliding_places,
    colliding_shapes,
    repeated_operations,
    missing_texts,
)
