"""Callbacks in the store, in lists of their own within the indexes of teams and people; and the record forms."""

import re
from collections.abc import Iterable, Sequence
from typing import get_args

from tingjian.platform.idempotency import Idempotency
from tingjian.platform.items import Item, Key
from tingjian.platform.lists import merged_keys
from tingjian.platform.places import ACTIVE, FINISHED, page_bounds
from tingjian.platform.store import Store, Write
from tingjian.platform.timers import timer_fields
from tingjian.survey.callbacks.forms import CallbackKind, FormQuestion, RecordForm
from tingjian.survey.callbacks.models import Callback, CallbackNotFoundError

CALLBACK, PARTITION = "callback#", "callbacks@"
FORMS = "callback-forms"
PLACE = re.compile(r"[01]#\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#[0-9a-z]{20}", re.ASCII)
HOUSE_QUESTIONS = (
    FormQuestion(key="speed", text="处理速度是否满意？", kind="score"),
    FormQuestion(key="attitude", text="服务态度是否满意？", kind="score"),
    FormQuestion(key="solved", text="问题是否已经解决？", kind="yes_no"),
)


def callback_key(identifier: str) -> Key:
    return Key(CALLBACK + identifier, "callback")


def load_callback(store: Store, identifier: str, *, repeat: Idempotency | None = None) -> Callback:
    """A callback by id. Raises CallbackNotFoundError, DoneBeforeError."""
    key = callback_key(identifier)
    item = store.get_many([key], repeat=repeat).get(key)
    if item is None:
        raise CallbackNotFoundError
    return callback_from_item(item)


def find_callbacks(store: Store, identifiers: Sequence[str]) -> list[Callback]:
    """Those of the callbacks that there are. One call per 100."""
    found = store.get_many([callback_key(identifier) for identifier in identifiers])
    return [callback_from_item(item) for item in found.values()]


def list_callbacks(
    store: Store, index: str, partitions: Iterable[str], *, done: bool, limit: int, after: str | None
) -> tuple[list[Callback], str | None]:
    """Callbacks of teams (`queue`) or people (`owner`): open ones by due time, past ones newest first."""
    bounds = page_bounds(FINISHED if done else ACTIVE, after, form=PLACE, forward=not done)
    named = (PARTITION + partition for partition in partitions)
    keys, cursor = merged_keys(store, index, named, bounds, forward=not done, limit=limit)
    found = store.get_many(keys, consistent=False)
    return [callback_from_item(found[key]) for key in keys if key in found], cursor


def callback_write(callback: Callback) -> Write:
    """The member of a transaction that stores a callback over the version before it."""
    return Write("desk", callback_item(callback), expect=callback.version - 1)


def callback_item(callback: Callback) -> Item:
    """The item of a callback; it has a timer until it is over or noticed to be late."""
    key = callback_key(callback.id)
    item: Item = {"pk": key.pk, "sk": key.sk, "version": callback.version, "hash": callback.hash}
    item |= {"team": PARTITION + callback.team, "queue_sort": callback.queue_sort}
    item["document"] = callback.model_dump_json(exclude_none=True, exclude_defaults=True)
    if callback.owner:
        item["assignee"] = PARTITION + callback.owner
    if callback.state == "open" and callback.overdue_at is None:
        item |= timer_fields(key.pk, callback.due_at)
    return item


def callback_from_item(item: Item) -> Callback:
    return Callback.model_validate_json(item["document"]).model_copy(update={"hash": item["hash"]})


def list_forms(store: Store) -> list[RecordForm]:
    """The record form of every kind. No call when warm."""
    stored = {form.kind: form for form in store.members(FORMS, _form_from_item)}
    house = {kind: RecordForm(kind=kind, questions=HOUSE_QUESTIONS) for kind in get_args(CallbackKind)}
    return list((house | stored).values())


def find_form(store: Store, kind: CallbackKind) -> RecordForm:
    return next(form for form in list_forms(store) if form.kind == kind)


def form_write(form: RecordForm) -> Write:
    item: Item = {"pk": FORMS, "sk": form.kind, "version": form.version, "document": form.model_dump_json()}
    return Write("desk", item, expect=form.version - 1)


def _form_from_item(item: Item) -> RecordForm:
    return RecordForm.model_validate_json(item["document"])
