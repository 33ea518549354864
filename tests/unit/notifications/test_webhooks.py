"""Webhooks: signatures that others can verify, and addresses that may be called."""

import json
import socket
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from tingjian.notifications.webhooks.dialer import AddressRefusedError, Dialer
from tingjian.notifications.webhooks.models import Target, Webhook, call_headers, call_payload, secret_text, target_of
from tingjian.platform.errors import InvalidInputError

SECRET = secret_text(b"0123456789abcdef0123456789abcdef")
OTHER = secret_text(b"fedcba9876543210fedcba9876543210")


def now() -> datetime:
    return datetime.now(UTC)


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=40), max_size=5))
def test_call_is_verified_by_the_reference_library(data: dict[str, str]) -> None:
    body = json.dumps(call_payload("alert.raised", now(), dict(data)), ensure_ascii=False)

    verified = Verifier(SECRET).verify(body, call_headers("msg_1", body, [SECRET], now()))

    assert verified["data"] == data


def test_signature_is_the_reference_librarys_own() -> None:
    at = now()

    signed = call_headers("msg_1", "{}", [SECRET], at)["webhook-signature"]

    assert signed == Verifier(SECRET).sign("msg_1", at, "{}")


def test_two_secrets_sign_while_one_takes_over_from_the_other() -> None:
    signed = call_headers("msg_1", "{}", [OTHER, SECRET], now())

    assert Verifier(SECRET).verify("{}", signed) == {}
    assert Verifier(OTHER).verify("{}", signed) == {}


def altered(text: str, index: int) -> str:
    return text[:index] + chr(ord(text[index]) ^ 1) + text[index + 1 :]


def test_any_changed_byte_of_the_body_is_refused() -> None:
    body = '{"type":"alert.raised"}'
    signed = call_headers("msg_1", body, [SECRET], now())

    for index in range(len(body)):
        with pytest.raises(WebhookVerificationError):
            Verifier(SECRET).verify(altered(body, index), signed)


def test_any_changed_byte_of_the_signature_is_refused() -> None:
    signed = call_headers("msg_1", "{}", [SECRET], now())
    signature = signed["webhook-signature"]

    for index in range(3, len(signature) - 2):
        with pytest.raises((WebhookVerificationError, ValueError)):
            Verifier(SECRET).verify("{}", signed | {"webhook-signature": altered(signature, index)})


def test_old_secret_signs_along_for_a_day_after_a_rotation() -> None:
    at = now()
    webhook = Webhook(id="w", version=1, name="erp", url="https://example.com/", secret=SECRET)

    rotated = webhook.rotate_secret(OTHER, at)

    assert rotated.secrets(at + timedelta(hours=23)) == (OTHER, SECRET)
    assert rotated.secrets(at + timedelta(hours=24)) == (OTHER,)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://example.com", Target(scheme="https", host="example.com", port=443, path="/")),
        ("https://example.com:8443/a/b?c=d", Target(scheme="https", host="example.com", port=8443, path="/a/b?c=d")),
        ("https://[2606:4700::1]/x", Target(scheme="https", host="2606:4700::1", port=443, path="/x")),
    ],
)
def test_address_is_taken_apart(url: str, target: Target) -> None:
    assert target_of(url, loopback=False) == target


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "example.com",
        "https://",
        "https://user:pass@example.com/",
        "https://example.com/#part",
        "https://example.com:99999/",
        "https://example.com/a b",
        "https://例子.com/",
        "https://[::1/",
        "javascript:alert(1)",
    ],
)
def test_address_of_another_form_is_refused_by_field(url: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        target_of(url, loopback=False)

    assert [(entry.field, entry.code) for entry in refused.value.errors] == [("url", "url")]


PRIVATE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.1", "224.0.0.1",
    "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fd00::1", "ff02::1", "::ffff:10.0.0.1",
    "::ffff:169.254.169.254", "64:ff9b::a00:1", "2002:a00:1::", "2001::1",
]  # fmt: skip


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> Target:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: found)
    return Target(scheme="https", host="hooks.example.com", port=443, path="/")


@pytest.mark.parametrize("address", PRIVATE)
def test_name_that_leads_to_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    target = resolving(monkeypatch, address)

    with pytest.raises(AddressRefusedError):
        Dialer().address(target)


def test_name_with_one_private_address_among_public_ones_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    target = resolving(monkeypatch, "93.184.216.34", "10.0.0.1")

    with pytest.raises(AddressRefusedError):
        Dialer().address(target)


def test_public_name_is_called_at_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    target = resolving(monkeypatch, "93.184.216.34", "2606:4700::1")

    assert Dialer().address(target) == "93.184.216.34"


def test_loopback_is_called_only_where_that_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    target = resolving(monkeypatch, "127.0.0.1")

    assert Dialer(loopback=True).address(target) == "127.0.0.1"
    with pytest.raises(AddressRefusedError):
        Dialer(loopback=True).address(resolving(monkeypatch, "10.0.0.1"))
