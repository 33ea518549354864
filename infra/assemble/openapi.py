"""docs/openapi.json: the schemas of all features' resolvers, merged and put into the house's form."""

import json
import re
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any

from infra.assemble.house import House
from infra.assemble.operations import Operation
from tingjian.platform.http import Html
from tingjian.platform.http.versions import REPLACING
from tingjian.platform.rights import Right
from tingjian.platform.texts import LANGUAGES

FILE = "docs/openapi.json"
REFERENCE = "#/components/schemas/{model}"
PAGE = {"text/html; charset=utf-8": {"schema": {"type": "string"}}}
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
REQUIRED_VERSION = "Version"
HEADERS[REQUIRED_VERSION] = HEADERS["If-Match"] | {
    "required": True,
    "description": 'The version that the caller read, `"0"` for a thing that is not there yet.',
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


def openapi_document(house: House) -> dict[str, str]:
    """docs/openapi.json: its path and its text."""
    return {FILE: json.dumps(document(house), ensure_ascii=False, indent=1) + "\n"}


def document(house: House) -> dict[str, Any]:
    rights = {right.name: right for _, right in house.rights}
    paths: dict[str, Any] = {}
    for operation in house.operations:
        described = _operation(operation, rights)
        paths.setdefault(operation.path, {})[operation.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tingjian",
            "version": "1.0.0",
            "description": "Customer service operations. Times are RFC 3339; every POST takes an Idempotency-Key.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in sorted({_tag(operation) for operation in house.operations})],
        "paths": paths,
        "components": {
            "schemas": {**_shapes(house, paths), "Problem": PROBLEM},
            "responses": {str(status): _refusal(status, reason) for status, reason in REASONS.items()},
            "parameters": HEADERS,
            "securitySchemes": {"staff": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _shapes(house: House, paths: dict[str, Any]) -> dict[str, Any]:
    """The schemas that the paths are made of, by name; those of answers leave out what is null."""
    every: dict[str, Any] = {}
    for operation in house.operations:
        every |= json.loads(json.dumps(operation.shapes))
    for operation in house.operations:
        if operation.query:
            every |= operation.query.model_json_schema(ref_template=REFERENCE).get("$defs", {})
    bodies, answers = [], []
    for methods in paths.values():
        for described in methods.values():
            bodies += [described.get("requestBody", {}), described["parameters"]]
            answers.append(described["responses"])
    asked, answered = reached(bodies, every), reached(answers, every)
    for name in answered - asked:
        _leave_out_nulls(every[name])
    return {name: every[name] for name in sorted(asked | answered)}


def reached(schemas: Iterable[Any], shapes: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    pending = list(schemas)
    while pending:
        for name in re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(pending.pop())):
            if name not in found and name in shapes:
                found.add(name)
                pending.append(shapes[name])
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


def operation_id(operation: Operation) -> str:
    """The noun of the path and the name of the route's function."""
    return f"{_tag(operation)}_{operation.function.__name__}"


def _operation(operation: Operation, rights: dict[str, Right]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation_id(operation),
        "tags": [_tag(operation)],
        "summary": operation.summary,
        "parameters": [*_path_parameters(operation), *_query_parameters(operation), *_headers(operation)],
        "responses": _responses(operation),
    }
    if operation.right:
        described["security"] = [{"staff": []}]
        scopes = rights[operation.right].scopes if operation.right in rights else {}
        granted = ", ".join(f"{role} ({scope.name.lower()})" for role, scope in scopes.items() if scope)
        described["description"] = f"Needs the right `{operation.right}`: {granted}."
    else:
        described["security"] = []
    if body := operation.schema.get("requestBody"):
        described["requestBody"] = {"required": True, "content": body["content"]}
    return described


def _responses(operation: Operation) -> dict[str, Any]:
    [(status, given)] = [entry for entry in operation.schema["responses"].items() if entry[0].startswith("2")]
    success: dict[str, Any] = {"description": "Done."}
    if operation.answer is Html:
        success["content"] = PAGE
    elif operation.answer is type(None):
        status = str(int(HTTPStatus.NO_CONTENT))
    else:
        success["content"] = given["content"]
    refusals = [404, 409, 422] + ([401, 403] if operation.right else [410, 429])
    refusals += [400, 413] if "requestBody" in operation.schema else []
    refusals += [428] if operation.method in REPLACING else []
    return {status: success} | {str(code): _refused(code, operation) for code in sorted(refusals)}


def _refused(code: int, operation: Operation) -> dict[str, Any]:
    """A problem document; where people look at pages, the refusal may be one too."""
    if operation.answer is not Html:
        return {"$ref": f"#/components/responses/{code}"}
    refusal = _refusal(code, REASONS[code])
    return refusal | {"content": PAGE | refusal["content"]}


def _path_parameters(operation: Operation) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"\{(\w+)\}", operation.path):
        yield {"name": name, "in": "path", "required": True, "schema": PATH_PART}


def _query_parameters(operation: Operation) -> Iterator[dict[str, Any]]:
    if operation.query:
        schema = operation.query.model_json_schema(ref_template=REFERENCE)
        required = set(schema.get("required", []))
        for name, shape in schema["properties"].items():
            yield {"name": name, "in": "query", "required": name in required, "schema": shape}


def _refusal(status: int, reason: str) -> dict[str, Any]:
    content: dict[str, Any] = {"application/problem+json": {"schema": {"$ref": REFERENCE.format(model="Problem")}}}
    if status == HTTPStatus.UNAUTHORIZED:  # A wrong token never reaches us: API Gateway answers in its own words.
        content["application/json"] = {"schema": {"type": "object", "properties": {"message": {"type": "string"}}}}
    return {"description": reason, "content": content}


def _headers(operation: Operation) -> list[dict[str, Any]]:
    names = ["Accept-Language"]
    if operation.method == "POST":
        names.append("Idempotency-Key")
    if operation.method in REPLACING:
        names.append(REQUIRED_VERSION)
    elif operation.method == "POST" and "{ticket}" in operation.path:
        names.append("If-Match")
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def _tag(operation: Operation) -> str:
    parts = operation.path.split("/")
    return parts[2] if parts[2] != "public" else f"public-{parts[3]}"
