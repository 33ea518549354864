"""The house: its feature folders and what each declares."""

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from infra.assemble.files import AssemblyError
from infra.assemble.operations import Operation, operations_of
from tingjian.platform.facts import Fact
from tingjian.platform.features import Feature, Listener, Mail, Timer
from tingjian.platform.rights import Right

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = Path("layers/tingjian/tingjian")
NAMES = {"feature.py", "models.py", "routes.py"}
"""A folder with one of these is a feature."""
WINGS = ("intake", "escalation", "survey", "report")


class UndeclaredError(AssemblyError):
    """A folder of a feature declares nothing, or something that cannot be read."""


@dataclass(frozen=True)
class Declared:
    """A feature with its place: `intake/tickets` is the package `tingjian.intake.tickets`."""

    name: str
    package: str
    folder: Path
    feature: Feature

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        http = self.feature.http
        return () if http is None else operations_of(http.wing, http.app, self.routes)

    @cached_property
    def routes(self) -> ModuleType:
        return importlib.import_module(f"{self.package}.routes")


@dataclass(frozen=True)
class House:
    """All features, in the order of their names; `root` is the folder of the project."""

    root: Path
    features: tuple[Declared, ...]
    bare: tuple[str, ...] = ()
    """Folders that have models or routes and no declaration."""

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        found = [operation for declared in self.features for operation in declared.operations]
        return tuple(sorted(found, key=lambda operation: (operation.path, operation.method)))

    @property
    def rights(self) -> Iterator[tuple[Declared, Right]]:
        return ((declared, right) for declared in self.features for right in declared.feature.rights)

    @property
    def facts(self) -> Iterator[tuple[Declared, type[Fact]]]:
        return ((declared, fact) for declared in self.features for fact in declared.feature.facts)

    @property
    def listeners(self) -> Iterator[tuple[Declared, Listener]]:
        return ((declared, listener) for declared in self.features for listener in declared.feature.listeners)

    @property
    def timers(self) -> Iterator[tuple[Declared, Timer]]:
        return ((declared, timer) for declared in self.features for timer in declared.feature.timers)

    @property
    def mails(self) -> Iterator[tuple[Declared, Mail]]:
        return ((declared, mail) for declared in self.features for mail in declared.feature.mails)


def house_at(root: Path = ROOT) -> House:
    """The house as its feature folders declare it. Raises UndeclaredError for a `feature.py` without a `FEATURE`."""
    paths = [path for path in (root / PACKAGE).glob("*/*/*.py") if path.name in NAMES]
    folders = sorted({path.parent for path in paths if path.parent.parent.name != "platform"})
    declared = tuple(_declared(folder) for folder in folders if (folder / "feature.py").exists())
    bare = tuple(_name(folder) for folder in folders if not (folder / "feature.py").exists())
    return House(root, declared, bare)


def reference(function: Callable[..., Any]) -> str:
    """The late reference `module:function` of a function."""
    return f"{function.__module__}:{function.__qualname__}"


def _declared(folder: Path) -> Declared:
    name = _name(folder)
    package = f"tingjian.{name.replace('/', '.')}"
    feature = getattr(importlib.import_module(f"{package}.feature"), "FEATURE", None)
    if not isinstance(feature, Feature):
        raise UndeclaredError(f"{package}.feature has no constant FEATURE that is a Feature.")
    return Declared(name, package, folder, feature)


def _name(folder: Path) -> str:
    return f"{folder.parent.name}/{folder.name}"
