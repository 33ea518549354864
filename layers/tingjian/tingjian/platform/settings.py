"""Settings: what a door reads from its environment, typed, once. A field is required unless a default is a decision."""

import os
from typing import Self

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """The base of a door's settings; field `desk_table` is the variable `DESK_TABLE`."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    desk_table: str
    journal_table: str

    @classmethod
    def from_environment(cls) -> Self:
        """The settings of this process. Raises ValidationError that names each missing variable."""
        return cls.model_validate(
            {name: os.environ[name.upper()] for name in cls.model_fields if name.upper() in os.environ}
        )


class ApiSettings(Settings):
    """What every HTTP door needs."""

    centre_time_zone: str = "Asia/Shanghai"


class SigningSettings(BaseModel):
    """What a door needs that makes or opens signed links, or looks people up."""

    signing_secret_id: str
    public_origin: str


class FilesSettings(BaseModel):
    """What a door needs that hands out links to stored files."""

    files_bucket: str
