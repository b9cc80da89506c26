"""The shape of a presentation of credentials (VC Data Model 2.0, 4.13; VCDM 1.1, 4.10)."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import BeforeValidator, Field

from okbadges.credentials.model.any_credential import (
    ENVELOPED_CREDENTIAL,
    Envelope,
    Party,
    Thing,
    any_contexts,
    check_credential_shape,
    named,
    nulls_in,
    types_in,
)
from okbadges.credentials.model.mistakes import ShapeMistake, mistakes_of, with_further
from okbadges.credentials.model.profiles import Part
from okbadges.credentials.model.shape import DataModel, data_model
from okbadges.credentials.model.values import Iri, Some, TypeNames, holding
from okbadges.credentials.vocabulary import CREDENTIALS_V1, CREDENTIALS_V2

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import BaseModel

    from okbadges.credentials.strict_json import Json

ENVELOPED_PRESENTATION: Final = "EnvelopedVerifiablePresentation"
_COMPACT_JWS: Final = re.compile(r"[a-zA-Z0-9_-]+\.[a-zA-Z0-9_-]*\.[a-zA-Z0-9_-]+")


class _PresentationMembers(Part):
    """What both data models have; the credentials inside are looked at one by one."""

    id: Iri | None = None
    type: Annotated[TypeNames, holding("VerifiablePresentation")]
    holder: Annotated[Party, BeforeValidator(named)] | None = None
    verifiable_credential: Some[object] | None = None
    proof: Some[Thing] | None = None
    terms_of_use: Some[Thing] | None = None


class Presentation(_PresentationMembers):
    """A presentation of VCDM 2.0."""

    context: Annotated[tuple[object, ...], any_contexts(CREDENTIALS_V2), Field(alias="@context")]


class OlderPresentation(_PresentationMembers):
    """A presentation of VCDM 1.1."""

    context: Annotated[tuple[object, ...], any_contexts(CREDENTIALS_V1), Field(alias="@context")]


_MODELS: Final[Mapping[DataModel, type[BaseModel]]] = {"1.1": OlderPresentation, "2.0": Presentation}

for _model in _MODELS.values():
    _model.model_rebuild()


def check_presentation_shape(document: Mapping[str, Json]) -> list[ShapeMistake]:
    """Return every mistake in the shape of a presentation, or of an enveloped one; empty when it is sound.

    Each credential inside is looked at as `check_credential_shape` does; one in a string (a JWT) is of VCDM 1.1 only. A
    credential that has no proof of its own and is no envelope is the holder's own word: the holder must be named, and be its
    issuer (4.13.4).
    """
    nulls = nulls_in(document)
    if ENVELOPED_PRESENTATION in types_in(document):
        return with_further(nulls, mistakes_of(Envelope, document))
    version = data_model(document)
    return with_further(nulls, chain(mistakes_of(_MODELS[version], document), _held_mistakes(document, version)))


def _held_mistakes(document: Mapping[str, Json], version: DataModel) -> Iterator[ShapeMistake]:
    held = document.get("verifiableCredential", [])
    for position, credential in enumerate(held if isinstance(held, list) else [held]):
        pointer = f"/verifiableCredential/{position}" if isinstance(held, list) else "/verifiableCredential"
        for mistake in _mistakes_inside(credential, version, _identifier(document.get("holder"))):
            yield ShapeMistake(pointer + mistake.pointer, mistake.message)


def _mistakes_inside(credential: Json, version: DataModel, holder: str | None) -> list[ShapeMistake]:
    if isinstance(credential, dict):
        mistakes = check_credential_shape(credential)
        self_asserted = "proof" not in credential and ENVELOPED_CREDENTIAL not in types_in(credential)
        if self_asserted and (holder is None or _identifier(credential.get("issuer")) != holder):
            mistakes.append(ShapeMistake("", "has no proof of its own, and is not the holder's"))
        return mistakes
    if version == "1.1" and isinstance(credential, str) and _COMPACT_JWS.fullmatch(credential):
        return []
    return [ShapeMistake("", "must be an object" if version == "2.0" else "must be an object or a JWT")]


def _identifier(party: Json) -> str | None:
    written = party.get("id") if isinstance(party, dict) else party
    return written if isinstance(written, str) else None
