"""`tingjian pages`: put the customers' pages and the API's reference where a deployment serves them from."""

import argparse

import boto3
from tqdm import tqdm

from infra.cli.client import Client, aws_options
from infra.cli.deployment import Deployment
from infra.local.pages import content_type, pages_by_key


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    commands.add_parser("pages", help="upload the pages of a deployment").set_defaults(run=run)


def run(_options: argparse.Namespace, _client: Client) -> int:
    """Upload every page; the same again changes nothing."""
    bucket = Deployment.from_environment().outputs["WebBucket"]
    store = boto3.client("s3", **aws_options())
    for key, path in tqdm(pages_by_key().items(), desc="pages", unit=""):
        store.put_object(Bucket=bucket, Key=key, Body=path.read_bytes(), ContentType=content_type(path))
    return 0
