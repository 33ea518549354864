import pytest

from tingjian.platform.contacts import base_number, has_extension, normalised_email, normalised_phone
from tingjian.platform.errors import InvalidInputError


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("010-62345678转801", "+861062345678;ext=801"),
        ("010-62345678 轉 801", "+861062345678;ext=801"),
        ("010-62345678-801", "+861062345678;ext=801"),
        ("010 6234 5678 ext. 801", "+861062345678;ext=801"),
        ("+86 10 62345678 Ext 801", "+861062345678;ext=801"),
        ("(010)62345678分机号:801", "+861062345678;ext=801"),
        ("010-62345678x801", "+861062345678;ext=801"),
        ("+861062345678;ext=801", "+861062345678;ext=801"),
        ("13812345678转8012", "+8613812345678;ext=8012"),
        ("400-800-1234", "+864008001234"),
        ("138-1234-5678", "+8613812345678"),
    ],
)
def test_extension_belongs_to_the_number_however_it_is_written(written: str, stored: str) -> None:
    assert normalised_phone(written, field="phone") == stored
    assert normalised_phone(stored, field="phone") == stored


def test_number_without_its_extension_is_the_main_number() -> None:
    assert base_number("+861062345678;ext=801") == "+861062345678"
    assert has_extension("+861062345678;ext=801")
    assert not has_extension("+861062345678")


@pytest.mark.parametrize("written", ["010-62345678转", "转801", "010-62345678转8012345", "5-801", "-801"])
def test_extension_without_a_number_or_of_another_form_is_refused(written: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        normalised_phone(written, field="phone")

    assert caught.value.errors[0].code == "phone"


def test_phone_for_text_messages_has_no_extension() -> None:
    with pytest.raises(InvalidInputError):
        normalised_phone("010-62345678转801", field="phone", extension=False)


@pytest.mark.parametrize("masked", ["+86 138****5678", "138" + "\N{FULLWIDTH ASTERISK}" * 4 + "5678"])
def test_masked_phone_is_refused_as_masked(masked: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        normalised_phone(masked, field="phones.0")

    assert [(error.field, error.code) for error in caught.value.errors] == [("phones.0", "masked")]


def test_masked_address_of_mail_is_refused_as_masked() -> None:
    with pytest.raises(InvalidInputError) as caught:
        normalised_email("w***@example.org", field="emails.0")

    assert caught.value.errors[0].code == "masked"
