"""The lake: what it is made of. What lies in it is listed in `models.py`."""

from tingjian.platform.features import Access, Feature, Work

QUEUES = Access("report_queue", ("sqs:SendMessage",))

FEATURE = Feature(
    work=(
        Work("report.stream", touches=(Access("lake", ("s3:PutObject",), "*"),)),
        Work("report.schedule", touches=(QUEUES,)),
        Work(
            "report.worker",
            touches=(
                Access("lake", ("s3:GetObject", "s3:PutObject", "s3:DeleteObject"), "*"),
                Access("lake", ("s3:ListBucket",)),
                QUEUES,
            ),
        ),
    ),
)
