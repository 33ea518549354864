"""Instants as text: fixed width, UTC, milliseconds, so that text order is time order."""

from datetime import UTC, datetime


def stamp(moment: datetime) -> str:
    """The instant as `2026-01-31T09:00:00.000Z`. A naive datetime is refused (ValueError)."""
    if moment.tzinfo is None:
        message = "an instant needs a time zone"
        raise ValueError(message)
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def instant(text: str) -> datetime:
    """The aware UTC datetime of a stamp, or of any RFC 3339 text."""
    return datetime.fromisoformat(text).astimezone(UTC)


def epoch_seconds(moment: datetime) -> int:
    """Whole seconds since 1970, as the table's time-to-live wants them."""
    return int(moment.timestamp())


def cut_to_milliseconds(moment: datetime) -> datetime:
    """The instant without its microseconds: what is stored, so that an answer equals what is read later."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
