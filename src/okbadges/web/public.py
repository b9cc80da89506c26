"""What everybody may read and keep for a while: with an ETag, for pages of every origin."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Header, Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

MAX_AGE_SECONDS = 300
NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "Not modified: what you have is still so"}}
Known = Annotated[str | None, Header(alias="If-None-Match", description="The ETag of what you have")]


def public_answer(
    body: bytes,
    *,
    known: str | None,
    etag: str | None = None,
    media_type: str | None = "application/json",
    max_age: int = MAX_AGE_SECONDS,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Answer ``body``, or 304 to who ``known``-ly has it; without an ``etag`` it is the body's hash."""
    etag = etag or f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    kept = {"ETag": etag, "Cache-Control": f"public, max-age={max_age}", "Access-Control-Allow-Origin": "*"}
    if known is not None and etag in (tag.strip().removeprefix("W/") for tag in known.split(",")):
        return Response(status_code=304, headers=kept)
    return Response(body, media_type=media_type, headers={**kept, **(headers or {})})


def as_json(model: BaseModel) -> bytes:
    """Return a model as JSON, without members that are None."""
    return model.model_dump_json(exclude_none=True).encode()
