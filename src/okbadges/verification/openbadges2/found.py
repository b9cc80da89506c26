"""What a badge of 2.0 says, for the same report as a credential of 3.0. Reads anything, trusts nothing, never fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.verification.found import MAX_ALIGNMENTS
from okbadges.verification.openbadges2.dates import read_point
from okbadges.verification.openbadges2.outcomes import of_2_0
from okbadges.verification.openbadges2.shape import SIGNED
from okbadges.verification.reading import items, members, text, types_of
from okbadges.verification.recipient import Recipient
from okbadges.verification.recipient import check_recipient as check_subject
from okbadges.verification.report import AlignmentFound, CredentialFound, IssuerFound, ProofFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.verification.openbadges2.examine import Examination
    from okbadges.verification.received import Received
    from okbadges.verification.report import Check

# How the kinds of identifiers of 2.0 (Profile Identifier Properties) are named in 3.0, and whom a plain URI names.
_KINDS = {"email": "emailAddress"}
_ASKED = {None: "url", "identifier": "telephone"}


def find_issuer(examination: Examination, *, recognised: bool) -> IssuerFound | None:
    """Return who issued the badge: by the profile at its own address, else by what the badge says; None when it names nobody."""
    named = _badge(examination).get("issuer")
    profile = members(examination.issuer if examination.issuer is not None else named)
    identifier = text(profile.get("id")) or text(named)
    if identifier is None:
        return None
    return IssuerFound(
        id=identifier, name=text(profile.get("name")), url=text(profile.get("url")), recognised=recognised
    )


def find_credential(examination: Examination) -> CredentialFound:
    """Return what the badge says about itself, what it was awarded for and when."""
    assertion, badge = members(examination.assertion), _badge(examination)
    criteria, image = badge.get("criteria"), badge.get("image")
    recipient = members(assertion.get("recipient"))
    is_url = recipient.get("hashed") is not True and items(recipient.get("type")) == ["url"]
    issued = read_point(assertion.get("issuedOn"))
    return CredentialFound(
        id=text(assertion.get("id")),
        name=text(badge.get("name")),
        achievement_id=text(badge.get("id")) or text(assertion.get("badge")),
        achievement_name=text(badge.get("name")),
        description=text(badge.get("description")),
        criteria=text(members(criteria).get("narrative")),
        criteria_url=text(criteria) or text(members(criteria).get("id")),
        image_url=text(image) or text(members(image).get("id")),
        image_caption=text(members(image).get("caption")),
        language=text(badge.get("@language")),
        subject_id=text(recipient.get("identity")) if is_url else None,
        valid_from=issued,
        valid_until=read_point(assertion.get("expires")),
        awarded_at=issued,
        alignments=_alignments(badge),
        has_evidence=bool(items(assertion.get("evidence"))),
    )


def find_proofs(received: Received) -> tuple[ProofFound, ...]:
    """Return how the badge is proven: by its signature, or by the address at which it is hosted."""
    verification = members(received.document.get("verification", received.document.get("verify")))
    creator = verification.get("creator")
    if received.jwt is not None:
        method = text(creator) or text(members(creator).get("id"))
        return (ProofFound("jwt", received.jwt.algorithm, method),)
    if types_of(verification) & SIGNED:
        return ()
    return (ProofFound("hosted", None, text(received.document.get("id"))),)


def check_recipient(examination: Examination, recipient: Recipient) -> Check:
    """Compare the named person with the recipient of the badge; a required check, since somebody asked.

    Codes: ``recipient-mismatch``; ``weak-hash`` (not checked) where only an MD5 hash stands for the person.
    """
    stated = members(examination.assertion.get("recipient"))
    kinds = items(stated.get("type"))
    kind = text(kinds[0]) if len(kinds) == 1 else None
    identity = {
        "identityType": _KINDS.get(kind or "", kind),
        "identityHash": stated.get("identity"),
        "hashed": stated.get("hashed", False),
        "salt": stated.get("salt"),
    }
    asked = Recipient(recipient.identifier, _ASKED.get(recipient.identity_type, recipient.identity_type))
    return of_2_0(check_subject({"credentialSubject": {"identifier": [identity]}}, asked))


def _badge(examination: Examination) -> Mapping[str, object]:
    """Return the BadgeClass that was found, or else the one inside the Assertion."""
    return members(examination.badge if examination.badge is not None else examination.assertion.get("badge"))


def _alignments(badge: Mapping[str, object]) -> tuple[AlignmentFound, ...]:
    found = []
    for entry in items(badge.get("alignment"))[:MAX_ALIGNMENTS]:
        alignment = members(entry)
        name, url = text(alignment.get("targetName")), text(alignment.get("targetUrl"))
        if name is not None and url is not None:
            code, framework = text(alignment.get("targetCode")), text(alignment.get("targetFramework"))
            found.append(AlignmentFound(name=name, url=url, code=code, framework=framework, type=None))
    return tuple(found)
