"""The shape of any W3C credential, whatever it is about (VC Data Model 2.0, clause 4 and 5; 1.1 where that is older).

Only the members that the data model itself defines are looked at: what a credential claims is for its own schema, and which
words mean something is for `expansion`. The classes here say what is needed and no more; `presentations` does the same for a
presentation. Stricter than the text on purpose: no null anywhere, one data model, no dates that contradict it.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Annotated, Final, Self

from pydantic import BeforeValidator, Field, model_validator

from okbadges.credentials.model.mistakes import ShapeMistake, empty_members, mistakes_of, with_further
from okbadges.credentials.model.profiles import Part
from okbadges.credentials.model.related_resources import RelatedResource, read_digests
from okbadges.credentials.model.shape import DataModel, data_model, foreign_dates
from okbadges.credentials.model.values import Iri, Moment, Some, Text, Texts, TypeNames, holding
from okbadges.credentials.vocabulary import CREDENTIALS_V1, CREDENTIALS_V2
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import BaseModel

    from okbadges.credentials.strict_json import Json

ENVELOPED_CREDENTIAL: Final = "EnvelopedVerifiableCredential"
_DATA_URL: Final = "data:"


def any_contexts(first: str) -> BeforeValidator:
    """Return the check that ``@context`` begins with ``first``, and goes on with addresses and objects (4.3)."""

    def check(value: object) -> object:
        written = value if isinstance(value, list) else [value]
        if written[:1] != [first]:
            raise ValueError(f"must begin with {first}")
        for further in written[1:]:
            if further in (CREDENTIALS_V1, CREDENTIALS_V2):
                raise ValueError("must name one data model, once")
            if type(further) not in {dict, str}:
                raise ValueError("must hold addresses and objects only")
        return tuple(written)

    return BeforeValidator(check)


def named(value: object) -> object:
    """Read a party that is written as its address alone."""
    return {"id": value} if isinstance(value, str) else value


class Thing(Part):
    """A part that says of what type it is: a status, a schema, a proof, evidence, a policy … (4.5, 5.10)."""

    type: TypeNames
    id: Iri | None = None


class IdentifiedThing(Thing):
    """A schema, which also needs an address (4.11)."""

    id: Iri


class Party(Part):
    """An issuer or holder with its identifier (4.7, 4.13)."""

    id: Iri
    name: Texts | None = None
    description: Texts | None = None


class Subject(Part):
    """What something is said about; it says something at least (4.8)."""

    id: Iri | None = None
    name: Texts | None = None
    description: Texts | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("must say something")
        return self


class Resource(Part):
    """A resource whose content the credential vouches for (5.3)."""

    id: Iri
    media_type: Text | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        try:
            digests = read_digests(self.model_extra or {})
        except CredentialError as error:
            raise ValueError(error.detail) from None
        if not digests:
            raise ValueError("must have a digestSRI or a digestMultibase")
        if RelatedResource(self.id, digests).contradicts_what_is_known():
            raise ValueError("has another digest than the resource of this address")
        return self


class _CredentialMembers(Part):
    """What both data models have."""

    id: Iri | None = None
    type: Annotated[TypeNames, holding("VerifiableCredential")]
    issuer: Annotated[Party, BeforeValidator(named)]
    credential_subject: Some[Subject]
    proof: Some[Thing] | None = None
    credential_status: Some[Thing] | None = None
    credential_schema: Some[IdentifiedThing] | None = None
    refresh_service: Some[Thing] | None = None
    terms_of_use: Some[Thing] | None = None
    evidence: Some[Thing] | None = None


class AnyCredential(_CredentialMembers):
    """A credential of VCDM 2.0."""

    context: Annotated[tuple[object, ...], any_contexts(CREDENTIALS_V2), Field(alias="@context")]
    name: Texts | None = None
    description: Texts | None = None
    valid_from: Moment | None = None
    valid_until: Moment | None = None
    confidence_method: Some[Thing] | None = None
    render_method: Some[Thing] | None = None
    related_resource: Some[Resource] | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValueError("has a validUntil before its validFrom")
        addresses = [resource.id for resource in self.related_resource or ()]
        if len(set(addresses)) != len(addresses):
            raise ValueError("has two entries of relatedResource with one id")
        return self


class OlderAnyCredential(_CredentialMembers):
    """A credential of VCDM 1.1."""

    context: Annotated[tuple[object, ...], any_contexts(CREDENTIALS_V1), Field(alias="@context")]
    issuance_date: Moment
    expiration_date: Moment | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.expiration_date and self.expiration_date < self.issuance_date:
            raise ValueError("has an expirationDate before its issuanceDate")
        return self


class Envelope(Part):
    """A secured credential or presentation as a data: URL (4.13.1 and 4.13.2); its ``type`` is looked at by who chose it."""

    context: Annotated[tuple[object, ...], any_contexts(CREDENTIALS_V2), Field(alias="@context")]
    id: Iri
    type: TypeNames

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.id.startswith(_DATA_URL):
            raise ValueError("must have a data: URL as its id")
        return self


_MODELS: Final[Mapping[DataModel, type[BaseModel]]] = {"1.1": OlderAnyCredential, "2.0": AnyCredential}

# Built here, once, rather than by whichever thread first needs one.
for _model in (OlderAnyCredential, AnyCredential, Envelope):
    _model.model_rebuild()


def check_credential_shape(document: Mapping[str, Json]) -> list[ShapeMistake]:
    """Return every mistake in the shape of any credential, of VCDM 2.0 or 1.1, or of an enveloped one; empty when it is sound.

    Which data model counts is told by `data_model`. The digests of ``relatedResource`` are compared only where they are known
    without fetching (see `related_resources`).
    """
    nulls = nulls_in(document)
    if ENVELOPED_CREDENTIAL in types_in(document):
        return with_further(nulls, mistakes_of(Envelope, document))
    version = data_model(document)
    return with_further(nulls, chain(foreign_dates(document, version), mistakes_of(_MODELS[version], document)))


def types_in(document: Mapping[str, Json]) -> list[Json]:
    """Return what is written as the types of a document, of whatever kind it is."""
    written = document.get("type")
    return written if isinstance(written, list) else [written]


def nulls_in(document: Mapping[str, Json]) -> Iterator[ShapeMistake]:
    """Yield a mistake for every null but those in contexts: JSON-LD drops it, a reader of the JSON may not."""
    return empty_members(document, lists=False, closed=frozenset({"@context"}))
