"""One thing asked of a fresh process: `python -m tests.functions.fresh JOB`, JOB being JSON.

The job names a door and requests of one feature, or references to import. AWS is a stub that holds nothing but one
person; no other feature is imported before. Prints as JSON the statuses, and which of the features' modules of routes
were imported.
"""

import importlib
import json
import sys
from typing import Any

from tingjian.platform import resources


class Nothing:
    """A client of an empty AWS, in which one person is known."""

    def __init__(self, person: dict[str, Any]) -> None:
        self.person = person

    def query(self, **request: Any) -> dict[str, Any]:
        asked = request["ExpressionAttributeValues"][":h"]
        return {"Items": [self.person] if asked == self.person["pk"] else []}

    def get_item(self, **_: Any) -> dict[str, Any]:
        return {}

    def batch_get_item(self, **_: Any) -> dict[str, Any]:
        return {"Responses": {}}

    def transact_write_items(self, **_: Any) -> dict[str, Any]:
        return {}

    def put_item(self, **_: Any) -> dict[str, Any]:
        return {}

    def update_item(self, **_: Any) -> dict[str, Any]:
        return {}

    def get_secret_value(self, **_: Any) -> dict[str, Any]:
        return {"SecretString": "s" * 64}

    def send_message(self, **_: Any) -> dict[str, Any]:
        return {}

    def generate_presigned_post(self, *_: Any, **__: Any) -> dict[str, Any]:
        return {"url": "https://files.example", "fields": {}}


def main() -> None:
    """Do the job."""
    job = json.loads(sys.argv[1])
    nothing = Nothing(job["person"])
    resources.dynamodb = lambda: nothing  # type: ignore[assignment]
    resources.service_client = lambda *_: nothing
    for reference in job["references"]:
        module, _, name = reference.partition(":")
        getattr(importlib.import_module(module), name)
    door = importlib.import_module(job["door"]) if job["door"] else None
    statuses = [door.handler(request, None)["statusCode"] for request in job["requests"]] if door else []
    routes = sorted(set(sys.modules).intersection(job["features"]))
    sys.stdout.write("\n" + json.dumps({"statuses": statuses, "routes": routes}))


if __name__ == "__main__":
    main()
