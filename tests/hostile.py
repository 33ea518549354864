"""Every operation of the OpenAPI document with hostile values in each of its fields, one at a time."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

DOCUMENT = json.loads((Path(__file__).parents[1] / "docs" / "openapi.json").read_text(encoding="utf-8"))
TEXTS = [
    "text:foo",
    "NaN",
    "x" * 10_000,
    "a\u202eb",
    "１２３",
    "\u200b",
    "\x00",
    "\ud800",
    "龘" * 3_000,
    "0001-01-01",
    "9999-12-31",
]
"""What is put in the place of every text."""
NUMBERS = ["NaN", "Infinity", "1e400", "1e-200", "-1e-200", "9" * 400, "1e15", "-1"]
"""What is put in the place of every number, as JSON writes it."""
INSTANTS = [
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00Z",
    "1e20",
    "2026-02-30T00:00:00Z",
]
PARTS = ["x" * 2_100, "龘" * 700, "text:foo", "NaN", "a\u202eb", "１２３", "%", "...", "0001-01-01", "9999-12-31"]
"""What is put in the place of every part of a path."""
CURSORS = ["x", "e30", "eyJwayI6IngifQ", "~", "~x", "W" * 999, "bnVsbA", "e" * 1001, "W1tbW1tbW1tb" * 80, "AAAA_-"]
USUAL: dict[str, Any] = {
    "type": "complaint",
    "team": "aftersales",
    "phone": "13812345678",
    "phones": "13812345679",
    "email": "wang@example.com",
    "emails": "w@example.com",
    "number": "4827-3951-0664",
    "ticket": "4827-3951-0664",
    "phone_last_four": "5678",
    "media_type": "image/png",
    "url": "https://example.com/h",
    "timezone": "Asia/Shanghai",
    "time_zone": "Asia/Shanghai",
    "zone": "Asia/Shanghai",
    "department": "warehouse",
    "calendar": "always",
    "from": "2026-03-02",
    "to": "2026-03-03",
    "starts": "22:00",
    "ends": "08:00",
    "closed": "2026-05-01",
    "types": "complaint",
    "priorities": "high",
    "channels": "web",
    "customer_levels": "vip",
    "people": "chen",
    "attachments": "never-uploaded",
    "teams": "aftersales",
    "clock": "resolution",
    "delimiter": ",",
    "format": "%Y-%m-%d %H:%M",
    "start": "22:00",
    "end": "08:00",
    "year": 2026,
    "field": "phones",
}
"""Values that are right, by the name of their field."""

SPAN = 2
REFERENCES = {"customer_id", "assignee", "attachments", "lead", "manager"}
"""Fields that must name what is there: they are sent only when they are the hostile ones."""
THERE = {
    "POST /v1/calendars/{calendar}/deadline calendar": "always",
    "POST /v1/calendars/{calendar}/explain calendar": "always",
    "POST /v1/calendars/{calendar}/apply calendar": "always",
    "POST /v1/sla-policies/{policy}/apply policy": "default",
    "PUT /v1/surveys/questionnaires/{type} type": "feedback",
    "PUT /v1/calendars/{calendar}/dates/{date} date": "2026-05-01",
    "PUT /v1/calendars/{calendar}/dates/{date} calendar": "always",
    "number": "1",
}
"""Path parameters that lead somewhere in every centre."""


@dataclass(frozen=True)
class Sent:
    """One request: `place` says where the hostile value stands. `body` is JSON, or what only looks like it."""

    operation: str
    place: str
    method: str
    path: str
    body: str | None


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def hostile_requests(made: Mapping[str, str], *, texts: list[str] = TEXTS) -> Iterator[Sent]:
    """Every request. `made` has real values of path parameters by name; others are made up."""
    made = THERE | dict(made)
    for method, path, operation in operations():
        name = f"{method} {path}"
        named = re.findall(r"{(\w+)}", path)
        usual = {parameter: made.get(f"{name} {parameter}", made.get(parameter, "neu")) for parameter in named}
        schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        right = example(schema, "") if schema else None
        body = json.dumps(without_references(right, "")) if schema else None
        for parameter in named:
            for value in PARTS:
                filled = usual | {parameter: value}
                yield Sent(
                    name, f"path {parameter}", method, path.format(**{k: quote(v) for k, v in filled.items()}), body
                )
        there = path.format(**usual)
        for parameter in operation["parameters"]:
            if parameter.get("in") == "query":
                yield from _queries(name, method, there, operation, parameter["name"], texts)
        for place, values in places(schema, right, "", texts) if schema else ():
            for value in values:
                yield Sent(name, f"body {place}", method, there, replaced(right, place, value))


def _queries(  # noqa: PLR0917 - what a request is made of
    name: str, method: str, path: str, operation: Any, parameter: str, texts: list[str]
) -> Iterator[Sent]:
    others = [entry["name"] for entry in operation["parameters"] if entry.get("in") == "query" and entry["required"]]
    for value in CURSORS if parameter == "cursor" else [*texts[:5], *INSTANTS, "1e-200", "9" * 40]:
        query = {other: USUAL.get(other, "x") for other in others} | {parameter: value}
        yield Sent(name, f"query {parameter}", method, f"{path}?{_query(query)}", None)


def _query(query: Mapping[str, str]) -> str:
    return "&".join(f"{key}={quote(value, safe='', errors='ignore')}" for key, value in query.items())


def resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema that is meant, the first of several."""
    while True:
        if "$ref" in schema:
            schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        elif several := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
            schema = next((one for one in several if one.get("type") != "null"), several[0])
        else:
            return schema


def example(schema: Mapping[str, Any], name: str) -> Any:  # noqa: PLR0911 - one a kind of value
    """A value that fits the schema, with every field."""
    schema = resolved(schema)
    if "const" in schema or "enum" in schema:
        if USUAL.get(name) in schema.get("enum", ()):
            return USUAL[name]
        return schema.get("const", schema.get("enum", [None])[0])
    match schema.get("type"):
        case "object":
            fields = schema.get("properties", {})
            if not fields and isinstance(schema.get("additionalProperties"), dict):
                return {"mon" if name in {"hours", "extra"} else "level": example(schema["additionalProperties"], name)}
            return {field: example(shape, field) for field, shape in fields.items()}
        case "array":
            inner = schema.get("prefixItems") or [schema.get("items", {})]
            if name in {"hours", "extra"} and len(inner) == SPAN:
                return ["09:00", "18:00"]
            return [example(shape, name) for shape in inner]
        case "integer" | "number":
            return USUAL.get(name) if isinstance(USUAL.get(name), int) else max(1, schema.get("minimum", 1))
        case "boolean":
            return True
        case "string" if schema.get("format") == "date-time":
            return "2090-01-01T00:00:00+08:00"
    return USUAL.get(name, "neu")


def places(schema: Mapping[str, Any], right: Any, place: str, texts: list[str]) -> Iterator[tuple[str, list[Any]]]:
    """Each place of a value that is one text or number, and what is to be put there."""
    schema = resolved(schema)
    match right:
        case dict():
            for field, value in right.items():
                inner = schema.get("properties", {}).get(field) or schema.get("additionalProperties") or {}
                yield from places(inner if isinstance(inner, dict) else {}, value, f"{place}/{field}", texts)
        case list():
            shapes = schema.get("prefixItems") or [schema.get("items", {})] * len(right)
            for number, (shape, value) in enumerate(zip(shapes, right, strict=True)):
                yield from places(shape, value, f"{place}/{number}", texts)
        case bool():
            pass
        case int() | float():
            yield place, [_Raw(number) for number in NUMBERS]
        case _:
            instant = schema.get("format") == "date-time"
            yield place, [*texts, *(INSTANTS if instant else []), _Raw("1e-200"), _Raw("NaN")]


class _Raw(str):
    """A value as JSON writes it."""

    __slots__ = ()


def replaced(right: Any, place: str, value: Any) -> str:
    """The JSON of a body with the value in one place."""
    body = without_references(json.loads(json.dumps(right)), place)
    if not place:
        return value if isinstance(value, _Raw) else json.dumps(value)
    *way, last = place.split("/")[1:]
    inside = body
    for part in way:
        inside = inside[int(part) if isinstance(inside, list) else part]
    key = int(last) if isinstance(inside, list) else last
    inside[key] = "#here#" if isinstance(value, _Raw) else value
    text = json.dumps(body)
    return text.replace('"#here#"', value) if isinstance(value, _Raw) else text


def without_references(body: Any, place: str) -> Any:
    """The body with no field that names what is not there, but for the one at the place."""
    if not isinstance(body, dict):
        return body
    kept = place.split("/")[1] if place else ""
    return {name: value for name, value in body.items() if name not in REFERENCES or name == kept}
