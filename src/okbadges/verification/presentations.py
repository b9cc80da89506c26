"""Presentations: somebody shows credentials and proves who they are (VC Data Model 2.0, 4.13; VCDM 1.1, 4.10).

What is asked of one, beside the proof with the holder's key (purpose ``authentication``, made for the challenge and domain that
were asked for, if any): it holds credentials, every one of them is verified by itself, and every one is about the holder. The
worst of them is what the presentation is worth. A credential without a proof of its own is unsigned, also inside a signed
presentation: the holder's signature says that it was shown, not that it is true.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from okbadges.errors import CredentialError
from okbadges.verification.checks import PRESENTED, failed, not_checked, passed, verdict_of
from okbadges.verification.embedded import (
    ENVELOPED_PRESENTATION,
    compact_jws,
    from_envelope,
    is_envelope,
    open_each,
    pointer_to,
)
from okbadges.verification.reading import is_of_data_model_1, items, members, text, types_of
from okbadges.verification.received import Received
from okbadges.verification.report import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from okbadges.credentials.strict_json import Json
    from okbadges.verification.embedded import Embedded
    from okbadges.verification.report import Check

MAX_PRESENTED = 16

_PRESENTATION: Final = "VerifiablePresentation"
_CREDENTIAL: Final = "VerifiableCredential"
_PROVABLE: Final = ("did:", "https://")
"""Identifiers whose owner can prove that they are theirs; nobody can prove to be a ``urn:uuid:``."""


def is_presentation(document: Mapping[str, Json]) -> bool:
    """Say whether it is a presentation, in an envelope or not."""
    return not types_of(document).isdisjoint({_PRESENTATION, ENVELOPED_PRESENTATION})


def holder_of(received: Received) -> str:
    """Return who presents, whose key must have signed: the ``holder``, or where none is named whoever signed all of it.

    Raises "holder-malformed" (neither an identifier nor an object with one) and "no-holder" (nobody is named, or several are).
    """
    document = received.document
    if "holder" in document:
        holder = document["holder"]
        named = text(holder) or text(members(holder).get("id"))
        if not named:
            raise CredentialError("holder-malformed", "The holder is not named by an identifier.", where="/holder")
        return named
    signers = {text(members(proof).get("verificationMethod")) or "" for proof in items(document.get("proof"))}
    if received.jwt is not None:
        signers.add(text(received.jwt.claims.get("iss")) or received.jwt.key_id or "")
    names = {signer.partition("#")[0] for signer in signers}
    if len(names) != 1 or "" in names:
        raise CredentialError("no-holder", "The presentation does not say who presents.", where="/holder")
    return names.pop()


def credentials_in(document: Mapping[str, Json]) -> list[Embedded]:
    """Return the credentials that a presentation holds, in their order, opened one layer; nothing of them is checked yet.

    They are objects, envelopes, and in the older data model also compact JWS texts. Problems of single ones: ``not-a-credential``
    and the codes of reading a JWT or an envelope. After `MAX_PRESENTED`, or more values than one credential may
    hold, a last one says ``too-many-credentials`` for the rest.
    """
    open_it = partial(_open, older=is_of_data_model_1(document))
    return open_each(_all_credentials(document), open_it, most=MAX_PRESENTED, too_many="too-many-credentials")


def _all_credentials(document: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
    place, value = "/verifiableCredential", document.get("verifiableCredential", [])
    if not isinstance(value, list):
        yield place, value
        return
    for position, one in enumerate(value):
        yield pointer_to(place, position), one


def _open(value: Json, *, older: bool) -> Received:
    if isinstance(value, str) and older:
        received = compact_jws(value)
    elif isinstance(value, dict):
        received = from_envelope(value) if is_envelope(value) else Received(value)
    else:
        raise CredentialError("not-a-credential", "What is presented is not an object.")
    types = types_of(received.document)
    if _CREDENTIAL not in types or is_presentation(received.document):
        raise CredentialError("not-a-credential", "What is presented does not say that it is a credential.")
    return received


def check_presented(
    presented: Sequence[Embedded], verdicts: Sequence[Verdict | None], *, holder: str, badges: bool = True
) -> Check:
    """Return the check ``presented-credentials``: the worst of what is presented, and whether it is the holder's own.

    ``verdicts`` are those of ``presented``, in its order, None for what could not be opened. ``badges`` asks what badges are
    presented for: at least one, and each about the ``holder`` (the data model itself asks neither).

    Codes when failed: the verdict of the worst in small letters, ``nothing-presented``, ``too-many-credentials``,
    ``holder-not-subject``, and the problems of `credentials_in`; when not checked: ``indeterminate``, ``envelope-not-supported``,
    ``subject-not-provable`` (the subject has no identifier that anybody could prove to be theirs).
    """
    if not presented and badges:
        return failed(PRESENTED, "nothing-presented", "The presentation holds no credential.")
    found = [passed(PRESENTED, "Every credential that is presented is valid.")]
    for one, verdict in zip(presented, verdicts, strict=True):
        if one.received is None:
            found.append(_unopened(one))
            continue
        found.append(_judged(one, verdict or Verdict.INDETERMINATE))
        if badges:
            found.append(_about_holder(one.received.document, holder, one.pointer))
    return min(found, key=lambda check: list(Verdict).index(verdict_of(check)))


def _unopened(one: Embedded) -> Check:
    message = "A credential that is presented cannot be opened."
    detail = f"{one.pointer}: {one.detail}"[:400]
    code = one.problem or "not-a-credential"
    if code == "envelope-not-supported":
        return not_checked(PRESENTED, code, message, detail=detail)
    return failed(PRESENTED, code, message, detail=detail)


def _judged(one: Embedded, verdict: Verdict) -> Check:
    code = verdict.value.lower().replace("_", "-")
    if verdict is Verdict.VALID:
        return passed(PRESENTED, "The credential that is presented is valid.")
    if verdict is Verdict.INDETERMINATE:
        return not_checked(PRESENTED, code, "A credential that is presented could not be checked.", detail=one.pointer)
    return failed(PRESENTED, code, "A credential that is presented is not valid.", detail=one.pointer)


def _about_holder(document: Mapping[str, Json], holder: str, pointer: str) -> Check:
    subjects = [text(members(subject).get("id")) or "" for subject in items(document.get("credentialSubject"))]
    others = [subject for subject in subjects if subject != holder]
    if subjects and not others:
        return passed(PRESENTED, "The credential that is presented is about the holder.")
    if any(subject.startswith(_PROVABLE) for subject in others):
        message = "A credential that is presented is about somebody else than who presents it."
        return failed(PRESENTED, "holder-not-subject", message, detail=f"{pointer}: {others[0]}"[:400])
    message = "Whether a credential that is presented is about the holder cannot be told: its subject is nobody who could prove it."
    return not_checked(PRESENTED, "subject-not-provable", message, detail=pointer)
