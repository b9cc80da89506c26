"""Reading members of a JSON document that may have any shape: what is not as it should be reads as not there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from okbadges.credentials.times import read_moment
from okbadges.credentials.vocabulary import CREDENTIALS_V1
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from datetime import datetime


def text(value: object) -> str | None:
    """Return a string, or None for anything else."""
    return value if isinstance(value, str) else None


def members(value: object) -> Mapping[str, object]:
    """Return an object, or an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def items(value: object) -> list[object]:
    """Return the values of a member that may stand alone or in an array (Open Badges 3.0 allows both); none for null."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def types_of(value: object) -> frozenset[str]:
    """Return the type names of an object."""
    return frozenset(name for name in items(members(value).get("type")) if isinstance(name, str))


def issuer_id(document: Mapping[str, object]) -> str | None:
    """Return the identifier of the issuer, which may stand alone or in a Profile."""
    issuer = document.get("issuer")
    return text(issuer) or text(members(issuer).get("id"))


def is_of_data_model_1(document: Mapping[str, object]) -> bool:
    """Say whether it is a credential of the older data model (VCDM 1.1), whose dates have other names."""
    return CREDENTIALS_V1 in items(document.get("@context"))


def validity_members(document: Mapping[str, object]) -> tuple[str, str]:
    """Return the names of the members that hold the first and the last moment of a credential, by its data model."""
    return ("issuanceDate", "expirationDate") if is_of_data_model_1(document) else ("validFrom", "validUntil")


def read_time(value: object) -> datetime | None:
    """Return a date-time with a zone in UTC, or None for anything else."""
    try:
        return read_moment(value) if isinstance(value, str) else None
    except CredentialError:
        return None
