"""Calls of AWS that the local stack holds back, so that a function waits in the middle of its work."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import requests

from tests.stack.people import eventually

if TYPE_CHECKING:
    from tests.stack.people import Stack

TIMEOUT_S = 60


@contextmanager
def held(stack: Stack, call: str, text: str, *, passes: int, answered: bool = True) -> Iterator[None]:
    """From the given pass on, calls with this text in them wait while the block runs.

    They wait before they are done; with `answered` false they are done, and only their answers wait.
    """
    query = {"call": call, "text": text, "passes": str(passes), "answered": "yes" if answered else "no"}
    requests.post(f"{stack.origin}/_local/hold", params=query, timeout=TIMEOUT_S).raise_for_status()
    try:
        yield
    finally:
        requests.delete(f"{stack.origin}/_local/hold", timeout=TIMEOUT_S).raise_for_status()


def waiting(stack: Stack) -> int:
    """How many calls wait now."""
    found: int = _told(stack)["waiting"]
    return found


def kill_held(stack: Stack, function: str) -> None:
    """Kill a function's processes as soon as a call of theirs waits; they are gone afterwards, and so is the call."""
    eventually(lambda: waiting(stack))
    killed = processes(stack, function)
    assert killed
    for process in killed:
        os.kill(process, signal.SIGKILL)
    eventually(lambda: not processes(stack, function) and not waiting(stack))


def processes(stack: Stack, function: str) -> list[int]:
    """The processes that run a function now."""
    emulator = str(_told(stack)["pid"])
    listed = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    ).stdout
    found = (line.split(maxsplit=2) for line in listed.splitlines())
    return [int(process) for process, parent, command in found if parent == emulator and function in command]


def _told(stack: Stack) -> dict[str, int]:
    told: dict[str, int] = requests.get(f"{stack.origin}/_local/hold", timeout=TIMEOUT_S).json()
    return told
