"""Functions that are imported when they are first asked for, by references that the assembly wrote."""

import importlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])


def function_at(reference: str) -> Callable[..., Any]:
    """The function of a reference `module:function`."""
    module, _, name = reference.partition(":")
    function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return function


class LateTable(Mapping[str, F], Generic[F]):
    """A table of references that gives functions."""

    def __init__(self, references: Mapping[str, str]) -> None:
        self._references = references

    def __getitem__(self, name: str) -> F:
        return cast("F", function_at(self._references[name]))

    def __contains__(self, name: object) -> bool:
        return name in self._references

    def __iter__(self) -> Iterator[str]:
        return iter(self._references)

    def __len__(self) -> int:
        return len(self._references)
