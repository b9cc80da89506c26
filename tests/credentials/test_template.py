"""Templates: what they make is what the walk makes, and what is no example for one is refused."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okbadges.credentials.data_integrity import only_proof, sign, verify_proof
from okbadges.credentials.signers import Ed25519Signer
from okbadges.credentials.strict_json import dumps, loads
from okbadges.credentials.template import Kind, Slot, Template
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Mapping

SIGNER = Ed25519Signer(bytes(range(32)))
METHOD = "did:web:badges.example#key-1"
SLOTS = {
    "credential": Slot(Kind.UUID, "urn:uuid:0b6ee5e2-5d0f-4f2e-9c43-0a8d7c2b1f01"),
    "subject": Slot(Kind.UUID, "urn:uuid:0b6ee5e2-5d0f-4f2e-9c43-0a8d7c2b1f02"),
    "from": Slot(Kind.MOMENT, "9127-03-04T05:06:07Z"),
    "index": Slot(Kind.NUMBER, "718281828459"),
}
UUIDS = st.uuids().map(lambda one: f"urn:uuid:{one}")
MOMENTS = st.datetimes().map(lambda one: f"{one:%Y}".zfill(4) + f"-{one:%m-%dT%H:%M:%S}Z")
NUMBERS = st.integers(0, 10**15 - 1).map(str)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40)


def credential(
    values: Mapping[str, str], *, narrative: str = "100 % osaa: 'näin' \"ja\" näin\n", areas: int = 3
) -> Any:
    """Return a credential with blank nodes: alignments, and the status entry that two slots touch."""
    return {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": values["credential"],
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "did:web:badges.example", "type": ["Profile"], "name": "OK!"},
        "validFrom": values["from"],
        "credentialSubject": {
            "id": values["subject"],
            "type": ["AchievementSubject"],
            "achievement": {
                "id": "https://badges.example/b/1",
                "type": ["Achievement"],
                "name": "Tietoturva",
                "description": "%(credential)s",
                "criteria": {"narrative": narrative},
                "alignment": [
                    {"type": ["Alignment"], "targetName": f"Area {n}", "targetUrl": f"https://area.example/{n}"}
                    for n in range(areas)
                ],
            },
        },
        "credentialStatus": {
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": values["index"],
            "statusListCredential": "https://badges.example/status/1",
        },
    }


def template(**said: Any) -> Template:
    """Return the template of such credentials."""
    example = credential({name: slot.stands_in for name, slot in SLOTS.items()}, **said)
    return Template(example, SLOTS, verification_method=METHOD)


def filled(made: Template, values: Mapping[str, str]) -> bytes:
    """Fill and sign."""
    return made.sign(values, signer=SIGNER, published_key=SIGNER.public_key)


def by_the_walk(values: Mapping[str, str], **said: Any) -> bytes:
    """Build, walk and sign."""
    return dumps(sign(credential(values, **said), signer=SIGNER, verification_method=METHOD))


COMMON = template()


@given(first=UUIDS, second=UUIDS, begins=MOMENTS, index=NUMBERS)
def test_the_bytes_are_those_of_the_walk(first: str, second: str, begins: str, index: str) -> None:
    """Whatever is filled in, document and signature are the same, so also where labels and lines change their order."""
    if first != second:
        values = {"credential": first, "subject": second, "from": begins, "index": index}
        assert filled(COMMON, values) == by_the_walk(values)


@given(narrative=TEXTS.filter(lambda text: text.strip() != ""), areas=st.integers(0, 12), index=NUMBERS)
def test_whatever_the_badge_says(narrative: str, areas: int, index: str) -> None:
    """Quotes, percent signs, line breaks and every other character of the badge stay what they are."""
    values = {"credential": _uuid(), "subject": _uuid(), "from": "2026-11-01T00:00:00Z", "index": index}
    assert filled(template(narrative=narrative, areas=areas), values) == by_the_walk(
        values, narrative=narrative, areas=areas
    )


def test_what_it_signs_verifies() -> None:
    """The proof holds for the document as it is read again."""
    values = {"credential": _uuid(), "subject": _uuid(), "from": "2026-11-01T00:00:00Z", "index": "0"}
    document = loads(filled(COMMON, values))
    assert isinstance(document, dict)
    verify_proof(document, only_proof(document), SIGNER.public_key)


@pytest.mark.parametrize(
    ("slot", "value"),
    [
        ("credential", "urn:uuid:not-one"),
        ("credential", "URN:UUID:0B6EE5E2-5D0F-4F2E-9C43-0A8D7C2B1F01"),
        ("subject", 'urn:uuid:0b6ee5e2-5d0f-4f2e-9c43-0a8d7c2b1f03"'),
        ("from", "2026-11-01"),
        ("from", "2026-11-01T00:00:00Z\n"),
        ("index", "07"),
        ("index", "-1"),
        ("index", "1e3"),
    ],
)
def test_a_value_of_another_kind_is_refused(slot: str, value: str) -> None:
    """Nothing is filled in that would need an escape, or be written otherwise by somebody else."""
    values = {"credential": _uuid(), "subject": _uuid(), "from": "2026-11-01T00:00:00Z", "index": "1", slot: value}
    with pytest.raises(CredentialError) as refused:
        filled(COMMON, values)
    assert refused.value.code == "template-value"


def test_two_things_have_two_ids() -> None:
    """A credential about itself would be another graph."""
    same = _uuid()
    with pytest.raises(CredentialError, match="same id"):
        filled(COMMON, {"credential": same, "subject": same, "from": "2026-11-01T00:00:00Z", "index": "1"})


@pytest.mark.parametrize("left_out", SLOTS)
def test_every_slot_is_filled(left_out: str) -> None:
    """A value that is missing is refused, not left as the example has it."""
    values = {"credential": _uuid(), "subject": _uuid(), "from": "2026-11-01T00:00:00Z", "index": "1"}
    del values[left_out]
    with pytest.raises(CredentialError) as refused:
        filled(COMMON, values)
    assert refused.value.code == "template-value"


@pytest.mark.parametrize(
    "narrative",
    ["it says 718281828459 too", "since 9127-03-04T05:06:07Z", "see urn:uuid:11111111-1111-4111-8111-111111111111"],
)
def test_a_text_that_says_what_a_slot_says_makes_no_template(narrative: str) -> None:
    """What does not vary must not be filled in with what does, nor be the id of something that does."""
    with pytest.raises(CredentialError) as refused:
        template(narrative=narrative)
    assert refused.value.code == "no-template"


def test_a_template_that_is_wrong_is_found_out() -> None:
    """What a template makes is compared with the walk before it is signed, when that is asked for."""
    made = template()
    made._hash_of_options = bytes(32)
    values = {"credential": _uuid(), "subject": _uuid(), "from": "2026-11-01T00:00:00Z", "index": "1"}
    with pytest.raises(CredentialError) as refused:
        made.sign(values, signer=SIGNER, published_key=SIGNER.public_key, proven=True)
    assert refused.value.code == "template-differs"


def test_two_nodes_alike_take_the_walk() -> None:
    """Two blank nodes that say the same are told apart by the whole of RDFC-1.0."""
    example = credential({name: slot.stands_in for name, slot in SLOTS.items()}, areas=1)
    twice = example["credentialSubject"]["achievement"]["alignment"] * 2
    example["credentialSubject"]["achievement"]["alignment"] = twice
    made = Template(example, SLOTS, verification_method=METHOD)
    values = {"credential": _uuid(), "subject": _uuid(), "from": "2026-11-01T00:00:00Z", "index": "1"}
    document = loads(filled(made, values))
    assert isinstance(document, dict)
    verify_proof(document, only_proof(document), SIGNER.public_key)


def _uuid() -> str:
    return f"urn:uuid:{uuid.uuid4()}"
