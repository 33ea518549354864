"""Where a request comes from: the address that nobody but the network in front of us can choose."""

import hmac
from collections.abc import Mapping
from typing import Any

from tingjian.platform.settings import EdgeSettings

EDGE_HEADER = "x-tingjian-edge"
"""The distribution puts this header on each request; its value is known to nobody outside the deployment."""


def origin_of(event: Mapping[str, Any]) -> str:
    """The address of the client; empty if the event does not say.

    API Gateway sees the client itself, or the distribution in front of it. The distribution appends the client's
    address to `X-Forwarded-For`; what a client wrote there itself stands before it and is never believed.
    """
    source = str(event["requestContext"]["http"].get("sourceIp", ""))
    mark, headers = EdgeSettings.read().edge_mark, event["headers"]
    if not mark or not hmac.compare_digest(headers.get(EDGE_HEADER, "").encode(), mark.encode()):
        return source
    passed = [part.strip() for part in headers.get("x-forwarded-for", "").split(",") if part.strip()]
    # API Gateway appends the distribution's own address, if anything.
    while len(passed) > 1 and passed[-1] == source:
        passed.pop()
    return passed[-1] if passed else source
