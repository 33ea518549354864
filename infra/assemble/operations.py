"""Operations: what a feature's resolver says in public of its routes, its OpenAPI schema.

The schema knows of a route its path, method, status, body, answer and right. The parameters of the query string and
the summary stand in the route's function, which the operation's id names.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, get_args, get_type_hints

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer
from pydantic import BaseModel

SCHEME = "staff"
ADDED_BY_POWERTOOLS = {"HTTPValidationError", "ResponseValidationError", "ValidationError"}


@dataclass(frozen=True)
class Operation:
    """A route: `right` is the name of the right that it asks for, None for a public one."""

    path: str
    method: str
    wing: str
    module: str
    function: Callable[..., Any]
    right: str | None
    schema: dict[str, Any]
    shapes: dict[str, Any]
    """The schemas of all models of the feature, by name."""

    @property
    def shape(self) -> str:
        """The path without the names of its parameters."""
        return re.sub(r"\{[^}]*\}", "{}", self.path)

    @property
    def query(self) -> type[BaseModel] | None:
        annotation = get_type_hints(self.function, include_extras=True).get("query")
        model = get_args(annotation)[0] if get_args(annotation) else annotation
        return model if isinstance(model, type) and issubclass(model, BaseModel) else None

    @property
    def answer(self) -> Any:
        return get_type_hints(self.function).get("return")

    @property
    def summary(self) -> str:
        return (self.function.__doc__ or "").strip().partition("\n")[0]


def operations_of(wing: str, app: APIGatewayHttpResolver, routes: ModuleType) -> tuple[Operation, ...]:
    """The operations of a resolver. Raises AttributeError for a route whose function does not stand in `routes`."""
    document = app.get_openapi_schema(
        openapi_version="3.1.0", security_schemes={SCHEME: HTTPBearer(bearerFormat="JWT")}
    )
    schema = json.loads(document.model_dump_json(by_alias=True, exclude_none=True))
    shapes = schema.get("components", {}).get("schemas", {})
    shapes = {name: shape for name, shape in shapes.items() if name not in ADDED_BY_POWERTOOLS}
    return tuple(
        Operation(
            path=path,
            method=method.upper(),
            wing=wing,
            module=routes.__name__,
            function=getattr(routes, _function_name(operation["operationId"], path, method)),
            right=next((scheme[SCHEME][0] for scheme in operation.get("security", ())), None),
            schema=operation,
            shapes=shapes,
        )
        for path, methods in schema.get("paths", {}).items()
        for method, operation in methods.items()
    )


def _function_name(operation_id: str, path: str, method: str) -> str:
    """Powertools makes an operation's id of the function's name, the path and the method."""
    return operation_id.removesuffix(re.sub(r"\W", "_", path) + f"_{method}")
