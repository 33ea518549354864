"""One call to a webhook: the address checked after its name was resolved, no redirects, fifteen seconds at most."""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass

from tingjian.notifications.webhooks.models import Target
from tingjian.platform.errors import invalid

TIMEOUT_S = 15.0
TUNNELS = tuple(ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))
"""Addresses that wrap an IPv4 address, which may be a private one."""
ANSWER_BYTES = 1024


class AddressRefusedError(Exception):
    """The name leads to an address of this network, of this machine, or to none that is public."""


class RedirectRefusedError(Exception):
    """The receiver answered with a redirect, which is never followed."""


class GoneError(Exception):
    """The receiver wants no more calls (410)."""


class CallFailedError(Exception):
    """The receiver answered with something else than success."""


@dataclass(frozen=True, slots=True)
class Dialer:
    """Calls webhooks. `loopback` lets it call this machine, for the local stack."""

    loopback: bool = False
    timeout_s: float = TIMEOUT_S

    def post(self, target: Target, body: str, headers: Mapping[str, str]) -> int:
        """POST the body; the status, which is a success.

        Raises AddressRefusedError, RedirectRefusedError, GoneError, CallFailedError, or OSError if there is no answer.
        """
        # The very address that was checked is called: a second look-up of the name could give a private one.
        connection = self._connection(target, self.address(target))
        try:
            connection.request("POST", target.path, body.encode(), dict(headers) | {"host": _host_header(target)})
            answer = connection.getresponse()
            answer.read(ANSWER_BYTES)
        except http.client.HTTPException as error:
            raise CallFailedError(type(error).__name__) from error
        finally:
            connection.close()
        if answer.status == http.HTTPStatus.GONE:
            raise GoneError
        if 300 <= answer.status < 400:  # noqa: PLR2004 - the class of redirects
            raise RedirectRefusedError
        if not 200 <= answer.status < 300:  # noqa: PLR2004 - the class of successes
            raise CallFailedError(str(answer.status))
        return answer.status

    def address(self, target: Target) -> str:
        """The address to call. Raises AddressRefusedError if any that the name leads to is not public."""
        try:
            found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise AddressRefusedError from error
        addresses = [str(entry[4][0]) for entry in found]
        if not addresses or not all(self._is_allowed(address) for address in addresses):
            raise AddressRefusedError
        return addresses[0]

    def _is_allowed(self, address: str) -> bool:
        ip = ipaddress.ip_address(address.partition("%")[0])
        mapped = getattr(ip, "ipv4_mapped", None)
        ip = mapped or ip
        if self.loopback and ip.is_loopback:
            return True
        if any(ip in network for network in TUNNELS):
            return False
        return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)

    def _connection(self, target: Target, address: str) -> http.client.HTTPConnection:
        if target.scheme == "http":
            return _Connection(address, target.port, self.timeout_s)
        return _SecureConnection(address, target.port, self.timeout_s, name=target.host)


class _Connection(http.client.HTTPConnection):
    """A connection to exactly this address."""

    def __init__(self, address: str, port: int, timeout_s: float) -> None:
        super().__init__(address, port, timeout=timeout_s)


class _SecureConnection(http.client.HTTPConnection):
    """A TLS connection to exactly this address, whose certificate must be the name's."""

    def __init__(self, address: str, port: int, timeout_s: float, *, name: str) -> None:
        super().__init__(address, port, timeout=timeout_s)
        self._name = name

    def connect(self) -> None:
        super().connect()
        self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self._name)


def check_address(dialer: Dialer, target: Target) -> None:
    """Raise InvalidInputError for the field `url` if the address must not be called."""
    try:
        dialer.address(target)
    except AddressRefusedError as error:
        raise invalid("url", "private_address") from error


def _host_header(target: Target) -> str:
    usual = 443 if target.scheme == "https" else 80
    name = f"[{target.host}]" if ":" in target.host else target.host
    return name if target.port == usual else f"{name}:{target.port}"
