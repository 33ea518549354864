"""Documents for people: docs/rights.md, docs/events.md and the table of items in docs/data-model.md."""

import re
from collections.abc import Iterator
from typing import Any

from infra.assemble.files import table, with_block
from infra.assemble.house import House, reference
from infra.assemble.places import places_table
from tingjian.platform.facts import Fact
from tingjian.platform.rights import ROLES, Scope

HEAD = "<!-- Written by `python -m infra.assemble`; do not edit. -->\n\n# {title}\n\n{says}\n\n"
RIGHTS_SAY = (
    "A right has a scope by role: `own` covers what is assigned to the caller (and what nobody owns yet in the\n"
    "caller's teams), `team` what belongs to the caller's teams, `all` everything. A role without a scope has nothing\n"
    "of the right."
)
EVENTS_SAY = (
    "Each fact is an event of Journal: its name, the version of its schema, its data. A public fact is also a type of\n"
    "webhook. Listeners hear it after it was stored; one marked *imported* also hears of history that was imported."
)
DATA_MODEL = "docs/data-model.md"
MARK = "<!-- {} -->"


def papers(house: House) -> dict[str, str]:
    model = (house.root / DATA_MODEL).read_text("utf-8")
    return {
        "docs/rights.md": HEAD.format(title="Rights", says=RIGHTS_SAY) + _rights(house),
        "docs/events.md": HEAD.format(title="Events", says=EVENTS_SAY) + "\n".join(_events(house)),
        DATA_MODEL: with_block(model, "items", f"\n{places_table(house)}\n", comment=MARK),
    }


def _rights(house: House) -> str:
    rows = [
        (f"`{right.name}`", *(_scope(right.scopes.get(role)) for role in ROLES))
        for _, right in sorted(house.rights, key=lambda entry: entry[1].name)
    ]
    text = table(("right", *ROLES), rows) + "\n## Which routes need it\n\n"
    needed = sorted(house.operations, key=lambda operation: (operation.right or "", operation.path, operation.method))
    routes = [
        (f"`{one.right}`" if one.right else "everybody", one.method, f"`{one.path}`", one.summary) for one in needed
    ]
    return text + table(("right", "method", "path", ""), routes)


def _scope(scope: Scope | None) -> str:
    return "" if not scope else scope.name.lower()


def _events(house: House) -> Iterator[str]:
    for declared, fact in sorted(house.facts, key=lambda entry: entry[1].__name__):
        yield f"## {fact.__name__}\n\n{_about(house, declared.name, fact)}\n\n{_fields(fact)}"


def _about(house: House, owner: str, fact: type[Fact]) -> str:
    says = re.sub(r"\s+", " ", (fact.__doc__ or "").strip())
    webhook = f"public as `{fact.public}`" if fact.public else "not public"
    heard = [
        f"`{reference(listener.hear)}`" + (" (*imported*)" if listener.imported else "")
        for _, listener in house.listeners
        if listener.fact is fact
    ]
    listeners = f"heard by {', '.join(heard)}" if heard else "heard by nobody"
    return f"{says}\n\nOf {owner}; schema version {fact.schema_version}; {webhook}; {listeners}."


def _fields(fact: type[Fact]) -> str:
    schema = fact.model_json_schema(ref_template="{model}")
    required = set(schema.get("required", ()))
    rows = [
        (f"`{name}`", type_of(shape), "" if name in required else "may be missing", shape.get("description", ""))
        for name, shape in schema.get("properties", {}).items()
    ]
    return table(("field", "type", "", ""), rows) if rows else "No data.\n"


def type_of(shape: dict[str, Any]) -> str:
    if "$ref" in shape:
        return str(shape["$ref"])
    if "enum" in shape or "const" in shape:
        return ", ".join(f"`{value}`" for value in shape.get("enum", [shape.get("const")]))
    if "anyOf" in shape:
        return " or ".join(type_of(member) for member in shape["anyOf"])
    if shape.get("type") == "array":
        return f"list of {type_of(shape.get('items', {}))}"
    if isinstance(shape.get("additionalProperties"), dict):
        return f"object of {type_of(shape['additionalProperties'])}"
    return str(shape.get("format") or shape.get("type") or "anything")
