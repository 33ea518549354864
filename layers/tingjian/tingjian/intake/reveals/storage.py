"""Reveals in the store: one list in the order of time. The words of a reason stand here, and in no event."""

from datetime import timedelta

from tingjian.intake.reveals.models import RevealEntry, RevealQuery
from tingjian.platform.store import Page, Store, Write
from tingjian.platform.times import epoch_seconds, instant, stamp

PARTITION = "reveals"
KEPT = timedelta(days=400)
PLAIN = ("person", "customer", "act", "field", "ticket", "team", "reason", "text")


def reveal_write(entry: RevealEntry) -> Write:
    item = {"pk": PARTITION, "sk": f"{stamp(entry.at)}#{entry.id}", "expires_at": epoch_seconds(entry.at + KEPT)}
    return Write("desk", item | {name: value for name in PLAIN if (value := getattr(entry, name))}, expect=0)


def list_reveals(store: Store, query: RevealQuery, cursor: str | None) -> tuple[list[RevealEntry], Page]:
    """A page of the reveals that were asked for, newest first. One call."""
    named = {"team": query.team, "person": query.person, "customer": query.customer, "act": query.act}
    where = {name: value for name, value in named.items() if value}
    page = store.query(PARTITION, where=where, limit=query.limit, cursor=cursor, forward=False)
    entries = []
    for item in page.items:
        at, _, identifier = item["sk"].partition("#")
        plain = {name: item[name] for name in PLAIN if name in item}
        entries.append(RevealEntry(id=identifier, at=instant(at), **plain))
    return entries, page
