"""ePerusteet's public API: what it says about one common unit. Strict about what is used, deaf to everything else.

Asked by `okbadges units refresh` alone, never while issuing or verifying. What comes back is a stranger's until a person has read it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from okbadges.catalogue.texts import LANGUAGES
from okbadges.credentials.strict_json import Limits, loads
from okbadges.errors import InvalidInput, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from okbadges.credentials.fetching import Fetch
    from okbadges.credentials.strict_json import Json

API: Final = "https://virkailija.opintopolku.fi/eperusteet-service"
MOST_BYTES: Final = 4 * 1024 * 1024
"""A unit comes with its areas and their assessment: some hundred kilobytes."""

_LIMITS: Final = Limits(bytes=MOST_BYTES, depth=40, values=200_000)
_AREA: Final = re.compile(r"ammatillisenoppiaineet_[a-z0-9]{2,20}")
_LONGEST_NAME, _LONGEST_OUTCOME = 200, 1000
_MOST_OSP: Final = 200
_OK: Final = 200


@dataclass(frozen=True, slots=True)
class PublishedArea:
    """An area as the API has it; None and nothing where it does not say. ``outcomes`` are the official Finnish texts of the compulsory part."""

    uri: str
    version: int | None
    name: Mapping[str, str]
    osp: Decimal | None
    outcomes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PublishedUnit:
    """A unit as the API has it."""

    uri: str
    name: Mapping[str, str]
    osp: Decimal | None
    areas: tuple[PublishedArea, ...]


def read_unit(fetch: Fetch, api: str, uri: str) -> PublishedUnit:
    """Ask for a unit by its code URI.

    Raises what ``fetch`` raises, `Unavailable` (``eperusteet-status``), `CredentialError` for what is no strict JSON, and `InvalidInput`
    (``eperusteet-answer``) for an answer that is about something else, contradicts itself, or holds what is no name and no size.
    """
    answer = fetch(f"{api}/api/external/peruste/tutkinnonosa/{uri}")
    if answer.status != _OK:
        raise Unavailable("eperusteet-status", f"ePerusteet answered {answer.status} for {uri}.")
    found = loads(answer.body, limits=_LIMITS)
    units = [one for one in _objects(found if isinstance(found, list) else [found]) if one.get("koodiUri") == uri]
    if not units:
        raise _strange(f"The answer for {uri} is about something else.")
    read = [_unit(uri, one) for one in units]
    if any(one != read[0] for one in read):
        raise _strange(f"The answer for {uri} has it several times, with different facts.")
    return read[0]


def _unit(uri: str, given: Mapping[str, Json]) -> PublishedUnit:
    areas = tuple(_area(one) for one in _objects(given.get("osaAlueet")))
    if len({one.uri for one in areas}) != len(areas):
        raise _strange(f"{uri} has an area twice.")
    return PublishedUnit(uri, _texts(given.get("nimi"), _LONGEST_NAME), _osp(given.get("laajuus")), areas)


def _area(given: Mapping[str, Json]) -> PublishedArea:
    code = _object(given.get("koodi"))
    uri, version = code.get("uri"), code.get("versio")
    if not isinstance(uri, str) or not _AREA.fullmatch(uri):
        raise _strange("An area has no code of the national code service.")
    compulsory = _object(given.get("pakollisetOsaamistavoitteet"))
    return PublishedArea(
        uri=uri,
        version=version if isinstance(version, int) and not isinstance(version, bool) and version > 0 else None,
        name=_texts(given.get("nimi") or code.get("nimi"), _LONGEST_NAME),
        osp=_osp(compulsory.get("laajuus")),
        outcomes=tuple(_outcomes(compulsory.get("tavoitteet"))),
    )


def _outcomes(given: Json) -> Iterator[str]:
    """Go through the Finnish texts; a requirement is a text by language, or such a text with its code."""
    for goal in _objects(given if isinstance(given, list) else [given]):
        for one in _objects(goal.get("vaatimukset")):
            text = _texts(one.get("vaatimus") or one, _LONGEST_OUTCOME).get("fi")
            if text:
                yield text


def _texts(given: Json | Mapping[str, Json], longest: int) -> dict[str, str]:
    """Return a text by language, each on one line. Raises `InvalidInput` for what nobody should see on a terminal or in a file."""
    found: dict[str, str] = {}
    for language in LANGUAGES:
        text = _object(given).get(language)
        line = " ".join(text.split()) if isinstance(text, str) else ""
        if len(line) > longest or not line.isprintable():
            raise _strange("A text is too long, or holds what is no letter, sign or space.")
        if line:
            found[language] = line
    return found


def _osp(given: Json) -> Decimal | None:
    """Return a size in competence points; None where it is not given. Raises `InvalidInput` for what is no size."""
    if given is None or given == 0:
        return None
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise _strange("A size is no number.")
    size = Decimal(str(given)).normalize()
    if not 0 < size <= _MOST_OSP or size != round(size, 2):
        raise _strange("A size is no number of competence points.")
    return size.quantize(Decimal(1)) if size == size.to_integral_value() else size


def _object(given: Json | Mapping[str, Json]) -> Mapping[str, Json]:
    return given if isinstance(given, dict) else {}


def _objects(given: Json | Iterable[Json]) -> Iterator[Mapping[str, Json]]:
    return (one for one in given if isinstance(one, dict)) if isinstance(given, list) else iter(())


def _strange(words: str) -> InvalidInput:
    return InvalidInput("eperusteet-answer", words)
