"""The sources that were imported from, for the list of them and for the filter of reports."""

from tingjian.intake.imports.models import Import
from tingjian.platform.items import Key
from tingjian.platform.models import Frozen
from tingjian.platform.store import ConditionFailedError, Store, Write

SOURCES = "import-sources"
ATTEMPTS = 8


class Source(Frozen):
    """A source, and the imports of it that have written something and are not undone."""

    source: str
    version: int
    imports: tuple[str, ...] = ()


class SourceList(Frozen):
    """All sources."""

    items: tuple[Source, ...]


def list_sources(store: Store) -> SourceList:
    """The sources that something was imported from, by name. One call."""
    return SourceList(items=tuple(_from_item(item) for item in store.query_all(SOURCES) if item["imports"]))


def imports_of_source(store: Store, source: str) -> tuple[str, ...]:
    item = store.get(Key(SOURCES, source))
    return _from_item(item).imports if item else ()


def add_to_source(store: Store, record: Import) -> None:
    _change(store, record, present=True)


def take_from_source(store: Store, record: Import) -> None:
    _change(store, record, present=False)


def _change(store: Store, record: Import, *, present: bool) -> None:
    source = record.mapping.source
    for _ in range(ATTEMPTS):
        item = store.get(Key(SOURCES, source))
        before = _from_item(item) if item else Source(source=source, version=0)
        others = tuple(identifier for identifier in before.imports if identifier != record.id)
        imports = (*others, record.id) if present else others
        if imports == before.imports:
            return
        after = {"pk": SOURCES, "sk": source, "version": before.version + 1, "imports": list(imports)}
        try:
            store.transact([Write("desk", after, expect=before.version)])
        except ConditionFailedError:
            continue
        return


def _from_item(item: dict[str, object]) -> Source:
    return Source.model_validate({"source": item["sk"], "version": item["version"], "imports": item["imports"]})
