"""What a VC-API request says. Options that we do not know are other services' and are passed over; those of ours are read strictly."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, WithJsonSchema
from pydantic_core import PydanticCustomError

MOST_POINTERS = 1_000
MOST_PREVIOUS = 16


def _object(value: object) -> object:
    if not isinstance(value, dict):
        raise PydanticCustomError("object", "must be a JSON object")
    return value


def _object_or_jwt(value: object) -> object:
    if not isinstance(value, dict | str):
        raise PydanticCustomError("object-or-jwt", "must be a JSON object, or a text that is a compact JWT")
    return value


def _text_or_texts(value: object) -> object:
    """Return one text as a list of it; a list is looked at by the field itself."""
    if not isinstance(value, str | list) or value == []:
        raise PydanticCustomError("text-or-texts", "must be a text, or a list of texts")
    return [value] if isinstance(value, str) else value


_Text = Annotated[str, Field(min_length=1, max_length=1_000)]
_Pointers = Annotated[list[Annotated[str, Field(max_length=1_000)]], Field(max_length=MOST_POINTERS)]
_TEXT_SCHEMA: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 1_000}
_OBJECT_SCHEMA: dict[str, Any] = {"type": "object", "additionalProperties": True}
_Names = Annotated[
    list[_Text],
    BeforeValidator(_text_or_texts),
    Field(max_length=MOST_PREVIOUS),
    WithJsonSchema(
        {"anyOf": [_TEXT_SCHEMA, {"type": "array", "items": _TEXT_SCHEMA, "minItems": 1, "maxItems": MOST_PREVIOUS}]}
    ),
]
# what a failure of the union itself would say is written for readers of Python
_Object = Annotated[dict[str, JsonValue], BeforeValidator(_object), WithJsonSchema(_OBJECT_SCHEMA)]
_ObjectOrJwt = Annotated[
    dict[str, JsonValue] | str,
    BeforeValidator(_object_or_jwt),
    WithJsonSchema({"anyOf": [_OBJECT_SCHEMA, {"type": "string"}]}),
]


class _Body(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)


class PresentOptions(_Body):
    """What the proof shall say; what its form has no place for is refused (`option-not-supported`)."""

    cryptosuite: _Text | None = Field(
        default=None,
        examples=["eddsa-rdfc-2022"],
        description="The form of the proof; in the profile `openbadges` there is one. Another is refused (`unknown-form`)",
    )
    challenge: _Text | None = Field(default=None, description="What a verifier asked for (profile `any`)")
    domain: _Text | None = Field(default=None, description="Whom the proof is for (profile `any`)")
    proofId: _Text | None = Field(  # noqa: N815 - written as the names of VC-API are
        default=None, description="A URL for the new proof, for others to name (profile `any`, Data Integrity)"
    )
    previousProof: _Names | None = Field(  # noqa: N815 - the name in Data Integrity 1.0
        default=None,
        description="The ids of proofs that the document carries: the new one is a link behind them (profile `any`)",
    )


class IssueOptions(PresentOptions):
    """What the issuer is asked for."""

    mandatoryPointers: _Pointers = Field(  # noqa: N815 - the name in VC-API
        default=[], description="JSON pointers to what every derived credential holds (ecdsa-sd-2023 only)"
    )
    credentialStatus: bool | None = Field(  # noqa: N815 - the name in VC-API
        default=None, description="Whether to add a status entry (profile `any`)"
    )


class IssueBody(_Body):
    """A credential to be issued."""

    credential: _Object = Field(description="The credential, whole but for its proof")
    options: IssueOptions | None = None


class PresentBody(_Body):
    """A presentation to be signed by its holder."""

    presentation: _Object = Field(description="The presentation, whole but for its proof")
    options: PresentOptions | None = None


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

    verifiableCredential: _ObjectOrJwt  # noqa: N815 - the name in VC-API
    options: VerifyOptions | None = None


class VerifyPresentationBody(_Body):
    """A presentation to be verified: its JSON, or a compact JWT."""

    verifiablePresentation: _ObjectOrJwt  # noqa: N815 - the name in VC-API
    options: VerifyOptions | None = None


class DeriveOptions(_Body):
    """What the holder shows."""

    selectivePointers: _Pointers = Field(  # noqa: N815 - the name in the suites
        default=[], examples=[["/credentialSubject/name"]], description="JSON pointers to what is shown besides"
    )


class DeriveBody(_Body):
    """A base credential to be derived from."""

    verifiableCredential: _Object  # noqa: N815 - the name in VC-API
    options: DeriveOptions | None = None


class IssueAnswer(BaseModel):
    """The issued credential."""

    verifiableCredential: dict[str, JsonValue]  # noqa: N815 - the name in VC-API


class PresentAnswer(BaseModel):
    """The presentation with the proof of its holder."""

    verifiablePresentation: dict[str, JsonValue]  # noqa: N815 - the name in VC-API


class VerifyAnswer(BaseModel):
    """The credential is verified; anything else is a problem with the same members and what is wrong."""

    verified: Literal[True]
    checks: list[str] = Field(examples=[["proof", "credentialStatus"]], description="What VC-API calls the checks")
    warnings: list[str] = Field(description="What was noticed and decides nothing")
    errors: list[str] = Field(max_length=0)
    report: dict[str, JsonValue] = Field(description="The report of `POST /v1/verify`")


class NotVerified(BaseModel):
    """A problem that says why something was not verified, with the members of the answer about what is."""

    type: str
    title: Literal["Not verified"]
    status: Literal[400, 422]
    detail: str
    code: str
    verified: Literal[False]
    problemDetails: list[dict[str, str | None]] = Field(  # noqa: N815 - the name of the specification
        description="What is wrong, each with the type that the data model gives such errors (VCDM 2.0, 7.1)"
    )
    checks: list[str]
    warnings: list[str]
    errors: list[str] = Field(description="Each required check that did not pass, in words")
    report: dict[str, JsonValue] = Field(description="The report of `POST /v1/verify`")
