import pytest

from tingjian.platform.masking import masked_address, masked_email, masked_phone


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("+8613812345678", "+86 138****5678"),
        ("+85212345678", "+85*****5678"),
        ("+8695188", "+86 ***88"),
        ("110", "*10"),
        ("+861062345678;ext=801", "+86 106***5678-***"),
    ],
)
def test_masked_phone_shows_at_most_head_and_last_four(phone: str, shown: str) -> None:
    assert masked_phone(phone) == shown


def test_masked_email_shows_one_letter_and_the_domain() -> None:
    assert masked_email("zhang.wei@example.com") == "z***@example.com"


@pytest.mark.parametrize(
    ("address", "shown"), [("浙江省杭州市西湖区文三路 9 号", "浙江省杭州市***"), ("杭州", "杭***")]
)
def test_masked_address_shows_province_and_city_at_most(address: str, shown: str) -> None:
    assert masked_address(address) == shown
