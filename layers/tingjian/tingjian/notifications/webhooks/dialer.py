"""One call to a webhook: the address checked after its name was resolved, no redirects, fifteen seconds in all."""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from tingjian.notifications.webhooks.models import Target
from tingjian.platform.errors import invalid

TIMEOUT_S = 15.0
TUNNELS = tuple(ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))
"""Addresses that wrap an IPv4 address, which may be a private one."""


class AddressRefusedError(Exception):
    """The name leads to an address of this network, of this machine, or to none that is public."""


class RedirectRefusedError(Exception):
    """The receiver answered with a redirect, which is never followed."""


class GoneError(Exception):
    """The receiver wants no more calls (410)."""


class CallFailedError(Exception):
    """The receiver answered with something else than success; `retry_after` is what it says of the next try."""

    def __init__(self, reason: str, retry_after: str | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class DeadlineError(TimeoutError):
    """The receiver did not answer in time, however it spread its bytes."""


@dataclass(frozen=True, slots=True)
class Dialer:
    """Calls webhooks. `loopback` lets it call this machine, for the local stack."""

    loopback: bool = False
    timeout_s: float = TIMEOUT_S

    def post(self, target: Target, body: str, headers: Mapping[str, str]) -> int:
        """POST the body; the status, which is a success. What the receiver says besides is not read.

        Raises AddressRefusedError, RedirectRefusedError, GoneError, CallFailedError, or OSError if there is no answer.
        """
        # The very address that was checked is called: a second look-up of the name could give a private one.
        ends_at = time.monotonic() + self.timeout_s
        address = self.address(target)
        connection = self._connection(target, address, max(0.1, ends_at - time.monotonic()))
        # A time-out of the socket is one for each read: a receiver that drips would be waited for without end.
        alarm = threading.Timer(connection.left_s, connection.cut)
        alarm.daemon = True
        alarm.start()
        try:
            connection.request("POST", target.path, body.encode(), dict(headers) | {"host": _host_header(target)})
            answer = connection.getresponse()
            answer.close()  # Its body says nothing that we ask for, and would keep the socket.
        except (http.client.HTTPException, OSError) as error:
            if connection.is_late:
                raise DeadlineError from error
            if isinstance(error, OSError) and not isinstance(error, http.client.HTTPException):
                raise
            raise CallFailedError(type(error).__name__) from error
        finally:
            alarm.cancel()
            connection.close()
        if connection.is_late:
            raise DeadlineError  # The cut looks like the end of the headers.
        if answer.status == http.HTTPStatus.GONE:
            raise GoneError
        if 300 <= answer.status < 400:  # noqa: PLR2004 - the class of redirects
            raise RedirectRefusedError
        if not 200 <= answer.status < 300:  # noqa: PLR2004 - the class of successes
            raise CallFailedError(str(answer.status), answer.getheader("retry-after"))
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

    def _connection(self, target: Target, address: str, left_s: float) -> "_Connection":
        name = target.host if target.scheme == "https" else ""
        return _Connection(address, target.port, left_s, secure_name=name)


class _Connection(http.client.HTTPConnection):
    """A connection to exactly this address, with TLS if there is a name that its certificate must have.

    Another thread may cut it; whoever waits for the receiver then gets an error, and `is_late` says why.
    """

    def __init__(self, address: str, port: int, left_s: float, *, secure_name: str) -> None:
        super().__init__(address, port, timeout=left_s)
        self.left_s = left_s
        self.is_late = False
        self._name = secure_name

    def connect(self) -> None:
        super().connect()
        if self._name:
            context = ssl.create_default_context()
            # The handshake comes after, so that a receiver that drips it can be cut as well.
            self.sock = context.wrap_socket(self.sock, server_hostname=self._name, do_handshake_on_connect=False)
        if self.is_late:
            raise DeadlineError
        if isinstance(self.sock, ssl.SSLSocket):
            self.sock.do_handshake()

    def cut(self) -> None:
        self.is_late = True
        if self.sock is not None:
            with contextlib.suppress(OSError):
                # Not the TLS socket's own way, which would first take its state from under the thread that reads.
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


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
