"""The queue of the import's jobs."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tingjian.platform import resources

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef


MESSAGES = 10


@dataclass(frozen=True, slots=True)
class ImportQueue:
    """The queue of work. A message names an import, and a part of it unless the file is still to be split."""

    url: str

    def send(self, import_id: str, parts: Iterable[int | None]) -> None:
        """Queue the parts; None stands for splitting. One call per ten."""
        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {"Id": str(place), "MessageBody": json.dumps({"import": import_id, "part": part})}
            for place, part in enumerate(parts)
        ]
        for start in range(0, len(entries), MESSAGES):
            answer = resources.sqs().send_message_batch(QueueUrl=self.url, Entries=entries[start : start + MESSAGES])
            if answer.get("Failed"):
                message = "not all work could be queued"
                raise RuntimeError(message)
