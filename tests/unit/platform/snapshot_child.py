"""A door's life around a snapshot, in a fresh process: `python snapshot_child.py MODULE`, printing JSON.

The library with the hooks is Lambda's own, so a stand-in takes its place and keeps what is registered.
"""

import gc
import importlib
import json
import random
import sys
from types import ModuleType
from typing import Any

before: list[Any] = []
after: list[Any] = []
hooks = ModuleType("snapshot_restore_py")
hooks.__dict__.update(register_before_snapshot=before.append, register_after_restore=after.append)
sys.modules["snapshot_restore_py"] = hooks
KINDS = {"BaseClient", "Session", "Credentials", "Store", "Signer", "Random"}
PACKAGES = {"botocore", "boto3", "tingjian", "random"}


def made() -> list[str]:
    """List what must not be in a snapshot: clients, sessions, credentials, stores, signers, seeded generators."""
    kinds = [kind for one in gc.get_objects() for kind in type(one).__mro__ if type(one) is not random.SystemRandom]
    found = [kind.__name__ for kind in kinds if kind.__name__ in KINDS and kind.__module__.split(".")[0] in PACKAGES]
    found.remove("Random")  # The standard library's own, which a hook seeds anew.
    return sorted(found)


door = importlib.import_module(sys.argv[1])
imported = {"made": made(), "sdk": "botocore.session" in sys.modules}
for hook in reversed(before):
    hook()
stored = {
    "made": made(),
    "sdk": "boto3" in sys.modules,
    "late": sorted(getattr(door.handler, "modules", [])),
}
random.seed(1)
first = random.random()  # noqa: S311
random.seed(1)
for hook in after:
    hook()
print(json.dumps({"imported": imported, "stored": stored, "reseeded": random.random() != first}))  # noqa: S311, T201
