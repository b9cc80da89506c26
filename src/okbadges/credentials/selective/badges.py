"""What of a badge is the issuer's word, and what the participant may show or keep back.

Whatever the holder leaves out, a derived badge must still be a badge with every required member (certification guide 1.2 for
ecdsa-sd-2023), and must not seem to be more than it is. So mandatory is, where it is there, whatever says who issued it to whom, what
was achieved and how well, from when to when it holds, on what terms, and where to ask whether it was taken back. The definition
of the badge is public and stays in one piece. Left to the holder are evidence, their own words, pictures of them, further
identifiers, endorsements, the exact day, dates of the activity and the like.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from okbadges.credentials.active_context import escape_pointer
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.credentials.strict_json import Json

_REQUIRED: Final = ("/issuer", "/validFrom", "/credentialSubject/achievement")

OPEN_BADGES_MANDATORY: Final = (
    *_REQUIRED,
    "/credentialSubject/result",
    "/name",
    "/validUntil",
    "/credentialStatus",
    "/credentialSchema",
    "/refreshService",
    "/termsOfUse",
)
"""Pointers to what every derived badge holds where the badge has it, besides the ``@context``, ``id`` and ``type`` that stay anyway."""

_STAY_ANYWAY: Final = frozenset({"@context", "id", "type", "proof"})


def open_badges_mandatory(document: Mapping[str, Json]) -> tuple[str, ...]:
    """Return the mandatory pointers of one badge (VCDM 2.0): those of `OPEN_BADGES_MANDATORY` that it has.

    A subject without ``id`` is known by its ``identifier`` alone, which is then mandatory too. Raises "no-such-member" when the
    badge lacks what the specification requires, or has several subjects.
    """
    subject = document.get("credentialSubject")
    if not isinstance(subject, dict):
        raise _missing("/credentialSubject")
    known_by = () if "id" in subject else ("/credentialSubject/identifier",)
    present = tuple(pointer for pointer in (*OPEN_BADGES_MANDATORY, *known_by) if _is_there(document, subject, pointer))
    for pointer in (*_REQUIRED, *known_by):
        if pointer not in present:
            raise _missing(pointer)
    return present


def open_badges_choices(document: Mapping[str, Json]) -> tuple[str, ...]:
    """Return the pointers to what the holder of this badge may choose, in its order: `derive` takes any of them as ``reveal``.

    Each is one thing for a person: one piece of evidence, one identifier, the narrative. Whatever is chosen of them, the derived
    badge has the shape of a badge. Raises as `open_badges_mandatory`.
    """
    mandatory = frozenset(open_badges_mandatory(document))
    choices: list[str] = []
    for name, value in document.items():
        members = {f"/{escape_pointer(name)}": value}
        if name == "credentialSubject" and isinstance(value, dict):
            members = {f"/{name}/{escape_pointer(inner)}": v for inner, v in value.items() if inner not in _STAY_ANYWAY}
        for pointer, held in members.items():
            if name not in _STAY_ANYWAY and pointer not in mandatory:
                choices += [f"{pointer}/{item}" for item in range(len(held))] if isinstance(held, list) else [pointer]
    return tuple(choices)


def _is_there(document: Mapping[str, Json], subject: Mapping[str, Json], pointer: str) -> bool:
    member = pointer.removeprefix("/credentialSubject/")
    return member in subject if member != pointer else pointer[1:] in document


def _missing(pointer: str) -> CredentialError:
    return CredentialError("no-such-member", f"A badge has {pointer}.", where=pointer)
