"""Whether a credential is about the person who was named: only done when somebody asks (Open Badges 3.0, 9.1 step 5)."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from okbadges.verification.checks import RECIPIENT, failed, not_checked, passed
from okbadges.verification.reading import items, members, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.verification.report import Check

_MAILTO = "mailto:"
_URI = re.compile(r"(did|urn|https?|mailto):\S+", re.IGNORECASE)
_SHA256 = re.compile(r"sha256\$(?P<hex>[0-9a-fA-F]{64})")
_MD5 = re.compile(r"md5\$[0-9a-fA-F]{32}")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a credential should be about: an identifier and its kind (an ``identityType``; None: the subject's own id)."""

    identifier: str
    identity_type: str | None

    @classmethod
    def from_text(cls, value: str) -> Recipient:
        """Tell the kind from the text: a URI is the subject's id, an ``@`` makes an e-mail address, the rest a plain identifier."""
        value = value.strip()
        if value.lower().startswith(_MAILTO):
            return cls(value[len(_MAILTO) :], "emailAddress")
        if _URI.fullmatch(value):
            return cls(value, None)
        return cls(value, "emailAddress" if "@" in value else "identifier")


def check_recipient(document: Mapping[str, object], recipient: Recipient) -> Check:
    """Compare the named person with the subject's id and identifiers; a required check, since somebody asked.

    An e-mail address is also that of a subject whose id is its ``mailto:`` form. Codes: ``recipient-mismatch``; ``weak-hash`` (not
    checked) where only an MD5 hash stands for the identifier.
    """
    subject = members(document.get("credentialSubject"))
    matches, weak = _is_named_by_id(text(subject.get("id")), recipient), False
    if recipient.identity_type is not None:
        same_kind = [
            identity
            for identity in map(members, items(subject.get("identifier")))
            if identity.get("identityType") == recipient.identity_type
        ]
        matches = matches or any(_matches(identity, recipient.identifier) for identity in same_kind)
        weak = any(_MD5.fullmatch(text(identity.get("identityHash")) or "") for identity in same_kind)
    if matches:
        return passed(RECIPIENT, "The credential is about the person who was named.")
    if weak:
        return not_checked(RECIPIENT, "weak-hash", "The person is named by an MD5 hash, which proves nothing.")
    return failed(RECIPIENT, "recipient-mismatch", "The credential is not about the person who was named.")


def _is_named_by_id(own: str | None, recipient: Recipient) -> bool:
    if own is None or recipient.identity_type not in {None, "emailAddress"}:
        return False
    if recipient.identity_type is None:
        return _same(own, recipient.identifier)
    scheme, address = own[: len(_MAILTO)], own[len(_MAILTO) :]
    return scheme.lower() == _MAILTO and _same(address, recipient.identifier)


def _matches(identity: Mapping[str, object], identifier: str) -> bool:
    stated = text(identity.get("identityHash"))
    if stated is None:
        return False
    if identity.get("hashed") is False:
        return _same(stated, identifier)
    hashed = _SHA256.fullmatch(stated)
    if hashed is None or identity.get("hashed") is not True:
        return False
    salted = identifier + (text(identity.get("salt")) or "")
    return _same(hashlib.sha256(_bytes(salted)).hexdigest(), hashed["hex"].lower())


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(_bytes(one), _bytes(other))


def _bytes(value: str) -> bytes:
    return value.encode("utf-8", "surrogatepass")  # a command line may hand over what is no text
