"""Between building and signing: only what was linted can be signed, and only once.

`lint` checks a body with our own models (the official schema is the oracle of their tests); `sign_linted` expands it in safe
mode, signs it and verifies the signature with the key that the issuer publishes. A body that would lose a term in
canonicalisation is refused before anything is signed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.credentials.data_integrity import sign
from okbadges.credentials.model import check_shape
from okbadges.credentials.strict_json import dumps
from okbadges.errors import CredentialError, Unavailable
from okbadges.issuing.mistakes import refuse

if TYPE_CHECKING:
    from okbadges.credentials.strict_json import Json
    from okbadges.keys.keyring import SigningKey


SIGNING_FAILED = "signing-failed"


class Linted:
    """A body that passed; it can be taken once, by `sign_linted`."""

    def __init__(self, body: dict[str, Json]) -> None:
        """Check ``body``. Raises `CredentialError` (``lint``), as `Mistaken` with every mistake and where it is."""
        refuse(check_shape(body))
        _refuse_shared_ids(body)
        self._body: dict[str, Json] | None = body

    def take(self) -> dict[str, Json]:
        """Give the body out, once."""
        if self._body is None:
            raise CredentialError("already-signed", "This body was already signed; build and lint a new one.")
        body, self._body = self._body, None
        return body


def _refuse_shared_ids(body: dict[str, Json]) -> None:
    """Refuse two objects of one id that both say something: RDF would merge them, and members could be moved between them."""
    seen: set[str] = set()
    waiting: list[Json] = [body]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            own_id = value.get("id")
            if isinstance(own_id, str) and len(value) > 1:
                if own_id in seen:
                    raise CredentialError("lint", f"Two objects say something of {own_id}; give one another id.")
                seen.add(own_id)
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def lint(body: dict[str, Json]) -> Linted:
    """Check a body before it may be signed."""
    return Linted(body)


def sign_linted(linted: Linted, *, key: SigningKey) -> bytes:
    """Sign a linted body and return the exact bytes that are stored and served.

    Raises `CredentialError` when the body does not survive safe mode, and `Unavailable` (``signing-failed``) when the signature does
    not verify with the published key: nothing that an outside verifier would refuse leaves this function.
    """
    try:
        signed = sign(
            linted.take(),
            signer=key.signer,
            verification_method=key.verification_method,
            published_key=key.published_key,
        )
    except CredentialError as refused:
        if refused.code != SIGNING_FAILED:
            raise
        # our key or our machine, and nothing that the caller could send differently
        raise Unavailable(SIGNING_FAILED, refused.detail) from refused
    return dumps(signed)
