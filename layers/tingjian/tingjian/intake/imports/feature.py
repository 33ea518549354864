from tingjian.intake.imports import routes
from tingjian.intake.imports.events import (
    ImportCancelled,
    ImportChecked,
    ImportCheckStarted,
    ImportCreated,
    ImportedPartyRemoved,
    ImportFailed,
    ImportFinished,
    ImportSplit,
    ImportStarted,
    ImportUndone,
    ImportUndoStarted,
    TicketImportUndone,
    TicketNoted,
    TicketRated,
    TicketTakenOver,
)
from tingjian.intake.imports.rights import RUN_IMPORTS
from tingjian.platform.features import (
    DELETES_DESK,
    READS_DESK,
    READS_JOURNAL,
    SIGNS,
    WRITES_DESK,
    WRITES_JOURNAL,
    Access,
    Feature,
    Http,
    Place,
    Work,
    index,
    uploads,
)
from tingjian.platform.settings import SigningSettings

FILES = uploads("imports", "GetObject", "PutObject")
LISTS_FILES = Access("files", ("s3:ListBucket",))
"""Also for one that is absent: without it S3 says that the file is forbidden."""
CHECKS_DESK = Access("desk", ("dynamodb:ConditionCheckItem",))
"""That the batch of a case was not taken back meanwhile."""
QUEUES = Access("import_queue", ("sqs:SendMessage",))

FEATURE = Feature(
    http=Http(
        "intake",
        routes.app,
        touches=(READS_JOURNAL, WRITES_JOURNAL, FILES, LISTS_FILES, QUEUES),
    ),
    rights=(RUN_IMPORTS,),
    facts=(
        ImportCreated,
        ImportCheckStarted,
        ImportChecked,
        ImportStarted,
        ImportSplit,
        ImportFinished,
        ImportFailed,
        ImportCancelled,
        ImportUndoStarted,
        ImportUndone,
        ImportedPartyRemoved,
        TicketNoted,
        TicketRated,
        TicketTakenOver,
        TicketImportUndone,
    ),
    work=(
        Work(
            "intake.worker",
            touches=(
                READS_DESK,
                WRITES_DESK,
                DELETES_DESK,
                CHECKS_DESK,
                index("party"),
                READS_JOURNAL,
                WRITES_JOURNAL,
                FILES,
                LISTS_FILES,
                QUEUES,
                SIGNS,
            ),
            reads=(SigningSettings,),
        ),
    ),
    places=(
        Place("import", "import#<id>", "import", note="With its mapping."),
        Place("entry in the list of imports", "imports", "<created>#<id>"),
        Place("split of a file", "import#<id>", "split", note="How far the file was split."),
        Place("part of an import", "import#<id>", "part#<nnnn>", note="How far it was worked off, and its figures."),
        Place("part of a dry run", "import#<id>", "trial#<nnnn>", note="How far it was foreseen, and its figures."),
        Place("undo of an import", "import#<id>", "undo", note="How far it is."),
        Place("batch of an import", "import-batches#<id>", "<part>#<place>", note="Cases that an undo takes back."),
        Place("parties of an import", "import-parties#<id>", "<part>#<place>", note="Those to be removed."),
        Place("cases that an undo left", "import-kept#<id>#<round>", "<part>#<place>"),
        Place("source of imports", "import-sources", "<source>", note="The imports of it that count."),
        Place("case before an import", "case#<hash of source and case>", "before#<import>", note="With its ticket."),
        Place(
            "imported case",
            "case#<hash of source and case>",
            "case",
            note="Its ticket, and how much of it is written.",
        ),
    ),
)
