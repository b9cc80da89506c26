"""A spreadsheet as the body of a request, and how the API's description speaks of it."""

from __future__ import annotations

from types import MappingProxyType
from typing import Annotated, Any

from fastapi import Depends, Request

from okbadges.errors import InvalidInput

CSV = "text/csv"


async def _csv_body(request: Request) -> bytes:
    """Return the bytes that were sent as CSV. Raises `InvalidInput` (``content-type``) for anything else."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != CSV:
        raise InvalidInput("content-type", f"Send CSV, with Content-Type: {CSV}.", field="Content-Type")
    return await request.body()


CsvBody = Annotated[bytes, Depends(_csv_body)]


def described(words: str) -> dict[str, Any]:
    """Return the description of a body that is a CSV file."""
    schema = {"type": "string", "description": words}
    return {"requestBody": {"required": True, "description": words, "content": {CSV: {"schema": schema}}}}


CSV_ANSWER = MappingProxyType({"description": "A CSV file", "content": {CSV: {"schema": {"type": "string"}}}})
