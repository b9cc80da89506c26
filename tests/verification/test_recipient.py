"""Whether a credential is about the person who was named."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from okbadges.verification.recipient import Recipient, check_recipient
from okbadges.verification.report import Outcome

HASH_OF_THE_CHECKLIST = "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399"
EMAIL = "a@example.com"


def identity(**changes: Any) -> dict[str, Any]:
    """Return a hashed e-mail identity of ``a@example.com``."""
    return {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": HASH_OF_THE_CHECKLIST,
        "identityType": "emailAddress",
        "salt": "Kosher",
        **changes,
    }


def outcome(recipient: str | Recipient, **subject: Any) -> str:
    """Return ``passed`` or the code."""
    named = Recipient.from_text(recipient) if isinstance(recipient, str) else recipient
    found = check_recipient({"credentialSubject": subject}, named)
    return found.code or found.outcome.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a@example.com", Recipient("a@example.com", "emailAddress")),
        (" mailto:a@example.com\n", Recipient("a@example.com", "emailAddress")),
        ("did:example:1", Recipient("did:example:1", None)),
        ("urn:uuid:1", Recipient("urn:uuid:1", None)),
        ("https://people.example/1", Recipient("https://people.example/1", None)),
        ("1234", Recipient("1234", "identifier")),
    ],
)
def test_the_kind_is_told_from_the_text(text: str, expected: Recipient) -> None:
    """A URI is the subject, an @ an e-mail address, anything else a plain identifier."""
    assert Recipient.from_text(text) == expected


def test_the_hash_of_the_specification_matches() -> None:
    """The check vector of the standard: salted SHA-256, hex of any case."""
    assert outcome(EMAIL, identifier=identity()) == "passed"
    upper = "sha256$" + HASH_OF_THE_CHECKLIST.removeprefix("sha256$").upper()
    assert outcome(EMAIL, identifier=[identity(identityHash=upper)]) == "passed"


@pytest.mark.parametrize(
    "changes",
    [
        {"salt": "kosher"},
        {"salt": None},
        {"hashed": False},
        {"hashed": "true"},
        {"identityType": "userName"},
        {"identityHash": HASH_OF_THE_CHECKLIST[:-1]},
        {"identityHash": HASH_OF_THE_CHECKLIST[:-1] + "8"},
        {"identityHash": None},
        {"identityHash": EMAIL},
    ],
)
def test_what_does_not_match_is_a_mismatch(changes: dict[str, Any]) -> None:
    """Another salt, kind, hash or form is another person."""
    assert outcome(EMAIL, identifier=identity(**changes)) == "recipient-mismatch"


def test_a_plain_identifier_is_compared_as_it_is() -> None:
    """With hashed false the identifier stands there itself."""
    plain = identity(hashed=False, identityHash=EMAIL)
    assert outcome(EMAIL, identifier=plain) == "passed"
    assert outcome("b@example.com", identifier=plain) == "recipient-mismatch"


def test_any_of_several_identifiers_may_match() -> None:
    """One matching identifier among others is enough."""
    other = identity(salt="other")
    assert outcome(EMAIL, identifier=[other, identity(), "not an object"]) == "passed"


def test_md5_proves_nothing() -> None:
    """A person named by an MD5 hash is neither confirmed nor denied."""
    md5 = "md5$" + hashlib.md5(f"{EMAIL}Kosher".encode(), usedforsecurity=False).hexdigest()
    assert outcome(EMAIL, identifier=identity(identityHash=md5)) == "weak-hash"
    assert outcome(EMAIL, identifier=[identity(identityHash=md5), identity()]) == "passed"


def test_the_subject_is_compared_by_its_id() -> None:
    """A URI is compared with the id of the subject and with nothing else."""
    assert outcome("did:example:1", id="did:example:1") == "passed"
    assert outcome("did:example:1", id="did:example:2") == "recipient-mismatch"
    assert outcome("did:example:1") == "recipient-mismatch"
    plain = identity(hashed=False, identityHash="did:example:1", identityType="identifier")
    assert outcome("did:example:1", identifier=plain) == "recipient-mismatch"


@pytest.mark.parametrize("own", [f"mailto:{EMAIL}", f"MAILTO:{EMAIL}"])
def test_a_subject_may_be_an_e_mail_address(own: str) -> None:
    """A subject whose id is an address in its mailto form is that person, however the address is asked for."""
    for asked in (EMAIL, f"mailto:{EMAIL}", Recipient(EMAIL, "emailAddress")):
        assert outcome(asked, id=own) == "passed"
        assert outcome(asked, id=own, identifier=identity(salt="another")) == "passed"
    assert outcome("b@example.com", id=own) == "recipient-mismatch"
    for another in (Recipient(EMAIL, "systemId"), Recipient(EMAIL, "identifier"), EMAIL.partition("@")[2]):
        assert outcome(another, id=own) == "recipient-mismatch"


@pytest.mark.parametrize(
    "own", [EMAIL, f"mailto:{EMAIL}?cc=b@example.com", f"mailto: {EMAIL}", f"mailto:x{EMAIL}", None]
)
def test_an_id_that_only_resembles_an_address_is_another(own: str | None) -> None:
    """An id is a URI: nothing but the scheme and the very address is that person; nobody is named by no id."""
    assert outcome(EMAIL, id=own) == "recipient-mismatch"
    assert outcome(Recipient("", None), id=own) == "recipient-mismatch"
    assert outcome(Recipient("", "emailAddress"), id=own) == "recipient-mismatch"


def test_a_kind_can_be_given() -> None:
    """A caller that knows the kind says so."""
    student = identity(hashed=False, identityHash="s-1", identityType="systemId")
    assert outcome(Recipient("s-1", "systemId"), identifier=student) == "passed"
    assert outcome("s-1", identifier=student) == "recipient-mismatch"


def test_strange_documents_and_texts_do_no_harm() -> None:
    """No shape of the subject and no text is an error."""
    subjects: list[Any] = [None, [], "x", {"identifier": 1}, {"identifier": [None]}]
    for subject in subjects:
        found = check_recipient({"credentialSubject": subject}, Recipient.from_text("x\udcff@example.com"))
        assert found.outcome is Outcome.FAILED
