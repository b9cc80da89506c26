"""``POST /v1/verify``: check a credential or a presentation of anyone, in whatever form it came."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from fastapi import Header, Request, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from okbadges.credentials.strict_json import dumps
from okbadges.edge.problems import responses
from okbadges.edge.rooms import RoomsOf, rooms_of
from okbadges.edge.routing import Router
from okbadges.edge.straight import Road
from okbadges.errors import MalformedInput
from okbadges.verification.report import Kind, Outcome, Verdict
from okbadges.verification.report_json import to_json

router = Router(prefix="/v1/verify", tags=["verification"])


class CheckJson(BaseModel):
    """One check: what was looked at, and what became of it."""

    id: str = Field(examples=["content-unaltered"])
    outcome: Outcome
    required: bool = Field(description="False: this check never changes the verdict")
    code: str | None = Field(description="The stable reason of a failure", examples=["bad-signature"])
    message: str
    detail: str | None
    clause: str = Field(description="The rule that is checked")


class IssuerJson(BaseModel):
    """Who issued it, as the credential says."""

    id: str
    name: str | None
    url: str | None
    recognised: bool = Field(description="True: an issuer of this installation")


class ProofJson(BaseModel):
    """One signature that the credential carries, as it says of itself."""

    kind: str = Field(examples=["data-integrity"])
    suite: str | None = Field(description="The cryptosuite, or the algorithm of a JWT", examples=["eddsa-rdfc-2022"])
    verification_method: str | None
    created: str | None
    selective: bool = Field(description="True: the holder chose which parts of what was signed this copy shows")
    covers: str = Field(
        description="Of what it speaks: `everything`, `what-is-shown` (selective), `what-the-host-says` (hosted, unsigned)",
        examples=["everything"],
    )


class StatusJson(BaseModel):
    """One status entry of the credential, and what was read where it points."""

    type: str | None = Field(examples=["BitstringStatusListEntry"])
    purpose: str | None = Field(examples=["revocation"])
    list_url: str | None
    index: int | None
    state: str | None = Field(description="`clear` or `set`; a message has its value; null: could not be read")
    message: str | None


class ReportJson(BaseModel):
    """A verification report; members are only ever added within one `report_version`."""

    report_version: int
    verdict: Verdict
    checked_at: str
    form: str = Field(examples=["json"])
    document_hash: str = Field(description="SHA-256 of the received bytes, hex")
    checks: list[CheckJson]
    issuer: IssuerJson | None
    credential: dict[str, Any] | None = Field(
        description="What the credential says; meaningful only beside the verdict"
    )
    recipient_match: bool | None
    endorsements: list[ReportJson] = Field(description="What others say about it, each verified; never in the verdict")
    kind: Kind
    proofs: list[ProofJson]
    status: list[StatusJson]
    credentials: list[ReportJson] = Field(description="What a presentation holds; the worst of them is the verdict")
    holder: str | None = Field(description="Who presents, when it is a presentation")
    refreshed: bool = Field(description="True: the issuer's newer version was checked in place of what was received")
    pointer: str | None = Field(
        description="JSON pointer to an endorsement or a presented credential in the document around it; null: not inside one",
        examples=["/verifiableCredential/0"],
    )


# In headers and not in the address: an e-mail address does not belong into the logs of every machine on the way.
_RECIPIENT = "Whom it must be about: an e-mail address, an identifier, or the URI of the subject"
_CHALLENGE = "The challenge that a presentation must have been signed for"
_DOMAIN = "The domain that a presentation must have been signed for"

_FORMS: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The credential itself: its JSON, a baked PNG or SVG, or a text that is one https link to it.",
        "content": {
            "application/json": {"schema": {"type": "object"}},
            "application/vc": {"schema": {"type": "object"}},
            "image/png": {"schema": {"type": "string", "format": "binary"}},
            "image/svg+xml": {"schema": {"type": "string"}},
            "text/plain": {"schema": {"type": "string"}},
        },
    }
}


@router.post("", response_model=ReportJson, responses=responses(400, 413, 503), openapi_extra=_FORMS)
async def verify_credential(
    request: Request,
    rooms: RoomsOf,
    recipient: Annotated[str | None, Header(alias="Okbadges-Recipient", description=_RECIPIENT)] = None,
    challenge: Annotated[str | None, Header(alias="Okbadges-Challenge", description=_CHALLENGE)] = None,
    domain: Annotated[str | None, Header(alias="Okbadges-Domain", description=_DOMAIN)] = None,
) -> Response:
    """Verify a credential. Whatever was sent gets a report with a verdict; only an empty or too large body is a problem."""
    received = await request.body()
    if not received:
        raise MalformedInput("empty-body", "Send the credential as the request body: JSON, a PNG or SVG, or a link.")
    wanted, challenge, domain = _as_sent(recipient), _as_sent(challenge), _as_sent(domain)
    at_once = rooms.verify_at_once(received, recipient=wanted, challenge=challenge, domain=domain)
    if at_once is None:
        check = partial(rooms.verify, received, recipient=wanted, challenge=challenge, domain=domain)
        async with rooms.verify_turns.turn():
            report = await run_in_threadpool(check)
    else:
        rooms.metrics.verified(report := at_once)
    return Response(dumps(to_json(report)), media_type="application/json", headers={"Cache-Control": "no-store"})


async def _verify(request: Request) -> Response:
    sent = request.headers
    return await verify_credential(
        request,
        rooms_of(request),
        recipient=sent.get("okbadges-recipient"),
        challenge=sent.get("okbadges-challenge"),
        domain=sent.get("okbadges-domain"),
    )


ROADS = (Road("POST", "/v1/verify", _verify),)


def _as_sent(value: str | None) -> str | None:
    """Return a header as the UTF-8 that clients send; the framework reads every byte as a Latin-1 character."""
    try:
        return value.encode("latin-1").decode("utf-8") if value is not None else None
    except UnicodeError:
        return value
