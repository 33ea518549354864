"""What people type alike is matched alike, and what shows nothing is nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from tingjian.platform.contacts import is_known_phone, normalised_email, normalised_phone
from tingjian.platform.errors import InvalidInputError
from tingjian.platform.folding import folded, folded_order, readable_line, readable_text
from tingjian.platform.masking import masked_email
from tingjian.platform.models import Instant, Line, OrderNumber, Text

INVISIBLE = [
    "\u200b",
    "\u2060",
    "\ufeff",
    "\u3164",
    "\u2800",
    "\u115f",
    "\u00ad",
    "\u180e",
    "\ufe0f",
    "\U000e0041",
    "\u202e",
]


@pytest.mark.parametrize(
    "typed",
    [
        "SF-1042",
        "sf-1042",
        "ＳＦ－１０４２",
        " SF-1042 ",
        "SF\u200b-10\u00ad42",
        "\u202dSF-1042\u202c",
        "SF–1042",
        "SF−1042",
        "SF-١٠٤٢",
        "\ufeffSF-1042",
    ],
)
def test_order_number_is_one_however_it_was_typed(typed: str) -> None:
    assert folded_order(typed) == TypeAdapter(OrderNumber).validate_python(typed) == "SF-1042"


@pytest.mark.parametrize(
    "typed",
    [
        "13812345678",
        "１３８１２３４５６７８",
        "＋８６ １３８－１２３４－５６７８",
        "\u202d138 1234 5678\u202c",
        "138\u200b12345678",
        "+86\u00a0138\u20111234\u20115678",
        "0086 138 1234 5678",
    ],
)
def test_phone_is_one_however_it_was_typed(typed: str) -> None:
    assert normalised_phone(typed, field="phone") == "+8613812345678"


@pytest.mark.parametrize("phone", ["16012345678", "19412345678", "14112345678", "0571-8888888", "+49 1999 9999999"])
def test_number_of_a_range_that_the_library_does_not_know_is_accepted_and_told_apart(phone: str) -> None:
    stored = normalised_phone(phone, field="phone")

    assert not is_known_phone(stored)
    assert is_known_phone(normalised_phone("13812345678", field="phone"))


@pytest.mark.parametrize(
    "phone", ["12345", "12345678", "95588", "1" * 12, "11012345678", "2381234567890", "打我电话", "+1 5"]
)
def test_what_has_not_the_form_of_a_number_is_refused(phone: str) -> None:
    with pytest.raises(InvalidInputError):
        normalised_phone(phone, field="phone")


@pytest.mark.parametrize(
    ("typed", "stored", "shown"),
    [
        ("Wang@Example.COM", "wang@example.com", "w***@example.com"),
        ("ｗａｎｇ＠ｅｘａｍｐｌｅ．ｃｏｍ", "wang@example.com", "w***@example.com"),
        ("wang\u200b@example.com\u202c", "wang@example.com", "w***@example.com"),
        ("wang@例子.中国", "wang@xn--fsqu00a.xn--fiqs8s", "w***@例子.中国"),
        ("wang@例子。中国", "wang@xn--fsqu00a.xn--fiqs8s", "w***@例子.中国"),
        ("wang@xn--fsqu00a.xn--fiqs8s", "wang@xn--fsqu00a.xn--fiqs8s", "w***@例子.中国"),
    ],
)
def test_address_is_one_however_it_was_typed(typed: str, stored: str, shown: str) -> None:
    assert normalised_email(typed, field="email") == stored
    assert masked_email(stored) == shown


@pytest.mark.parametrize(
    "email", ["wang@例子", "wang@..中国", "wang@" + "例" * 80 + ".中国", "wang", "@例子.中国", "a@b@例子.中国"]
)
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(InvalidInputError):
        normalised_email(email, field="email")


@pytest.mark.parametrize("kind", [TypeAdapter(Line), TypeAdapter(Text)], ids=["line", "text"])
@pytest.mark.parametrize("invisible", INVISIBLE)
def test_text_of_invisible_characters_only_is_empty(kind: TypeAdapter[str], invisible: str) -> None:
    for text in (invisible, invisible * 5, f" {invisible}\u3000"):
        with pytest.raises(ValidationError, match="at least 1 character"):
            kind.validate_python(text)


@pytest.mark.parametrize("kind", [TypeAdapter(Line), TypeAdapter(Text)], ids=["line", "text"])
def test_line_and_text_are_not_turned_around(kind: TypeAdapter[str]) -> None:
    assert kind.validate_python("退款\u202egpj.exe\u202c") == "退款gpj.exe"


@pytest.mark.parametrize(
    "text", ["𠮷野家 👨‍👩‍👧‍👦 𝄞 ﷺ Å é\u0301 🇨🇳 龘", "🏴\U000e0067\U000e0062\U000e007f", "❤️", "می‌خواهم", "Ａ１"]
)
def test_what_is_written_for_people_stays_as_it_was_written(text: str) -> None:
    assert readable_line(text) == readable_text(text) == text


@given(st.text())
def test_folding_again_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert readable_line(readable_line(text)) == readable_line(text)
    assert readable_text(readable_text(text)) == readable_text(text)


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z"]
)
def test_instant_that_cannot_be_counted_with_is_refused(moment: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Instant).validate_python(moment)
