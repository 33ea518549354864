"""The OpenAPI 3.1 document, made from the doors' routes: `python -m infra.openapi` writes it, `--check` compares."""

import importlib
import json
import re
import sys
from collections.abc import Iterable
from http import HTTPStatus
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from tingjian.platform.http import Door, Html, Route
from tingjian.platform.rights import RIGHTS
from tingjian.platform.texts import LANGUAGES

ROOT = Path(__file__).resolve().parents[1]
WINGS = ("intake", "escalation", "survey", "report")
TARGET = ROOT / "docs" / "openapi.json"
REFERENCE = "#/components/schemas/{model}"
PROBLEM = {
    "type": "object",
    "description": "A problem document (RFC 9457) in the caller's language.",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}
HEADERS: dict[str, dict[str, Any]] = {
    name: {"name": name, "in": "header", "required": False, "schema": schema}
    for name, schema in {
        "Accept-Language": {"type": "string", "enum": list(LANGUAGES)},
        "Idempotency-Key": {"type": "string", "minLength": 1, "maxLength": 255},
        "If-Match": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
    }.items()
}
PATH_PART = {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*$", "maxLength": 400}
"""Ids, keys and tokens; none has a slash."""
REASONS = {
    400: "The body is not JSON.",
    401: "Nobody is signed in.",
    403: "The caller's role or scope does not cover this.",
    404: "There is no such thing, or none that the caller may know of.",
    409: "The state does not allow it, or somebody changed it first.",
    410: "The link has expired or was used.",
    413: "The body is too large.",
    422: "Some fields are not valid; `errors` names each.",
    428: "The version is missing.",
    429: "Too many wrong tries.",
}


def document() -> dict[str, Any]:
    """The whole document."""
    routes = [route for wing in WINGS for route in _door(wing).routes]
    models: list[type[BaseModel]] = [
        model for route in routes for model in (route.body, route.query, route.answer) if model is not None
    ]
    inputs = {model for route in routes for model in (route.body, route.query) if model is not None}
    pairs: list[Any] = sorted(
        {(model, "validation" if model in inputs else "serialization") for model in models},
        key=lambda pair: (pair[0].__name__, pair[1]),
    )
    schemas, definitions = models_json_schema(pairs, ref_template=REFERENCE)
    shapes: dict[str, Any] = definitions.get("$defs", {})
    answers = _reached([schema for (_, mode), schema in schemas.items() if mode == "serialization"], shapes)
    for name in answers - _reached([schema for (_, mode), schema in schemas.items() if mode == "validation"], shapes):
        _leave_out_nulls(shapes[name])
    paths: dict[str, Any] = {}
    for route in sorted(routes, key=lambda route: (route.path, route.method)):
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tingjian",
            "version": "1.0.0",
            "description": "Customer service operations. Times are RFC 3339; every POST takes an Idempotency-Key.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in sorted({_tag(route) for route in routes})],
        "paths": paths,
        "components": {
            "schemas": {**shapes, "Problem": PROBLEM},
            "responses": {str(status): _refusal(status, reason) for status, reason in REASONS.items()},
            "parameters": HEADERS,
            "securitySchemes": {"staff": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _reached(schemas: Iterable[Any], shapes: dict[str, Any]) -> set[str]:
    """The names of the shapes that these schemas are made of."""
    found: set[str] = set()
    pending = list(schemas)
    while pending:
        for reference in re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(pending.pop())):
            if reference not in found:
                found.add(reference)
                pending.append(shapes[reference])
    return found


def _leave_out_nulls(shape: dict[str, Any]) -> None:
    """Say that an answer leaves out what is null."""
    nullable = {
        name
        for name, schema in shape.get("properties", {}).items()
        if {"type": "null"} in schema.get("anyOf", []) or schema.get("type") == "null"
    }
    if nullable & set(shape.get("required", [])):
        shape["required"] = [name for name in shape["required"] if name not in nullable]


def _door(wing: str) -> Door:
    handler = importlib.import_module(f"functions.{wing}.api").handler
    if not isinstance(handler, Door):
        raise TypeError(wing)
    return handler


def _operation(route: Route, schemas: dict[Any, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": f"{_tag(route)}_{route.function.__module__.rsplit('.', 1)[-1]}_{route.function.__name__}",
        "tags": [_tag(route)],
        "summary": (route.function.__doc__ or "").strip().splitlines()[0],
        "parameters": [*_path_parameters(route), *_query_parameters(route), *_headers(route)],
        "responses": _responses(route, schemas),
    }
    if route.right:
        operation["security"] = [{"staff": []}]
        granted = ", ".join(f"{role} ({scope.name.lower()})" for role, scope in RIGHTS[route.right].items())
        operation["description"] = f"Needs the right `{route.right}`: {granted}."
    else:
        operation["security"] = []
    if route.body:
        content = {"application/json": {"schema": schemas[(route.body, "validation")]}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _responses(route: Route, schemas: dict[Any, Any]) -> dict[str, Any]:
    if route.answer:
        mode = "serialization" if (route.answer, "serialization") in schemas else "validation"
        content: dict[str, Any] = {"application/json": {"schema": schemas[(route.answer, mode)]}}
    elif route.function.__annotations__.get("return") is Html:
        content = {"text/html; charset=utf-8": {"schema": {"type": "string"}}}
    else:
        content = {}
    success: dict[str, Any] = {"description": "Done."} | ({"content": content} if content else {})
    refusals = [404, 409, 422] + ([401, 403] if route.right else [410, 429]) + ([400, 413] if route.body else [])
    refusals += [428] if route.method in {"PUT", "PATCH"} else []
    return {str(route.status): success} | {
        str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(refusals)
    }


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    return [{"name": name, "in": "path", "required": True, "schema": PATH_PART} for name in route.path_parameters]


def _query_parameters(route: Route) -> list[dict[str, Any]]:
    if route.query is None:
        return []
    schema = route.query.model_json_schema(ref_template=REFERENCE)
    required = set(schema.get("required", []))
    return [
        {"name": name, "in": "query", "required": name in required, "schema": shape}
        for name, shape in schema["properties"].items()
    ]


def _refusal(status: int, reason: str) -> dict[str, Any]:
    content: dict[str, Any] = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    if status == HTTPStatus.UNAUTHORIZED:  # A wrong token never reaches us: API Gateway answers in its own words.
        content["application/json"] = {"schema": {"type": "object", "properties": {"message": {"type": "string"}}}}
    return {"description": reason, "content": content}


def _headers(route: Route) -> list[dict[str, Any]]:
    names = ["Accept-Language"]
    if route.method == "POST":
        names.append("Idempotency-Key")
    if route.method in {"PUT", "PATCH"} or (route.method == "POST" and "{ticket}" in route.path):
        names.append("If-Match")
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def _tag(route: Route) -> str:
    parts = route.path.split("/")
    return parts[2] if parts[2] != "public" else f"public-{parts[3]}"


def main() -> int:
    """Write the document, or with `--check` say whether it is as the code has it."""
    text = json.dumps(document(), ensure_ascii=False, indent=1) + "\n"
    if "--check" not in sys.argv:
        TARGET.write_text(text, encoding="utf-8")
        return 0
    if TARGET.exists() and TARGET.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write(f"{TARGET.relative_to(ROOT)} is not what the code says: run `make openapi`.\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
