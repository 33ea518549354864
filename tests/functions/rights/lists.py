"""Lists, asked in every way that somebody curious would, page by page."""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass

from tests.functions.rights.centre import Centre
from tests.functions.rights.people import STAFF
from tests.functions.rights.scopes import is_allowed, scope_of
from tingjian.platform.rights import Caller

MOST_PAGES = 60


@dataclass(frozen=True)
class Listing:
    """A list: where it is, its right, the kinds of things in it, and how they are named there."""

    wing: str
    path: str
    right: str
    kinds: tuple[str, ...]
    part: str
    queries: tuple[str, ...]
    """With the parts of every thing of the kinds filled in."""


LISTINGS = (
    Listing(
        "intake",
        "/v1/tickets",
        "tickets.read",
        ("ticket", "of one customer"),
        "ticket",
        ("", "team={team}", "assignee={owner}", "customer_id={customer}", "order_number={order}", "sort=-due"),
    ),
    Listing("escalation", "/v1/alerts", "alerts.read", ("alert",), "ticket", ("", "mine=true", "team={team}")),
    Listing(
        "survey", "/v1/follow-ups", "followups.work", ("follow-up",), "ticket", ("", "team={team}", "owner={owner}")
    ),
    Listing(
        "survey",
        "/v1/surveys",
        "surveys.read",
        ("survey",),
        "ticket",
        ("answered=false", "team={team}&answered=false", "ticket={ticket}", "ticket={other}"),
    ),
    Listing(
        "survey", "/v1/callbacks", "callbacks.work", ("callback",), "callback", ("", "team={team}", "owner={owner}")
    ),
    Listing("survey", "/v1/callback-plans", "callback-plans.read", ("plan",), "plan", ("", "team={team}")),
    Listing("intake", "/v1/handoffs", "handoffs.read", ("handoff",), "ticket", ("", "department={team}")),
)


def asked_queries(centre: Centre, listing: Listing) -> list[str]:
    """Every way to ask for the list."""
    found = {
        query.format_map(
            {**centre.parts, **thing.parts, "team": thing.place.team, "owner": thing.place.owner or "none"}
        )
        for query in listing.queries
        for kind in listing.kinds
        for thing in centre.things[kind]
        if thing.place
    }
    return sorted(found)


def pages(centre: Centre, listing: Listing, query: str, caller: Caller) -> Iterator[str]:
    """The list: what each page says, cursors in plain text. Who may not see everything gets one thing a page."""
    cursor, limit = "", "limit=50" if scope_of(listing.right, caller.roles) == "all" else "limit=1"
    for _ in range(MOST_PAGES):
        asked = "&".join(part for part in (query, limit, cursor) if part)
        answer = centre.knock(listing.wing, "GET", f"{listing.path}?{asked}", caller=caller)
        assert answer.status in {200, 403}, (asked, answer.text)
        following = answer.json.get("cursor", "") if answer.status == 200 else ""
        yield answer.text + plain(following)
        if not following:
            return
        cursor = f"cursor={following}"
    raise AssertionError(f"{listing.path}?{query} does not end")


def plain(cursor: str) -> str:
    """What somebody reads in a cursor."""
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode(errors="replace")
    except (ValueError, binascii.Error):
        return cursor


def seen_and_hidden(centre: Centre, listing: Listing, who: str) -> tuple[set[str], set[str]]:
    """The names of the things in the list that somebody may see, and of those that they may not."""
    scope = scope_of(listing.right, STAFF[who].roles)
    seen: set[str] = set()
    hidden: set[str] = set()
    for kind in listing.kinds:
        for thing in centre.things[kind]:
            (seen if is_allowed(scope, STAFF[who], thing.place) else hidden).add(thing.parts[listing.part])
    return seen, hidden - seen
