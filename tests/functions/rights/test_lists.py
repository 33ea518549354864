"""Lists show what their reader may see: nothing foreign among the items, in a count, or behind a cursor."""

import pytest

from tests.builders import MANAGER
from tests.functions.rights.centre import Centre
from tests.functions.rights.lists import LISTINGS, Listing, asked_queries, pages, seen_and_hidden
from tests.functions.rights.people import STAFF

pytestmark = pytest.mark.parametrize("listing", LISTINGS, ids=lambda listing: listing.path)


@pytest.mark.parametrize("who", STAFF)
def test_list_shows_all_that_its_reader_may_see_and_no_trace_of_the_rest(
    world: Centre, listing: Listing, who: str
) -> None:
    seen, hidden = seen_and_hidden(world, listing, who)
    said = {query: list(pages(world, listing, query, STAFF[who])) for query in asked_queries(world, listing)}
    told = {query: "".join(texts) for query, texts in said.items()}

    assert [(q, number) for q, text in told.items() for number in hidden if number in text] == []
    assert {number for number in seen if not any(number in text for text in told.values())} == set()


@pytest.mark.parametrize("who", STAFF)
def test_cursor_of_somebody_else_opens_nothing(world: Centre, listing: Listing, who: str) -> None:
    _, hidden = seen_and_hidden(world, listing, who)
    told = ""
    for query in asked_queries(world, listing):
        path = "&".join(part for part in (f"{listing.path}?limit=1", query) if part)
        first = world.knock(listing.wing, "GET", path, caller=MANAGER).json
        if "cursor" in first:
            told += world.knock(listing.wing, "GET", f"{path}&cursor={first['cursor']}", caller=STAFF[who]).text

    assert [number for number in hidden if f'"{number}"' in told] == []
