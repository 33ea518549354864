"""One cold start in a fresh process: `python -I -S -B cold_child.py JOB`, JOB being JSON.

Runs with nothing on its path but the standard library and the trees of the job, writes no bytecode, and prints JSON.
`import_ms` is the door's import; `ready_ms` adds its DynamoDB client, which the textbook makes while importing, and,
where the job has a request, its answer, so that what is imported with the first request is counted; `cpu_ms` is the
processor time of the same. `built_ms` adds the building of every model that was deferred. `problems` names modules that
did not come from the trees, or came without their bytecode, and an answer with another status than the job expects.
"""

import importlib
import json
import sys
import time


class Context:
    """The part of Lambda's context that Powertools reads."""

    function_name = "bench"
    memory_limit_in_mb = 1024
    invoked_function_arn = "arn:aws:lambda:eu-central-1:000000000000:function:bench"
    aws_request_id = "00000000-0000-0000-0000-000000000000"


job = json.loads(sys.argv[1])
sys.path[:0] = job["trees"]
started, spent = time.perf_counter(), time.process_time()
module = importlib.import_module(job["module"])
imported = time.perf_counter()
if "tingjian" in sys.modules:
    from tingjian.platform import resources

    resources.dynamodb()
answer = module.handler(job["request"], Context()) if job["request"] else None
ready, used = time.perf_counter(), time.process_time()
pydantic = sys.modules.get("pydantic")
waiting = [pydantic.BaseModel] if pydantic else []
models = []
while waiting:
    found = [model for model in waiting.pop().__subclasses__() if model.__module__.partition(".")[0] in job["own"]]
    models += found
    waiting += found
for model in models:
    model.model_rebuild()
built = time.perf_counter()

import resource  # noqa: E402 -- after the measurement
from pathlib import Path  # noqa: E402

FLAGS = slice(4, 8)
UNCHECKED = 1


def shipped(name: str) -> bool:
    """Tell whether a module was loaded from bytecode that is trusted without a look at its source."""
    cached = getattr(sys.modules[name].__spec__, "cached", None)
    if cached is None or not Path(cached).exists():
        return False
    return int.from_bytes(Path(cached).read_bytes()[FLAGS], "little") == UNCHECKED


files = {name: str(found.__file__) for name, found in list(sys.modules.items()) if getattr(found, "__file__", None)}
trees = tuple(f"{Path(tree).resolve()}/" for tree in job["trees"])
ours = {name: file for name, file in files.items() if str(Path(file).resolve()).startswith(trees)}
sources = [name for name, file in ours.items() if file.endswith(".py")]
problems = [f"{name} has no usable bytecode" for name in sources if not shipped(name)]
problems += [f"{name} came from {file}" for name, file in files.items() if "site-packages" in file and name not in ours]
problems += [f"{name} was not loaded" for name in job["expect"] if name not in ours]
if not callable(getattr(module, "handler", None)):
    problems.append("the door has no handler")
if answer and answer["statusCode"] != job["status"]:
    problems.append(f"the door answered {answer}")
print(  # noqa: T201 -- the answer
    json.dumps(
        {
            "import_ms": (imported - started) * 1000,
            "ready_ms": (ready - started) * 1000,
            "built_ms": (built - started) * 1000,
            "cpu_ms": (used - spent) * 1000,
            "models": len(models),
            "modules": len(ours),
            "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "problems": problems[:5],
        }
    )
)
