"""SnapStart: what a door imports before its memory is stored, and what it makes anew when that memory is restored.

Requests import late what only some of them need; a snapshot holds it all, since it is made once a deployment. It holds
no client, no secret and no setting: those are made by the first request that needs them.
"""

import random
from collections.abc import Callable


def register(load: Callable[[], object]) -> None:
    """Have `load` import what requests import late. Without the hooks of Lambda's runtime, nothing happens."""
    try:
        # In Lambda's own runtimes from Python 3.12 on, and nowhere else.
        from snapshot_restore_py import (  # type: ignore[import-not-found]  # noqa: PLC0415
            register_after_restore,
            register_before_snapshot,
        )
    except ImportError:
        return
    register_before_snapshot(load)
    register_before_snapshot(_import_sdk)
    # All processes restored from one snapshot have the same random state. They would retry at the same moments.
    register_after_restore(random.seed)


def _import_sdk() -> None:
    from tingjian.platform import sdk  # noqa: F401, PLC0415
