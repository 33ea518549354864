"""A deployment as an operator with AWS credentials reaches it: its tables, its secret and its user pool."""

import json
import os
import secrets
import string
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import boto3

from infra.cli.client import aws_options, local_folder
from tingjian.platform.rights import Role
from tingjian.platform.signing import Signer, load_signer
from tingjian.platform.store import Store


@dataclass(frozen=True)
class Deployment:
    """The outputs of the deployed stack."""

    outputs: dict[str, str]

    @classmethod
    def from_environment(cls) -> Self:
        if "TINGJIAN_STACK" not in os.environ:
            return cls(json.loads((local_folder() / "stack.json").read_text())["outputs"])
        stacks = boto3.client("cloudformation").describe_stacks(StackName=os.environ["TINGJIAN_STACK"])["Stacks"]
        return cls({output["OutputKey"]: output["OutputValue"] for output in stacks[0]["Outputs"]})

    @cached_property
    def store(self) -> Store:
        return Store(boto3.client("dynamodb", **aws_options()), self.outputs["DeskTable"], self.outputs["JournalTable"])

    @cached_property
    def signer(self) -> Signer:
        return load_signer(boto3.client("secretsmanager", **aws_options()), self.outputs["SigningSecretId"])

    def sign_up(self, email: str, roles: tuple[Role, ...], password: str) -> str:
        """Give a person a log-in with these roles, or new ones; the id by which the sign-in service knows them."""
        pool: Any = boto3.client("cognito-idp", **aws_options())
        pool_id = self.outputs["StaffPoolId"]
        attributes = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
        try:
            user = pool.admin_create_user(
                UserPoolId=pool_id, Username=email, UserAttributes=attributes, MessageAction="SUPPRESS"
            )["User"]
            found = user["Attributes"]
        except pool.exceptions.UsernameExistsException:
            user = pool.admin_get_user(UserPoolId=pool_id, Username=email)
            found = user["UserAttributes"]
        pool.admin_set_user_password(UserPoolId=pool_id, Username=email, Password=password, Permanent=True)
        for role in roles:
            pool.admin_add_user_to_group(UserPoolId=pool_id, Username=email, GroupName=role)
        return next(str(entry["Value"]) for entry in found if entry["Name"] == "sub")


def new_password() -> str:
    """A password of 17 characters with upper and lower case, a digit and a symbol."""
    drawn = [secrets.choice(string.ascii_letters + string.digits) for _ in range(13)]
    return "".join([*drawn, secrets.choice(string.ascii_uppercase), secrets.choice(string.digits), "-a"])
