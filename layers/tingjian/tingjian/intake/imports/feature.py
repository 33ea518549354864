from tingjian.intake.imports import routes
from tingjian.intake.imports.events import (
    ImportCancelled,
    ImportCreated,
    ImportFailed,
    ImportFinished,
    ImportSplit,
    ImportStarted,
    TicketNoted,
)
from tingjian.intake.imports.rights import RUN_IMPORTS
from tingjian.platform.features import (
    READS_DESK,
    READS_JOURNAL,
    WRITES_DESK,
    WRITES_JOURNAL,
    Access,
    Feature,
    Http,
    Place,
    Work,
    uploads,
)

FILES = uploads("imports", "GetObject", "PutObject")
LISTS_FILES = Access("files", ("s3:ListBucket",))
"""Also for one that is absent: without it S3 says that the file is forbidden."""
QUEUES = Access("import_queue", ("sqs:SendMessage",))

FEATURE = Feature(
    http=Http(
        "intake",
        routes.app,
        touches=(READS_JOURNAL, WRITES_JOURNAL, FILES, LISTS_FILES, QUEUES),
    ),
    rights=(RUN_IMPORTS,),
    facts=(ImportCreated, ImportStarted, ImportSplit, ImportFinished, ImportFailed, ImportCancelled, TicketNoted),
    work=(
        Work(
            "intake.worker",
            touches=(READS_DESK, WRITES_DESK, READS_JOURNAL, WRITES_JOURNAL, FILES, LISTS_FILES, QUEUES),
        ),
    ),
    places=(
        Place("import", "import#<id>", "import", note="With its mapping."),
        Place("entry in the list of imports", "imports", "<created>#<id>"),
        Place("split of a file", "import#<id>", "split", note="How far the file was split."),
        Place("part of an import", "import#<id>", "part#<nnnn>", note="How far it was worked off, and its figures."),
        Place(
            "imported case",
            "case#<hash of source and case>",
            "case",
            note="Its ticket, and how much of it is written.",
        ),
    ),
)
