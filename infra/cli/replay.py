"""`tingjian replay`: fill the lake again from Journal, when it was lost or what is derived from it must be made anew.

Journal is the truth and the lake a copy. On AWS an export of the table is read (ExportTableToPointInTime,
DYNAMODB_JSON), which costs the table nothing; a small table, such as a local stack's, can be read itself. The lake
knows events by entity and version, so a replay that was killed is simply run again.

With `--failures` or `--entity` stream records and listeners' messages are handed on once more: see `redrive`.
"""

import argparse
import gzip
import json
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import boto3
from tqdm import tqdm

from infra.cli import redrive
from infra.cli.client import Client, aws_options, local_folder
from infra.cli.deployment import Deployment
from tingjian.report.lake.actions import append_events, forget_compactions
from tingjian.report.lake.storage import Lake
from tingjian.report.reports.jobs import ReportJob

AT_ONCE = 5000


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "replay", help="fill the lake again from Journal, or redrive what stream consumers and listeners failed at"
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--export", type=Path, help="the folder of an export of Journal: its data/*.json.gz")
    source.add_argument("--table", help="Journal's name; every item is read, which costs")
    source.add_argument("--failures", action="store_true", help="what the failure queues of streams and listeners name")
    source.add_argument("--entity", metavar="KIND#ID", help="all of one thing, such as ticket#482739510664")
    parser.add_argument("--lake", help="the lake's bucket, default: the local stack's")
    parser.add_argument("--queue", help="the address of the queue of reports, to compact at once")
    parser.add_argument("--afresh", action="store_true", help="forget what is compacted, so that all is derived anew")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, _client: Client) -> int:
    """Fill the lake, or redrive; 1 when items were no events, or records were not taken."""
    if options.failures or options.entity:
        return redrive.run(redrive.Streams(Deployment.from_environment()), options.entity)
    s3 = boto3.client("s3", **aws_options())
    outputs = outputs_of_local_stack()
    bucket = options.lake or outputs.get("LakeBucket")
    if not bucket:
        print("Say which bucket is the lake: --lake NAME", file=sys.stderr)
        return 2
    lake = Lake(bucket, client=s3)
    if options.afresh:
        forget_compactions(lake)
    images = exported(options.export) if options.export else scanned(options.table)
    refused = 0
    with tqdm(desc="events", unit=" events") as bar:
        for number, batch in enumerate(batched(images, AT_ONCE), start=1):
            refused += len(append_events(lake, records_of(batch, number)))
            bar.update(len(batch))
    queue = options.queue or outputs.get("ReportQueueUrl")
    if queue:
        job = ReportJob(job="compact").model_dump_json(exclude_defaults=True)
        boto3.client("sqs", **aws_options()).send_message(QueueUrl=queue, MessageBody=job)
    if refused:
        print(f"{refused} items are no events and were left out.", file=sys.stderr)
    return 1 if refused else 0


def outputs_of_local_stack() -> dict[str, str]:
    """The outputs of the local stack's deployment; none where there is no local stack."""
    path = local_folder() / "stack.json"
    outputs: dict[str, str] = json.loads(path.read_text())["outputs"] if path.exists() else {}
    return outputs


def exported(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.rglob("*.json.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)["Item"]


def scanned(table: str) -> Iterator[dict[str, Any]]:
    for page in boto3.client("dynamodb", **aws_options()).get_paginator("scan").paginate(TableName=table):
        yield from page["Items"]


def records_of(images: list[dict[str, Any]], number: int) -> list[dict[str, Any]]:
    """The items as the stream would have brought them."""
    return [
        {"eventName": "INSERT", "dynamodb": {"SequenceNumber": f"{number:010d}{place:010d}", "NewImage": image}}
        for place, image in enumerate(images)
    ]


def batched(items: Iterable[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
