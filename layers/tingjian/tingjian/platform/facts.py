"""Facts: what events say. A class is an event's name, its fields are the event's data."""

from typing import ClassVar

from tingjian.platform.models import Frozen


class Fact(Frozen):
    """The base of all facts. A `public` one is a type of webhook under that name."""

    schema_version: ClassVar[int] = 1
    public: ClassVar[str] = ""
