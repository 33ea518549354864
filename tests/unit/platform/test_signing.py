"""Signed links: what was signed opens, and nothing else does."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tingjian.platform.errors import LinkExpiredError, LinkInvalidError
from tingjian.platform.signing import Signer

SIGNER = Signer(b"a secret of at least thirty-two characters")
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
TOKEN = SIGNER.token("follow", "482739510664", expires_at=LATER)


def test_token_opens_what_it_was_made_for() -> None:
    assert SIGNER.open_token("follow", TOKEN, now=NOW) == "482739510664"


def test_token_stands_in_an_address_as_it_is() -> None:
    assert set(TOKEN) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


@pytest.mark.parametrize("place", range(len(TOKEN)))
def test_token_with_one_bit_changed_opens_nothing(place: int) -> None:
    for bit in range(8):
        altered = bytearray(TOKEN.encode())
        altered[place] ^= 1 << bit
        with pytest.raises(LinkInvalidError):
            SIGNER.open_token("follow", altered.decode("latin-1"), now=NOW)


@pytest.mark.parametrize("length", range(len(TOKEN)))
def test_token_cut_short_opens_nothing(length: int) -> None:
    with pytest.raises(LinkInvalidError):
        SIGNER.open_token("follow", TOKEN[:length], now=NOW)


@given(st.text(max_size=80))
def test_text_that_nobody_signed_opens_nothing(text: str) -> None:
    with pytest.raises(LinkInvalidError):
        SIGNER.open_token("follow", text, now=NOW)


def test_token_of_one_use_opens_no_other() -> None:
    with pytest.raises(LinkInvalidError):
        SIGNER.open_token("survey", TOKEN, now=NOW)


def test_token_of_another_deployment_opens_nothing() -> None:
    other = Signer(b"another secret of thirty-two characters")

    with pytest.raises(LinkInvalidError):
        other.open_token("follow", TOKEN, now=NOW)


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=1), timedelta(days=400)])
def test_token_is_expired_from_its_instant_on(late: timedelta) -> None:
    assert SIGNER.open_token("follow", TOKEN, now=LATER - timedelta(seconds=1))
    with pytest.raises(LinkExpiredError):
        SIGNER.open_token("follow", TOKEN, now=LATER + late)


def test_altered_token_is_invalid_even_when_it_is_expired() -> None:
    with pytest.raises(LinkInvalidError):
        SIGNER.open_token("follow", TOKEN[:-1], now=LATER)


def test_lookup_tells_kinds_and_secrets_apart() -> None:
    phone = "+8613812345678"

    found = {
        SIGNER.lookup("phone", phone),
        SIGNER.lookup("email", phone),
        Signer(b"x" * 32).lookup("phone", phone),
        SIGNER.lookup("phone", phone[:-1]),
    }

    assert len(found) == 4
    assert SIGNER.lookup("phone", phone) in found
    assert all(phone not in one for one in found)


@given(st.text(max_size=300), st.text(max_size=20))
def test_sealed_text_is_given_back_to_its_reader_and_says_nothing(text: str, reader: str) -> None:
    sealed = SIGNER.seal(reader, text)

    assert SIGNER.unseal(reader, sealed) == text
    assert set(sealed) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    with pytest.raises(LinkInvalidError):
        SIGNER.unseal(reader + "x", sealed)


@pytest.mark.parametrize("place", range(80))
def test_sealed_text_with_one_bit_changed_is_refused(place: int) -> None:
    sealed = SIGNER.seal("chen", "0#2026-03-02T01:00:00Z#482739510664 and a little more")
    altered = bytearray(sealed.encode())
    altered[place] ^= 1 << (place % 8)

    with pytest.raises(LinkInvalidError):
        SIGNER.unseal("chen", altered.decode("latin-1"))


@given(st.text(max_size=80))
def test_text_that_nobody_sealed_is_refused(text: str) -> None:
    with pytest.raises(LinkInvalidError):
        SIGNER.unseal("chen", text)


def test_equal_beginnings_are_sealed_differently() -> None:
    assert SIGNER.seal("chen", "0#2026#1")[:24] != SIGNER.seal("chen", "0#2026#2")[:24]
    assert SIGNER.seal("chen", "0#2026#1")[24:] != SIGNER.seal("chen", "0#2026#2")[24:]
