"""What the jobs of an import work with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tingjian.intake.imports.files import ImportFiles, file_mark
from tingjian.intake.imports.known import Known, known_of
from tingjian.intake.imports.models import Import
from tingjian.intake.imports.queue import ImportQueue
from tingjian.intake.types.storage import list_types
from tingjian.people.staff.storage import list_staff, list_teams
from tingjian.platform.store import Store

PIECE_BYTES = 32 * 1024 * 1024
THREADS = 4


@dataclass(frozen=True, slots=True)
class Worker:
    """What a job works with. `over` says that its time is up; `piece_bytes` how much it holds before it stores."""

    store: Store
    bucket: str
    jobs: ImportQueue
    now: datetime
    over: Callable[[], bool]
    piece_bytes: int = PIECE_BYTES
    threads: int = THREADS

    def files(self, record: Import) -> ImportFiles:
        return ImportFiles(self.bucket, record.id, file_mark(record.etag))

    def known(self) -> Known:
        return known_of(list_staff(self.store), list_teams(self.store), list_types(self.store))
