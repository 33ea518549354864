"""The security log: one line a refusal, a lock, a reveal, a change of rights or an export, with who and from where.

A line says `kind: security`, who did it (an id) and a keyed hash of the network it came from, never an address. Each
fact is counted as a metric, which `infra/alarms.yaml` watches (docs/decisions/0030-staff.md).
"""

import ipaddress
from typing import Literal

from tingjian.platform import resources, telemetry

SecurityFact = Literal[
    "AccessDenied", "SignInRefused", "LinkRefused", "LockedOut", "ContactRevealed", "RolesChanged", "DataExported"
]
IPV6_HOMES = 64
"""A household has a whole IPv6 network of this length: one address of it says nothing about the next."""


def record_security(fact: SecurityFact, /, *, who: str, origin: str, **keys: str) -> None:
    """Log a fact with who it was (the id of a member of staff, `customer`, `public`) and from which network.

    `origin` is the address as `Call.origin` has it. Keys are ids and codes; no personal data.
    """
    telemetry.record(fact, count=1, by="kind", kind="security", who=who, origin=origin_mark(origin), **keys)


def origin_mark(origin: str) -> str:
    """The keyed hash of the network of an address, for logs and keys of counters; empty when it is unknown."""
    network = network_of(origin)
    return resources.signer().lookup("origin", network) if network else ""


def network_of(origin: str) -> str:
    """An IPv4 address as it is, of an IPv6 address its network; empty for what is no address."""
    try:
        address = ipaddress.ip_address(origin)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), IPV6_HOMES), strict=False))
