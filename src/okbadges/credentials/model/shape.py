"""Every mistake in the shape of a badge or an endorsement, with its place."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final, Literal

from okbadges.credentials.model.achievements import OpenBadgeCredential
from okbadges.credentials.model.mistakes import ShapeMistake, empty_members, mistakes_of, with_further
from okbadges.credentials.model.older import OlderEndorsementCredential, OlderOpenBadgeCredential
from okbadges.credentials.model.profiles import EndorsementCredential
from okbadges.credentials.times import read_moment
from okbadges.credentials.vocabulary import CREDENTIALS_V1
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from pydantic import BaseModel

    from okbadges.credentials.strict_json import Json

DataModel = Literal["1.1", "2.0"]
"""A version of the W3C's VC Data Model."""

_VALIDITY: Final[Mapping[DataModel, tuple[str, str]]] = {
    "1.1": ("issuanceDate", "expirationDate"),
    "2.0": ("validFrom", "validUntil"),
}
_MODELS: Final[Mapping[tuple[DataModel, bool], type[BaseModel]]] = {
    ("1.1", False): OlderOpenBadgeCredential,
    ("1.1", True): OlderEndorsementCredential,
    ("2.0", False): OpenBadgeCredential,
    ("2.0", True): EndorsementCredential,
}

# Built here, once, rather than by whichever thread first needs one.
for _model in _MODELS.values():
    _model.model_rebuild()


def data_model(document: Mapping[str, Json]) -> DataModel:
    """Return which data model a credential follows: 1.1 if its first context is that of VCDM 1.1, else 2.0.

    The first context alone decides (VCDM 1.1, 4.1; VCDM 2.0, 4.3). `check_shape` and `check_credential_shape` find it a mistake
    when a later context is that of the other one, or when a date of the other one would be stricter (`foreign_dates`): so no two
    readers can take one document differently.
    """
    written = document.get("@context")
    first = written[0] if isinstance(written, list) and written else written
    return "1.1" if first == CREDENTIALS_V1 else "2.0"


def check_shape(document: Mapping[str, Json]) -> list[ShapeMistake]:
    """Return every mistake in the shape of a badge, or of an endorsement when ``type`` says that; empty when it is sound.

    The classes are those of the data model that the document follows (see `data_model`; Open Badges 3.0, appendix B and E).
    """
    types = document.get("type")
    names = types if isinstance(types, list) else [types]
    version = data_model(document)
    mistakes = foreign_dates(document, version)
    empty = empty_members(document, lists=True) if _holds_empty(document) else ()
    further = mistakes_of(_MODELS[version, "EndorsementCredential" in names], document)
    return with_further(chain(mistakes, empty), further)


def foreign_dates(document: Mapping[str, Json], version: DataModel) -> list[ShapeMistake]:
    """Return the dates of the other data model that would make the credential valid for a shorter time than its own dates.

    Some issuers write both. That is sound as long as a reader who goes by the others does not see a later beginning or an
    earlier end than we do.
    """
    other_begin, other_end = _VALIDITY["2.0" if version == "1.1" else "1.1"]
    if other_begin not in document and other_end not in document:
        return []
    begin, end = (_read(document.get(name)) for name in _VALIDITY[version])
    wrong = []
    if other_begin in document:
        other = _read(document[other_begin])
        wrong += [other_begin] * (other is None or begin is None or other > begin)
    if other_end in document:
        other = _read(document[other_end])
        wrong += [other_end] * (other is None or end is None or other < end)
    message = f"contradicts the dates of VCDM {version}, the data model of the first context"
    return [ShapeMistake(f"/{name}", message) for name in wrong]


def _read(written: Json) -> datetime | None:
    try:
        return read_moment(written) if isinstance(written, str) else None
    except CredentialError:
        return None


def _holds_empty(value: Mapping[str, Json] | list[Json]) -> bool:
    """Say whether a null or empty list is anywhere inside; sound documents need no pointers, and most are sound."""
    for inner in value if isinstance(value, list) else value.values():
        if type(inner) is str:
            continue
        if inner is None or inner == []:
            return True
        if isinstance(inner, (dict, list)) and _holds_empty(inner):
            return True
    return False
