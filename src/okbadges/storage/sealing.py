"""One secret of the installation, and everything derived from it. The secret is in a file or the environment, never in the database.

From the 32-byte master secret HKDF-SHA-256 derives one key per purpose, so that a stolen database dump opens nothing:
private keys, labels, notes and evidence are sealed (AES-256-GCM), access keys are kept as HMACs, claim and share links are HMACs of a row's id.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from enum import StrEnum
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from okbadges.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

MASTER_BYTES = 32
SPOKEN = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""The 32 characters of Crockford's base 32: no I, L, O or U, which are mistaken for others when they are read or heard."""
_NONCE_BYTES = 12


class Sealed(StrEnum):
    """What is sealed: each kind has a key of its own."""

    PRIVATE_KEY = "a private key"
    WORDS = "a label, a name or a note"
    EVIDENCE = "a piece of evidence"
    OWN_WORDS = "a participant's own words"
    MAIL = "an e-mail address"
    BROUGHT = "a badge or a profile that a program brought"
    WEBHOOK = "a webhook"
    COPY = "a copy in the second place"


class Secrets:
    """The keys that are derived from the installation's master secret."""

    def __init__(self, master: bytes) -> None:
        """Derive every key once; ``master`` must be 32 bytes."""
        if len(master) != MASTER_BYTES:
            raise ConfigurationError(
                "secret-length",
                f"The installation's secret must be {MASTER_BYTES} bytes; make one with: okbadges secret create",
            )
        self._sealing = {
            Sealed.PRIVATE_KEY: AESGCM(_derive(master, b"seal private keys")),
            Sealed.WORDS: AESGCM(_derive(master, b"seal words")),
            Sealed.EVIDENCE: AESGCM(_derive(master, b"seal evidence")),
            Sealed.OWN_WORDS: AESGCM(_derive(master, b"seal own words")),
            Sealed.MAIL: AESGCM(_derive(master, b"seal e-mail addresses")),
            Sealed.BROUGHT: AESGCM(_derive(master, b"seal what was brought")),
            Sealed.WEBHOOK: AESGCM(_derive(master, b"seal webhooks")),
            Sealed.COPY: AESGCM(_derive(master, b"seal copies")),
        }
        self._links = _Mac(master, b"claim and share links")
        self._access_keys = _Mac(master, b"access keys")
        self._repeats = _Mac(master, b"idempotency keys")
        self._failures = _Mac(master, b"failures")
        self._codes = _Mac(master, b"codes of cards")
        self._link_codes = _Mac(master, b"codes of share links")
        self._pins = _Mac(master, b"PINs of passports")
        self._visits = _Mac(master, b"visits")
        self._accounts = _Mac(master, b"accounts of members")
        self._mails = _Mac(master, b"e-mail addresses")
        self._brought = _Mac(master, b"brought credentials")
        self._matching = _Mac(master, b"match codes")
        self._match_proofs = _Mac(master, b"proofs of match checks")
        self._conformance = _derive(master, b"conformance keys")
        self._wallets = _Mac(master, b"wallets")
        self.fingerprint = _derive(master, b"fingerprint").hex()[:16]

    def seal(
        self,
        plain: bytes,
        *,
        bound_to: str,
        random_bytes: Callable[[int], bytes],
        kind: Sealed = Sealed.PRIVATE_KEY,
    ) -> bytes:
        """Encrypt ``plain``; it opens only as the same ``kind`` and with the same ``bound_to`` (the row it belongs to)."""
        nonce = random_bytes(_NONCE_BYTES)
        return nonce + self._sealing[kind].encrypt(nonce, plain, bound_to.encode())

    def unseal(self, sealed: bytes, *, bound_to: str, kind: Sealed = Sealed.PRIVATE_KEY) -> bytes:
        """Decrypt what `seal` made. Raises `ConfigurationError` when the secret is another one or the row was altered."""
        try:
            return self._sealing[kind].decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound_to.encode())
        except InvalidTag:
            raise ConfigurationError(
                "secret-mismatch",
                f"What the database keeps of {kind} does not open with this installation's secret; "
                "give the secret it was sealed with in OKBADGES_SECRET_FILE.",
            ) from None

    def link_token(self, kind: str, row_id: str) -> str:
        """Return the unguessable token of a claim or share link (160 bits, base64url): the same for the same row, always."""
        digest = self._links(f"{kind}:{row_id}".encode())
        return base64.urlsafe_b64encode(digest[:20]).rstrip(b"=").decode()

    def access_key_hash(self, access_key: str) -> bytes:
        """Return the HMAC under which an access key is looked up; access keys have 256 random bits, so no slow hash is needed."""
        return self._access_keys(access_key.encode())

    def repeat_hash(self, *parts: str) -> bytes:
        """Return the HMAC under which an idempotency key is remembered, scoped by the other ``parts``."""
        return self._repeats("\x1f".join(parts).encode())

    def failure_hash(self, kind: str, subject: str) -> bytes:
        """Return the HMAC under which failures of somebody (an address, a link) are counted."""
        return self._failures(f"{kind}\x1f{subject}".encode())

    def spoken_code(self, row_id: str) -> str:
        """Return the code of a card: 12 characters that can be read aloud (60 bits), the same for the same row, always."""
        return _spoken(self._codes, row_id)

    def code_hash(self, code: str) -> bytes:
        """Return the HMAC under which a card is found by its code."""
        return self._codes(f"hash:{code}".encode())

    def link_code(self, row_id: str) -> str:
        """Return the code of a share link, in the form of a card's and under a key of its own: neither is ever taken for the other."""
        return _spoken(self._link_codes, row_id)

    def link_code_hash(self, code: str) -> bytes:
        """Return the HMAC under which a share link is found by its code."""
        return self._link_codes(f"hash:{code}".encode())

    def pin_hash(self, row_id: str, pin: str) -> bytes:
        """Return what is kept of a passport's PIN. A PIN is short: it is the key, which no dump holds, that keeps it."""
        return self._pins(f"{row_id}:{pin}".encode())

    def visit_tag(self, visit: str) -> str:
        """Return what proves that this service wrote the words of a visit, or of a sign-in, into a cookie."""
        return base64.urlsafe_b64encode(self._visits(visit.encode())).rstrip(b"=").decode()

    def account_hash(self, provider: str, subject: str) -> bytes:
        """Return the HMAC under which a member's account at a provider of sign-ins is found."""
        return self._accounts(f"{provider}\x1f{subject}".encode())

    def mail_hash(self, address: str) -> bytes:
        """Return the HMAC under which passports with an e-mail address are found."""
        return self._mails(f"hash:{address}".encode())

    def brought_hash(self, issuer: str, credential_id: str) -> bytes:
        """Return the HMAC under which a credential of another issuer is known in a passport."""
        return self._brought(f"{issuer}\x1f{credential_id}".encode())

    def mail_code(self, row_id: str) -> str:
        """Return the six digits that are mailed to an address to confirm it: the same for the same row, always."""
        digest = self._mails(f"code:{row_id}".encode())
        return f"{int.from_bytes(digest[:8], 'big') % 1_000_000:06d}"

    def match_code(self, subject: str, window: int) -> str:
        """Return the six digits that a passport shows in one window of time."""
        digest = self._matching(f"{subject}:{window}".encode())
        return f"{int.from_bytes(digest[:8], 'big') % 1_000_000:06d}"

    def match_proof(self, link: str, until: int) -> str:
        """Return what proves, until that second, that the digits of a passport were right on a link."""
        digest = self._match_proofs(f"{until}:{link}".encode())
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def wallet_digits(self, row_id: str) -> str:
        """Return the six digits that a wallet is asked for when it takes what was offered: the same for the same row, always."""
        digest = self._wallets(f"digits:{row_id}".encode())
        return f"{int.from_bytes(digest[:8], 'big') % 1_000_000:06d}"

    def wallet_tag(self, words: str) -> str:
        """Return what proves that this service gave these words to a wallet to sign."""
        digest = self._wallets(f"nonce:{words}".encode())
        return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()

    def conformance_secret(self, kind: str) -> bytes:
        """Return the 64 bytes of which a key for conformance runs is made: the same one in every run, never one of an issuer."""
        return hmac.digest(self._conformance, kind.encode(), hashlib.sha512)


def token_hash(token: str) -> bytes:
    """Return what is stored of a link token: its SHA-256."""
    return hashlib.sha256(token.encode()).digest()


class _Mac:
    """HMAC-SHA-256 under the key for one purpose.

    It goes on from a copy of the keyed state: `hmac.digest` lets another thread go on each time, and beside busy ones comes back late.
    """

    __slots__ = ("_keyed",)

    def __init__(self, master: bytes, purpose: bytes) -> None:
        self._keyed = hmac.new(_derive(master, purpose), digestmod=hashlib.sha256)

    def __call__(self, message: bytes) -> bytes:
        mac = self._keyed.copy()
        mac.update(message)
        return mac.digest()


def _spoken(mac: _Mac, row_id: str) -> str:
    number = int.from_bytes(mac(f"code:{row_id}".encode())[:8], "big")
    return "".join(SPOKEN[number >> shift & 31] for shift in range(0, 60, 5))


def _derive(master: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=b"okbadges", info=purpose).derive(master)
