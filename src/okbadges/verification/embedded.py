"""Credentials inside a document: in an endorsement, in a presentation, in an envelope. Opened one layer, and not believed yet.

What cannot be opened keeps its place with the reason, so that a report can say of every one what became of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from okbadges.credentials.vocabulary import CREDENTIALS_V2
from okbadges.errors import CredentialError
from okbadges.verification.intake import MAX_VALUES, credential_in, form_of
from okbadges.verification.reading import items, text, types_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from okbadges.credentials.strict_json import Json
    from okbadges.verification.received import Received

Place = TypeVar("Place")

ENVELOPED_CREDENTIAL: Final = "EnvelopedVerifiableCredential"
ENVELOPED_PRESENTATION: Final = "EnvelopedVerifiablePresentation"

_INSIDE: Final = {ENVELOPED_CREDENTIAL: "VerifiableCredential", ENVELOPED_PRESENTATION: "VerifiablePresentation"}
_MEDIA_TYPES: Final = {
    ENVELOPED_CREDENTIAL: ("application/vc+jwt", "application/jwt"),
    ENVELOPED_PRESENTATION: ("application/vp+jwt", "application/jwt"),
}
_MEMBERS_OF_ENVELOPE: Final = frozenset({"@context", "id", "type"})


@dataclass(frozen=True, slots=True)
class Embedded:
    """One credential inside a document: its JSON pointer there, and either what it is or why it cannot be opened.

    ``problem`` is the code of the reason and ``detail`` a sentence about it; both are None exactly when ``received`` is there.
    """

    pointer: str
    received: Received | None
    problem: str | None = None
    detail: str | None = None


def pointer_to(pointer: str, step: str | int) -> str:
    """Return the JSON pointer (RFC 6901) of a member or an element of what ``pointer`` points at."""
    return f"{pointer}/{str(step).replace('~', '~0').replace('/', '~1')}"


def open_each(
    places: Iterable[tuple[str, Place]], open_it: Callable[[Place], Received], *, most: int, too_many: str
) -> list[Embedded]:
    """Return what ``open_it`` makes of every one of ``places`` (a pointer and what stands there), or why it makes nothing of it.

    At most ``most`` are opened, and all of them together hold no more values than one credential may: texts inside texts would
    grow past every other limit. After that a last one has the problem ``too_many`` and stands for the rest.
    """
    found: list[Embedded] = []
    values = 0
    for pointer, place in places:
        if len(found) == most:
            return [*found, Embedded(pointer, None, too_many, f"More than {most} are not looked at.")]
        one = _opened(pointer, open_it, place)
        values += _count(one.received.document) if one.received else 0
        if values > MAX_VALUES:
            return [*found, Embedded(pointer, None, too_many, f"More than {MAX_VALUES} values are not looked at.")]
        found.append(one)
    return found


def _opened(pointer: str, open_it: Callable[[Place], Received], place: Place) -> Embedded:
    try:
        return Embedded(pointer, open_it(place))
    except CredentialError as error:
        return Embedded(pointer, None, error.code, error.detail[:400])


def _count(document: Mapping[str, Json]) -> int:
    values = 0
    waiting: list[Json] = [{**document}]
    while waiting:
        value = waiting.pop()
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        values += len(inner)
        waiting.extend(inner)
    return values


def compact_jws(value: str) -> Received:
    """Return the credential in a compact JWS; raise "malformed-jwt" for any other text, and the codes of `credential_in`."""
    received = value.encode(errors="replace")
    if form_of(received) != "jwt" or received != received.strip():
        raise CredentialError("malformed-jwt", "This is not a compact JWS.")
    return credential_in(received)


def is_envelope(document: Mapping[str, object]) -> bool:
    """Say whether it is an enveloped credential or presentation (VC Data Model 2.0, 4.13.1 and 4.13.2)."""
    return not types_of(document).isdisjoint(_INSIDE)


def from_envelope(document: Mapping[str, Json]) -> Received:
    """Return what the ``data:`` URL of an envelope holds; nothing beside it is said in an envelope, since nobody would sign it.

    Raises "envelope-malformed", "envelope-not-supported" (another securing mechanism than JOSE), "envelope-mismatch" (it holds
    something else than its type says), and the codes of reading a JWT.
    """
    kinds = [name for name in items(document.get("type")) if isinstance(name, str)]
    if len(kinds) != 1 or kinds[0] not in _INSIDE or not document.keys() <= _MEMBERS_OF_ENVELOPE:
        raise CredentialError(
            "envelope-malformed", "An envelope has its contexts, one type, an address, and nothing else."
        )
    if CREDENTIALS_V2 not in items(document.get("@context")):
        raise CredentialError("envelope-malformed", "An envelope names the context that defines it.", where="/@context")
    received = _from_data_url(text(document.get("id")) or "", _MEDIA_TYPES[kinds[0]])
    if _INSIDE[kinds[0]] not in types_of(received.document):
        raise CredentialError("envelope-mismatch", f"What is inside does not say that it is a {_INSIDE[kinds[0]]}.")
    return received


def _from_data_url(url: str, media_types: tuple[str, ...]) -> Received:
    scheme, colon, rest = url.partition(":")
    media_type, comma, value = rest.partition(",")
    if scheme != "data" or not colon or not comma:
        raise CredentialError("envelope-malformed", "The id of an envelope is a data: URL.", where="/id")
    if media_type not in media_types:
        raise CredentialError(
            "envelope-not-supported", "The envelope is of a kind that is not opened here.", where="/id"
        )
    return compact_jws(value)
