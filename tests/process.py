"""What a process keeps."""

from tingjian.platform import resources
from tingjian.platform.settings import Settings


def forget_process() -> None:
    """Make settings and clients anew, as a fresh process does."""
    Settings.read.__func__.cache_clear()  # type: ignore[attr-defined]
    for made in vars(resources).values():
        if hasattr(made, "cache_clear"):
            made.cache_clear()
