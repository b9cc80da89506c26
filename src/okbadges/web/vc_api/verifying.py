"""``/vc-api/credentials/verify`` and ``/vc-api/presentations/verify``: open to everybody, like ``/v1/verify``."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from fastapi import Response
from starlette.concurrency import run_in_threadpool

from okbadges.credentials.strict_json import dumps
from okbadges.edge.problems import PROBLEM_TYPE, responses
from okbadges.edge.rooms import Rooms, RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.edge.strict_requests import StrictRoute
from okbadges.errors import MalformedInput
from okbadges.verification.report import Kind
from okbadges.web.vc_api.answers import verified
from okbadges.web.vc_api.bodies import (
    NotVerified,
    VerifyAnswer,
    VerifyCredentialBody,
    VerifyOptions,
    VerifyPresentationBody,
)

if TYPE_CHECKING:
    from pydantic import JsonValue

router = Router(prefix="/vc-api", tags=["VC-API"], route_class=StrictRoute)

_EITHER: Final = {"anyOf": [{"$ref": "#/components/schemas/Problem"}, NotVerified.model_json_schema()]}
_REFUSALS: Final[dict[int | str, dict[str, Any]]] = {
    **responses(413, 503),
    400: {"description": "It is not verified, or is no such document", "content": {PROBLEM_TYPE: {"schema": _EITHER}}},
    422: {
        "description": "It could not be told, or the body is not as described",
        "content": {PROBLEM_TYPE: {"schema": _EITHER}},
    },
}

_JWT: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*")


@router.post(
    "/credentials/verify",
    summary="Verify a credential",
    response_model=VerifyAnswer,
    responses=_REFUSALS,
)
async def verify_credential(body: VerifyCredentialBody, rooms: RoomsOf) -> Response:
    """Verify a credential: 200 when it is verified, 400 when it is not, 422 when it could not be told."""
    sent = _sent(body.verifiableCredential, "verifiableCredential")
    return await _verified(rooms, sent, body.options, presentation=False)


@router.post(
    "/presentations/verify",
    summary="Verify a presentation",
    response_model=VerifyAnswer,
    responses=_REFUSALS,
)
async def verify_presentation(body: VerifyPresentationBody, rooms: RoomsOf) -> Response:
    """Verify a presentation and every credential in it: 200 when all are verified, 400 when not, 422 when it could not be told."""
    sent = _sent(body.verifiablePresentation, "verifiablePresentation")
    return await _verified(rooms, sent, body.options, presentation=True)


def _sent(value: dict[str, JsonValue] | str, field: str) -> bytes:
    """Return what was sent as the bytes of a file. A text is a JWT and nothing else: a link in it would be followed."""
    if isinstance(value, dict):
        return dumps(value)
    if _JWT.fullmatch(value) is None:
        raise MalformedInput("not-a-jwt", "A text here is a compact JWT; send anything else as its JSON.", field=field)
    return value.encode("ascii")


async def _verified(rooms: Rooms, sent: bytes, options: VerifyOptions | None, *, presentation: bool) -> Response:
    asked = options or VerifyOptions()
    purpose = "authentication" if presentation else "assertionMethod"
    if asked.expectedProofPurpose not in (None, purpose):
        raise MalformedInput(
            "purpose-mismatch", f"Here a proof has the purpose {purpose}.", field="options.expectedProofPurpose"
        )
    check = partial(rooms.verify, sent, challenge=asked.challenge, domain=asked.domain, profile=rooms.vc_api.verifies)
    async with rooms.verify_turns.turn():
        report = await run_in_threadpool(check)
    if (report.kind is Kind.PRESENTATION) != presentation and report.kind is not Kind.UNKNOWN:
        field = "verifiablePresentation" if presentation else "verifiableCredential"
        raise MalformedInput("wrong-kind", "Credentials and presentations have an address each.", field=field)
    return verified(report)
