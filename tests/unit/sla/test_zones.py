"""The stretches of a zone against the zone files themselves."""

import struct
import zoneinfo
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from tests.unit.sla.stepper import utc
from tingjian.sla.ticks import SECOND, ticks_of
from tingjian.sla.zones import BLOCK, LAST_INSTANT, instant_at, stretches

EPOCH = ticks_of(datetime.fromtimestamp(0, UTC), "")
FIRST, LAST = utc("1990-01-01T00:00+00:00"), utc("2037-06-01T00:00+00:00")
HEADER = struct.Struct(">4s c 15x 6I")


def zone_files() -> dict[str, bytes]:
    """Every zone file of this machine."""
    keys = sorted(zoneinfo.available_timezones() - {"localtime"})
    places = [(key, Path(folder, key)) for key in keys for folder in reversed(zoneinfo.TZPATH)]
    return {key: path.read_bytes() for key, path in places if path.is_file()}


def changes_in_file(content: bytes) -> list[int]:
    """The instants (seconds since 1970) from FIRST to LAST at which the file changes the offset; RFC 9636."""
    _, _, utc_count, standard_count, leaps, times, types, letters = HEADER.unpack_from(content)
    at = HEADER.size + times * 5 + types * 6 + letters + leaps * 8 + standard_count + utc_count
    _, _, _, _, _, times, types, _ = HEADER.unpack_from(content, at)
    at += HEADER.size
    instants = struct.unpack_from(f">{times}q", content, at)
    indexes = content[at + times * 8 : at + times * 9]
    offsets = [struct.unpack_from(">i", content, at + times * 9 + number * 6)[0] for number in range(types)]
    changes = zip(pairwise(indexes), instants[1:], strict=False)
    found = [instant for (before, after), instant in changes if offsets[before] != offsets[after]]
    return [instant for instant in found if FIRST.timestamp() <= instant < LAST.timestamp()]


def changes_found(key: str) -> list[int]:
    """The same as the engine sees it."""
    numbers = range(ticks_of(FIRST, "") // BLOCK, ticks_of(LAST, "") // BLOCK + 1)
    found = (stretch for number in numbers for stretch in stretches(key, number))
    seen = [(after.begin - EPOCH) // SECOND for before, after in pairwise(found) if before.shift != after.shift]
    return [instant for instant in seen if FIRST.timestamp() <= instant < LAST.timestamp()]


def test_every_change_in_the_zone_files_is_found() -> None:
    files = {tuple(changes_in_file(content)): key for key, content in zone_files().items()}

    # A short file ends where its rule begins to repeat; what comes after its last change is not compared.
    missed = [key for changes, key in files.items() if changes_found(key)[: len(changes)] != list(changes)]

    if not files:
        pytest.skip("no zone files on this machine")
    assert len(files) > 50
    assert missed == []


@pytest.mark.parametrize("key", ["UTC", "America/New_York", "Pacific/Kiritimati"])
def test_stretches_join_without_a_gap_from_the_year_1_to_9999(key: str) -> None:
    ends = [0, 1, 2, ticks_of(LAST, "") // BLOCK, (LAST_INSTANT - 1) // BLOCK]

    blocks = {number: stretches(key, number) for number in ends}

    assert blocks[0][0].begin == 0
    assert blocks[ends[-1]][-1].end == LAST_INSTANT
    assert all(before.end == after.begin for block in blocks.values() for before, after in pairwise(block))
    assert [blocks[number][-1].end for number in (0, 1)] == [blocks[number][0].begin for number in (1, 2)]


def test_opening_hours_stand_still_while_an_hour_is_repeated() -> None:
    begin, end = (ticks_of(utc(text), "") for text in ("2025-10-26T03:00+02:00", "2025-10-26T03:00+01:00"))

    (held,) = [stretch for stretch in stretches("Europe/Rome", begin // BLOCK) if stretch.begin == begin]

    assert held.end == end
    assert instant_at("Europe/Rome", held.held or 0) == end
