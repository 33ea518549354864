"""Unit tests have no sockets. A test that serves itself over loopback is marked `allow_hosts(["127.0.0.1"])`."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent
LOOPBACK = (["127.0.0.1"],)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Close the sockets of every unit test. Raises UsageError for one that asks for more than loopback."""
    for item in items:
        if HERE not in item.path.parents:
            continue
        allowed = item.get_closest_marker("allow_hosts")
        if item.get_closest_marker("enable_socket") or (allowed and allowed.args != LOOPBACK):
            raise pytest.UsageError(f"{item.nodeid} opens sockets beyond loopback: it is no unit test")
        if allowed is None:
            item.add_marker(pytest.mark.disable_socket)
