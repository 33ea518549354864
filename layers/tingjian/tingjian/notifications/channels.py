"""The ways by which people and other systems are told. Pure."""

from typing import Literal

Channel = Literal["in_app", "email", "sms", "webhook"]
