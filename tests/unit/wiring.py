"""What is wrong with the tables by which doors find features late."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Any, get_type_hints

from infra.assemble.operations import operations_of
from tingjian.notifications.deliveries.composition import RenderContext
from tingjian.notifications.deliveries.models import Rendered
from tingjian.platform.events import Event
from tingjian.platform.items import Item
from tingjian.platform.late import function_at
from tingjian.platform.store import Store
from tingjian.platform.timers import Firing


@dataclass(frozen=True)
class Shape:
    """What a door hands to a function, by position and by name, and what it takes back."""

    given: tuple[Any, ...]
    returned: Any
    named: Mapping[str, Any] = field(default_factory=dict)


TIMER = Shape((Store, Item), Firing | None, {"now": datetime})
MAIL = Shape((RenderContext, Item, datetime), Rendered)
LISTENER = Shape((Store, Event, datetime), type(None))


def function_faults(table: Mapping[str, str | tuple[str, ...]], shape: Shape) -> Iterator[str]:
    """What is wrong with a table of references to functions of one shape."""
    for name, references in table.items():
        for reference in [references] if isinstance(references, str) else references:
            try:
                function = function_at(reference)
            except (ImportError, AttributeError, ValueError) as error:
                yield f"{name}: {reference} is nothing: {error}"
            else:
                yield from (f"{name}: {reference} {fault}" for fault in _shape_faults(function, shape))


def _shape_faults(function: Callable[..., Any], shape: Shape) -> Iterator[str]:
    try:
        bound = inspect.signature(function).bind(*shape.given, **shape.named)
    except TypeError as error:
        yield f"cannot be called: {error}"
        return
    hints = get_type_hints(function)
    wanted = {**bound.arguments, "return": shape.returned}
    yield from (f"has {name}: {hints.get(name)}" for name, hint in wanted.items() if hints.get(name) != hint)


def route_faults(wing: str, table: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """What is wrong with a table of routes: a module that is none, a route that its module does not declare."""
    routed = {(path, method, module) for path, methods in table.items() for method, module in methods.items()}
    declared: set[tuple[str, str, str]] = set()
    for name in sorted({module for _, _, module in routed}):
        try:
            module = import_module(name)
            declared |= {(op.path, op.method, name) for op in operations_of(wing, module.app, module)}
        except (ImportError, AttributeError) as error:
            yield f"{name} has no routes: {error}"
    yield from (f"{module} declares no {method} {path}" for path, method, module in sorted(routed - declared))
    yield from (f"{method} {path} of {module} is not routed" for path, method, module in sorted(declared - routed))
