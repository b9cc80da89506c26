"""The messages that a webhook gets, for the section ``webhooks`` of the OpenAPI document: nothing here is ever called."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Header
from pydantic import BaseModel, Field

from okbadges.edge.routing import Router
from okbadges.partners.webhooks.events import TEST, Told

described = Router(tags=["webhooks"])

_URN = "urn:uuid:6f2d1c1e-0d5a-4f0e-9d5b-1c8a2f7e4b11"
_ID = "6f2d1c1e-0d5a-4f0e-9d5b-1c8a2f7e4b11"
_Id = Annotated[
    str,
    Header(alias="webhook-id", description="The same in every attempt: what came once is known by it", examples=[_ID]),
]
_Time = Annotated[
    int, Header(alias="webhook-timestamp", description="When it was sent, in seconds", examples=[1795262400])
]
_Signature = Annotated[
    str,
    Header(
        alias="webhook-signature",
        description="`v1,` and the HMAC-SHA-256 of id, time and body, as Standard Webhooks says; after a rotation two, with a space between",
        examples=["v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="],
    ),
]
_ANSWERS: dict[int | str, dict[str, Any]] = {
    "2XX": {"description": "Received. Of the answer only its status is read."},
    "410": {"description": "Nobody is here any more: the webhook is disabled."},
    "429": {"description": "Too fast: tried again after Retry-After, 24 hours at the most; 503 as well."},
    "default": {"description": "Anything else, a redirect too, is tried again after growing pauses."},
}


class About(BaseModel):
    """What happened to what, as ids."""

    id: str = Field(examples=[_URN])
    url: str = Field(description="Where the API tells more", examples=[f"https://badges.example/v1/credentials/{_URN}"])
    chain: str = Field(description="In which chain of the journal it stands", examples=["ok"])
    number: int = Field(description="Its place there: what happened later has a larger one", examples=[42])


class AboutBadge(About):
    """Which badge was published."""

    id: str = Field(examples=["digi-turva"])
    version: int = Field(examples=[2])


class Message(BaseModel):
    """What every message has."""

    timestamp: datetime = Field(description="When it happened, the same in every attempt")
    data: About


class CredentialIssued(Message):
    """A credential of the organisation was issued."""

    type: Literal[Told.CREDENTIAL_ISSUED]


class CredentialRevoked(Message):
    """A credential of the organisation was revoked."""

    type: Literal[Told.CREDENTIAL_REVOKED]


class BadgePublished(Message):
    """A badge has a new version."""

    type: Literal[Told.BADGE_PUBLISHED]
    data: AboutBadge


class RecognitionDecided(Message):
    """The school decided about credit, or took a decision back."""

    type: Literal[Told.RECOGNITION_DECIDED]


class Test(Message):
    """Somebody tries the way."""

    __test__ = False
    type: Literal["webhook.test"]


@described.post(Told.CREDENTIAL_ISSUED, summary="A credential was issued", responses=_ANSWERS)
def issued(body: CredentialIssued, webhook_id: _Id, webhook_timestamp: _Time, webhook_signature: _Signature) -> None:
    """Tell that the webhook's organisation issued a credential. Copies in wallets are credentials of their own."""


@described.post(Told.CREDENTIAL_REVOKED, summary="A credential was revoked", responses=_ANSWERS)
def revoked(body: CredentialRevoked, webhook_id: _Id, webhook_timestamp: _Time, webhook_signature: _Signature) -> None:
    """Tell that a credential of the webhook's organisation was revoked; the API says why."""


@described.post(Told.BADGE_PUBLISHED, summary="A badge was published", responses=_ANSWERS)
def published(body: BadgePublished, webhook_id: _Id, webhook_timestamp: _Time, webhook_signature: _Signature) -> None:
    """Tell that the catalogue has a new version of a badge: every webhook that wants these hears of it."""


@described.post(Told.RECOGNITION_DECIDED, summary="A decision was made", responses=_ANSWERS)
def decided(body: RecognitionDecided, webhook_id: _Id, webhook_timestamp: _Time, webhook_signature: _Signature) -> None:
    """Tell that the webhook's own school made a decision about credit; the school knows it by its id."""


@described.post(TEST, summary="A test", responses=_ANSWERS)
def tested(body: Test, webhook_id: _Id, webhook_timestamp: _Time, webhook_signature: _Signature) -> None:
    """Tell nothing but that the way works, once for each `POST /v1/webhooks/{webhook}/test`, whatever the webhook is told of."""
