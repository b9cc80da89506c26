"""What a VC-API request says. Options that we do not know are other services' and are passed over; those of ours are read strictly."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

MOST_POINTERS = 1_000

_Text = Annotated[str, Field(min_length=1, max_length=1_000)]
_Pointers = Annotated[list[Annotated[str, Field(max_length=1_000)]], Field(max_length=MOST_POINTERS)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)


class IssueOptions(_Body):
    """What the issuer is asked for; in the profile `openbadges` nothing can be chosen."""

    cryptosuite: _Text | None = Field(
        default=None, examples=["eddsa-rdfc-2022"], description="The form of the proof (profile `any`)"
    )
    mandatoryPointers: _Pointers = Field(  # noqa: N815 - the name in VC-API
        default=[], description="JSON pointers to what every derived credential holds (ecdsa-sd-2023)"
    )
    challenge: _Text | None = None
    domain: _Text | None = None
    credentialStatus: bool | None = Field(  # noqa: N815 - the name in VC-API
        default=None, description="Whether to add a status entry (profile `any`)"
    )


class IssueBody(_Body):
    """A credential to be issued."""

    credential: dict[str, JsonValue] = Field(description="The credential, whole but for its proof")
    options: IssueOptions | None = None


class VerifyOptions(_Body):
    """What the verifier is asked for. Everything is always checked; `checks` can ask for nothing that is not."""

    checks: list[Literal["proof", "credentialStatus", "status"]] = Field(default=[], max_length=10)
    challenge: _Text | None = Field(default=None, description="Must be the challenge that was signed")
    domain: _Text | None = Field(default=None, description="Must be the domain that was signed")
    expectedProofPurpose: _Text | None = Field(  # noqa: N815 - the name in Data Integrity 1.0
        default=None, description="A credential has `assertionMethod`, a presentation `authentication`"
    )


class VerifyCredentialBody(_Body):
    """A credential to be verified: its JSON, or a compact JWT."""

    verifiableCredential: dict[str, JsonValue] | str  # noqa: N815 - the name in VC-API
    options: VerifyOptions | None = None


class VerifyPresentationBody(_Body):
    """A presentation to be verified: its JSON, or a compact JWT."""

    verifiablePresentation: dict[str, JsonValue] | str  # noqa: N815 - the name in VC-API
    options: VerifyOptions | None = None


class DeriveOptions(_Body):
    """What the holder shows."""

    selectivePointers: _Pointers = Field(  # noqa: N815 - the name in the suites
        default=[], examples=[["/credentialSubject/name"]], description="JSON pointers to what is shown besides"
    )


class DeriveBody(_Body):
    """A base credential to be derived from."""

    verifiableCredential: dict[str, JsonValue]  # noqa: N815 - the name in VC-API
    options: DeriveOptions | None = None


class IssueAnswer(BaseModel):
    """The issued credential."""

    verifiableCredential: dict[str, JsonValue]  # noqa: N815 - the name in VC-API


class VerifyAnswer(BaseModel):
    """The credential is verified; anything else is a problem with the same members and what is wrong."""

    verified: Literal[True]
    checks: list[str] = Field(examples=[["proof", "credentialStatus"]], description="What VC-API calls the checks")
    warnings: list[str] = Field(description="What was noticed and decides nothing")
    errors: list[str] = Field(max_length=0)
    report: dict[str, JsonValue] = Field(description="The report of `POST /v1/verify`")
