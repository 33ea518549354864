"""Imports in the store: items that hold a document, since nothing asks for a part of one."""

from tingjian.intake.imports.models import Batch, Import, ImportPart, Split, StoredCase, Undo
from tingjian.platform.errors import NotFoundError
from tingjian.platform.ids import derived_id
from tingjian.platform.items import Item, Key
from tingjian.platform.store import Store, Write
from tingjian.platform.times import stamp

IMPORT = "import#"
CASE = "case#"
PART = "part#"
TRIAL = "trial#"
PARTIES = "import-parties#"
KEPT = "import-kept#"
IMPORTS = "imports"
BATCHES = "import-batches#"
BEFORE = "before#"
UNDO = "undo"


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


def load_progress(store: Store, import_id: str, *, dry: bool = False) -> tuple[Split, dict[int, ImportPart]]:
    """How far an import is, or its dry run: its file's split, and its parts by number. One call."""
    split, parts = Split(), {}
    prefix = TRIAL if dry else PART
    for item in store.query_all(import_entity(import_id), consistent=True):
        if item["sk"] == "split":
            split = Split.model_validate_json(item["document"])
        elif item["sk"].startswith(prefix):
            part = ImportPart.model_validate_json(item["document"])
            parts[part.number] = part
    return split, parts


def load_part(store: Store, import_id: str, number: int, *, dry: bool = False) -> ImportPart:
    """A part; a new one if no worker has stored it yet."""
    item = store.get(Key(import_entity(import_id), f"{TRIAL if dry else PART}{number:04d}"))
    return ImportPart.model_validate_json(item["document"]) if item else ImportPart(number=number)


def split_write(import_id: str, split: Split) -> Write:
    return _progress_write(import_id, "split", split)


def part_write(import_id: str, part: ImportPart, *, dry: bool = False) -> Write:
    return _progress_write(import_id, f"{TRIAL if dry else PART}{part.number:04d}", part)


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


def batches_place(import_id: str) -> str:
    """The partition of the batches of an import: what it has written, and not taken back."""
    return f"{BATCHES}{import_id}"


def put_batch(store: Store, import_id: str, batch: Batch) -> None:
    """Store a batch before it is written; a repeat keeps the parties that the first try has added."""
    item: Item = {"pk": batches_place(import_id), "sk": batch.name, "version": 1, "document": batch.model_dump_json()}
    if not store.put_if_absent(item):
        found = store.get(Key(item["pk"], item["sk"]))
        known = Batch.model_validate_json(found["document"]) if found else batch
        parties = tuple(dict.fromkeys((*known.parties, *batch.parties)))
        if parties != known.parties:
            more = batch.model_copy(update={"parties": parties})
            store.transact([Write("desk", item | {"document": more.model_dump_json()}, expect=1)])


def batch_check(import_id: str, batch: Batch, *, name: str) -> Write:
    """The member of a transaction that lets it fail once the batch was taken back."""
    item: Item = {"pk": batches_place(import_id), "sk": batch.name}
    return Write("desk", item, expect=1, kind="check", name=name)


def batch_delete(import_id: str, batch: Batch) -> Write:
    return Write("desk", {"pk": batches_place(import_id), "sk": batch.name}, kind="delete")


def some_batches(store: Store, import_id: str, *, limit: int = 20) -> list[Batch]:
    """Batches that are still to be taken back, in order. One call."""
    page = store.query(batches_place(import_id), limit=limit, consistent=True)
    return [Batch.model_validate_json(item["document"]) for item in page.items]


def snapshot_write(import_id: str, case: StoredCase, ticket: Item) -> Write:
    """The member of a transaction that keeps what a case and its ticket were before an import added to them."""
    key = case_key(case.source, case.case)
    item: Item = {"pk": key.pk, "sk": f"{BEFORE}{import_id}", "case_before": case.model_dump(), "ticket_before": ticket}
    return Write("desk", item)


def find_snapshot(store: Store, import_id: str, case: StoredCase) -> tuple[StoredCase, Item] | None:
    item = store.get(Key(case_key(case.source, case.case).pk, f"{BEFORE}{import_id}"))
    return (StoredCase.model_validate(item["case_before"]), item["ticket_before"]) if item else None


def snapshot_delete(import_id: str, case: StoredCase) -> Write:
    return Write("desk", {"pk": case_key(case.source, case.case).pk, "sk": f"{BEFORE}{import_id}"}, kind="delete")


def undo_write(import_id: str, undo: Undo) -> Write:
    item: Item = {"pk": import_entity(import_id), "sk": UNDO, "version": undo.version}
    return Write("desk", item | {"document": undo.model_dump_json()}, expect=undo.version - 1)


def load_undo(store: Store, import_id: str) -> Undo:
    item = store.get(Key(import_entity(import_id), UNDO))
    return Undo.model_validate_json(item["document"]) if item else Undo()


def parties_write(import_id: str, batch: Batch) -> Write:
    """The member of a transaction that keeps whom a batch has added, until all cases are taken back."""
    item: Item = {"pk": f"{PARTIES}{import_id}", "sk": batch.name, "document": batch.model_dump_json()}
    return Write("desk", item)


def parties_delete(import_id: str, batch: Batch) -> Write:
    return Write("desk", {"pk": f"{PARTIES}{import_id}", "sk": batch.name}, kind="delete")


def some_parties(store: Store, import_id: str, *, limit: int = 20) -> list[Batch]:
    page = store.query(f"{PARTIES}{import_id}", limit=limit, consistent=True)
    return [Batch.model_validate_json(item["document"]) for item in page.items]


def kept_write(record: Import, batch: Batch, cases: tuple[str, ...]) -> Write:
    """The member of a transaction that remembers the cases of a batch that this undo leaves, for the next one."""
    kept = batch.model_copy(update={"cases": cases, "parties": ()})
    return Write("desk", {"pk": _kept_place(record, 0), "sk": batch.name, "document": kept.model_dump_json()})


def take_up_kept(store: Store, record: Import) -> None:
    """Let an undo that is begun again find what the one before has left."""
    for item in store.query_all(_kept_place(record, -1), consistent=True):
        put_batch(store, record.id, Batch.model_validate_json(item["document"]))
        store.transact([Write("desk", item, kind="delete")])


def _kept_place(record: Import, later: int) -> str:
    return f"{KEPT}{record.id}#{record.undo_round + later}"
