"""Places: a page begins right behind the last one, in both directions, and a cursor of another list is refused."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tingjian.platform.errors import InvalidInputError
from tingjian.platform.items import Key
from tingjian.platform.places import ACTIVE, FINISHED, customer_key, page_bounds, ticket_key

FORM = re.compile(r"[01]#[0-9a-z.:#-]{1,40}")
PLACES = st.sets(st.from_regex(r"[01]#[0-9a-z.:#-]{1,6}", fullmatch=True), max_size=12)


def test_keys_of_tickets_and_customers_stay() -> None:
    assert ticket_key("482739510664") == Key("ticket#482739510664", "ticket")
    assert customer_key("a1") == Key("customer#a1", "customer")


@given(places=PLACES, prefix=st.sampled_from([ACTIVE, FINISHED]), forward=st.booleans(), limit=st.integers(1, 3))
def test_pages_lead_through_every_place_of_a_prefix_once(
    places: set[str], prefix: str, limit: int, *, forward: bool
) -> None:
    expected = sorted((place for place in places if place.startswith(prefix)), reverse=not forward)
    seen: list[str] = []
    after = None

    while len(seen) < len(expected):
        low, high = page_bounds(prefix, after, form=FORM, forward=forward)
        page = sorted((place for place in places if low <= place <= high), reverse=not forward)[:limit]
        assert page
        seen += page
        after = page[-1]

    assert seen == expected


@pytest.mark.parametrize("after", ["", "x", "1#a", "0#", "0#A", "0#龘", "0#" + "a" * 41, "text:foo"])
def test_place_of_another_list_is_refused_by_name(after: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        page_bounds(ACTIVE, after, form=FORM, forward=True)

    assert [(error.field, error.code) for error in caught.value.errors] == [("cursor", "cursor")]
