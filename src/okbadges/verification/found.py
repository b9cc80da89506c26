"""What a credential says, picked out of the document for people and programs. Reads anything, trusts nothing, never fails.

The document is read even when a check failed, so that a page can say what the file claims to be beside the verdict.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.credentials.cryptosuites import ECDSA_SD_2023
from okbadges.verification.reading import issuer_id, items, members, read_time, text, validity_members
from okbadges.verification.report import AlignmentFound, CredentialFound, IssuerFound, ProofFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.verification.received import Received

MAX_PROOFS_FOUND = 10
MAX_ALIGNMENTS = 100


def find_issuer(document: Mapping[str, object], *, recognised: bool) -> IssuerFound | None:
    """Return who the document names as its issuer, or None when it names nobody."""
    identifier = issuer_id(document)
    if identifier is None:
        return None
    profile = members(document.get("issuer"))
    return IssuerFound(
        id=identifier, name=text(profile.get("name")), url=text(profile.get("url")), recognised=recognised
    )


def find_credential(document: Mapping[str, object]) -> CredentialFound:
    """Return what the document says about itself, the achievement and the subject."""
    subject = members(document.get("credentialSubject"))
    begin, end = validity_members(document)
    achievement = members(subject.get("achievement"))
    criteria = members(achievement.get("criteria"))
    image = members(achievement.get("image"))
    return CredentialFound(
        id=text(document.get("id")),
        name=text(document.get("name")),
        achievement_id=text(achievement.get("id")),
        achievement_name=text(achievement.get("name")),
        description=text(achievement.get("description")) or text(subject.get("endorsementComment")),
        criteria=text(criteria.get("narrative")),
        criteria_url=text(criteria.get("id")),
        image_url=text(image.get("id")),
        image_caption=text(image.get("caption")),
        language=text(achievement.get("inLanguage")),
        subject_id=text(subject.get("id")),
        valid_from=read_time(document.get(begin)),
        valid_until=read_time(document.get(end)),
        awarded_at=read_time(document.get("awardedDate")),
        alignments=_alignments(achievement),
        has_evidence=bool(items(document.get("evidence"))),
    )


def find_proofs(received: Received) -> tuple[ProofFound, ...]:
    """Return the signatures that the document says it carries, the envelope's first."""
    found = []
    if received.jwt is not None:
        found.append(ProofFound("jwt", received.jwt.algorithm, received.jwt.key_id))
    for entry in items(received.document.get("proof"))[:MAX_PROOFS_FOUND]:
        proof = members(entry)
        suite = text(proof.get("cryptosuite")) or text(proof.get("type"))
        found.append(
            ProofFound(
                kind="data-integrity",
                suite=suite,
                verification_method=text(proof.get("verificationMethod")),
                created=read_time(proof.get("created")),
                selective=suite == ECDSA_SD_2023,
            )
        )
    return tuple(found)


def _alignments(achievement: Mapping[str, object]) -> tuple[AlignmentFound, ...]:
    found = []
    for entry in items(achievement.get("alignment"))[:MAX_ALIGNMENTS]:
        alignment = members(entry)
        name, url = text(alignment.get("targetName")), text(alignment.get("targetUrl"))
        if name is not None and url is not None:
            found.append(
                AlignmentFound(
                    name=name,
                    url=url,
                    code=text(alignment.get("targetCode")),
                    framework=text(alignment.get("targetFramework")),
                    type=text(alignment.get("targetType")),
                )
            )
    return tuple(found)
