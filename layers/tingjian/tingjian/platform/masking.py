"""Masked forms of personal data. Every answer has these; the full value needs the right to reveal it."""

from tingjian.platform.contacts import EXTENSION_MARK

PHONE_TAIL = 4
PHONE_HEAD = 3
SHORT_PHONE = 8


def masked_phone(phone: str) -> str:
    """`+8613812345678` as `+86 138****5678`; short numbers keep the last two digits only, and no extension is shown."""
    phone, extended, _ = phone.partition(EXTENSION_MARK)
    if extended:
        return f"{masked_phone(phone)}-***"
    country, national = ("+86 ", phone[3:]) if phone.startswith("+86") else ("", phone)
    if len(national) < SHORT_PHONE:
        return country + "*" * max(len(national) - 2, 1) + national[-2:]
    hidden = len(national) - PHONE_HEAD - PHONE_TAIL
    return country + national[:PHONE_HEAD] + "*" * hidden + national[-PHONE_TAIL:]


def masked_email(email: str) -> str:
    """`zhang.wei@example.com` as `z***@example.com`."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}***@{_readable_domain(domain)}"


def _readable_domain(domain: str) -> str:
    """A domain in its own letters, such as Chinese ones."""
    if "xn--" not in domain:
        return domain
    try:
        return domain.encode().decode("idna")
    except UnicodeError:
        return domain


def masked_address(address: str) -> str:
    """The first six characters (province, city), the rest hidden."""
    kept = min(6, len(address) // 2)
    return address[:kept] + "***"
