"""Imports in the store: items that hold a document, since nothing asks for a part of one."""

from tingjian.intake.imports.models import Import, ImportPart, Split, StoredCase
from tingjian.platform.errors import NotFoundError
from tingjian.platform.ids import derived_id
from tingjian.platform.items import Item, Key
from tingjian.platform.store import Store, Write
from tingjian.platform.times import stamp

IMPORT = "import#"
CASE = "case#"
PART = "part#"
IMPORTS = "imports"


class ImportNotFoundError(NotFoundError):
    """There is no import with this id."""

    code = "import_not_found"


def import_entity(import_id: str) -> str:
    return IMPORT + import_id


def load_import(store: Store, import_id: str) -> Import:
    """An import by id. Raises ImportNotFoundError."""
    item = store.get(Key(import_entity(import_id), "import"))
    if item is None:
        raise ImportNotFoundError
    return Import.model_validate_json(item["document"])


def list_imports(store: Store, *, limit: int, cursor: str | None) -> tuple[list[Import], str | None]:
    """Imports, newest first, and the cursor to older ones. Two calls."""
    page = store.query(IMPORTS, limit=limit, cursor=cursor, forward=False)
    keys = [Key(import_entity(item["sk"].partition("#")[2]), "import") for item in page.items]
    found = store.get_many(keys)
    return [Import.model_validate_json(found[key]["document"]) for key in keys if key in found], page.cursor


def import_write(record: Import) -> Write:
    item: Item = {"pk": import_entity(record.id), "sk": "import", "version": record.version}
    return Write("desk", item | {"document": record.model_dump_json()}, expect=record.version - 1)


def list_entry_write(record: Import) -> Write:
    return Write("desk", {"pk": IMPORTS, "sk": f"{stamp(record.created_at)}#{record.id}"}, expect=0)


def load_progress(store: Store, import_id: str) -> tuple[Split, dict[int, ImportPart]]:
    """How far an import is: its file's split, and its parts by number. One call."""
    split, parts = Split(), {}
    for item in store.query_all(import_entity(import_id), consistent=True):
        if item["sk"] == "split":
            split = Split.model_validate_json(item["document"])
        elif item["sk"].startswith(PART):
            part = ImportPart.model_validate_json(item["document"])
            parts[part.number] = part
    return split, parts


def load_part(store: Store, import_id: str, number: int) -> ImportPart:
    """A part; a new one if no worker has stored it yet."""
    item = store.get(Key(import_entity(import_id), f"{PART}{number:04d}"))
    return ImportPart.model_validate_json(item["document"]) if item else ImportPart(number=number)


def split_write(import_id: str, split: Split) -> Write:
    return _progress_write(import_id, "split", split)


def part_write(import_id: str, part: ImportPart) -> Write:
    return _progress_write(import_id, f"{PART}{part.number:04d}", part)


def case_key(source: str, case: str) -> Key:
    return Key(f"{CASE}{derived_id(source, case)}", "case")


def case_write(case: StoredCase, *, before: int) -> Write:
    """The member of a transaction that stores a case over the version `before` of its ticket."""
    key = case_key(case.source, case.case)
    return Write("desk", {"pk": key.pk, "sk": key.sk} | case.model_dump(), expect=before)


def case_from_item(item: Item) -> StoredCase:
    return StoredCase.model_validate({name: value for name, value in item.items() if name not in {"pk", "sk"}})


def _progress_write(import_id: str, sk: str, progress: Split | ImportPart) -> Write:
    item: Item = {"pk": import_entity(import_id), "sk": sk, "version": progress.version}
    return Write("desk", item | {"document": progress.model_dump_json()}, expect=progress.version - 1)
