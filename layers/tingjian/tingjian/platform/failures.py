"""Failures in logs and failure records: class and place. The message is left out, since it may quote personal data."""

import traceback
from pathlib import Path

from botocore.exceptions import ClientError


def failure_summary(error: BaseException) -> str:
    """The error's class, the service's code where it has one, and the line that raised it."""
    code = error.response.get("Error", {}).get("Code", "") if isinstance(error, ClientError) else ""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return " ".join(part for part in (type(error).__name__, code, place) if part)
