"""``/verify`` for what is more than one badge: a presentation, endorsements, a copy of which the holder chose the parts."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from okbadges.credentials.selective import derive, open_badges_mandatory, sign_base
from verification.making import Maker, credential

if TYPE_CHECKING:
    from support.world import World

ISSUER, HOLDER, P256 = Maker.by_key(), Maker.by_key(3), Maker.by_curve(ec.SECP256R1())
FORGED_WORDS = "<b>Genuine and valid</b>"


def page(world: World, document: Any, language: str) -> str:
    """Send a document as a file and return the page."""
    answer = world.client.post(
        f"/verify?lang={language}",
        files={"file": ("file", json.dumps(document).encode(), "application/json")},
        headers={"Accept": "text/html"},
    )
    assert answer.status_code == 200, answer.text
    return answer.text


def badge(**changes: Any) -> dict[str, Any]:
    """Return a signed badge about the holder."""
    document = credential(ISSUER.did, **changes)
    document["credentialSubject"]["id"] = HOLDER.did
    return ISSUER.sign(document)


def endorsement(comment: str) -> dict[str, Any]:
    """Return what the holder says of the issuer, signed."""
    return HOLDER.sign(
        {
            "@context": [
                "https://www.w3.org/ns/credentials/v2",
                "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
            ],
            "id": "urn:uuid:22222222-2222-4222-8222-222222222222",
            "type": ["VerifiableCredential", "EndorsementCredential"],
            "name": "An endorsement",
            "issuer": {"id": HOLDER.did, "type": ["Profile"], "name": "Somebody"},
            "validFrom": "2026-10-01T00:00:00Z",
            "credentialSubject": {"id": ISSUER.did, "type": ["EndorsementSubject"], "endorsementComment": comment},
        }
    )


@pytest.mark.parametrize(
    ("language", "heading", "label"),
    [
        ("fi", "Esitetyt merkit", "Myöntäjä"),
        ("sv", "Märken som visas upp", "Utfärdare"),
        ("en", "What is presented", "Issuer"),
    ],
)
def test_a_presentation_shows_every_badge_in_it(installation: World, language: str, heading: str, label: str) -> None:
    """Each badge has its own verdict in words, its name and its issuer, in every language."""
    document = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": HOLDER.did,
        "verifiableCredential": [badge()],
    }
    shown = page(installation, HOLDER.sign(document, purpose="authentication"), language)
    assert heading in shown
    assert f"{label}: <span" in shown
    assert "Café counter" in shown


def test_endorsements_are_shown_apart_and_as_foreign_text(installation: World) -> None:
    """What others say stands below what the file says, each with its verdict, and cannot imitate one."""
    shown = page(installation, ISSUER.badge(endorsement=[endorsement(FORGED_WORDS)]), "en")
    assert "What others say about it" in shown
    assert "&lt;b&gt;Genuine and valid&lt;/b&gt;" in shown
    assert FORGED_WORDS not in shown
    assert "By: <span" in shown


def test_an_endorsement_alone_is_not_called_a_badge(installation: World) -> None:
    """The page says first that this is something else."""
    assert "This is not a badge." in page(installation, endorsement("Good work."), "en")


def test_a_copy_of_chosen_parts_says_so(installation: World) -> None:
    """The reader is told that the holder chose what this copy shows."""
    document = credential(P256.did)
    base = sign_base(
        document,
        signer=P256.signer,
        verification_method=P256.method,
        mandatory=open_badges_mandatory(document),
        random_bytes=secrets.token_bytes,
    )
    assert "The holder has chosen what this copy shows." in page(installation, derive(base, reveal=[]), "en")
