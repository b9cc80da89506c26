"""What the JSON bodies of the API have in common: no member that is not known, and dates that are written as dates."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, BeforeValidator, ConfigDict

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class StrictBody(BaseModel):
    """A body, or a part of one, in which every member is known."""

    model_config = ConfigDict(extra="forbid")


def _written_as_date(value: object) -> object:
    """Let through only what is written as a date: a number of seconds or a time of day is not guessed into one."""
    if isinstance(value, str) and _ISO_DATE.fullmatch(value):
        return value
    msg = "Write a date as YYYY-MM-DD"
    raise ValueError(msg)


Day = Annotated[date, BeforeValidator(_written_as_date)]
CredentialId = Annotated[
    str, Path(description="The credential's id", examples=["urn:uuid:6f2d1c1e-0d5a-4f0e-9d5b-1c8a2f7e4b11"])
]
