"""Keys in a token (PKCS #11: a smart card, an HSM, SoftHSM): made inside it, and never outside.

One session serves the process, one call at a time, and is opened again when the token was pulled or restarted. A PIN that was
refused is not tried a second time, since a token locks itself after a few.
"""

from __future__ import annotations

import hashlib
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TypeVar

from okbadges.credentials.keys import public_key_from_jwk, public_key_from_multibase
from okbadges.credentials.multibase import encode_base64url, encode_multibase_base58
from okbadges.errors import ConfigurationError, OkbadgesError, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from okbadges.credentials.keys import KeyKind, PublicKey

T = TypeVar("T")

# what a token calls its curves: DER of their object identifiers (secp256r1; Ed25519, RFC 8410)
_CURVE_P256: Final = bytes.fromhex("06082a8648ce3d030107")
_CURVE_ED25519: Final = bytes.fromhex("06032b6570")
_RSA_BITS: Final = 3072
_P256_POINT_BYTES: Final = 65
_ED25519_BYTES: Final = 32
_ED25519_MULTICODEC: Final = b"\xed\x01"


class Token:
    """One token and its only session."""

    def __init__(self, module: Path, label: str, pin: str) -> None:
        """Use the token of this label through the PKCS #11 library ``module``; nothing is opened yet."""
        self._module = module
        self._label = label
        self._pin = pin
        self._session: Any = None
        self._pin_refused = False
        self._one_at_a_time = threading.Lock()

    def __repr__(self) -> str:
        """Name the token, never its PIN."""
        return f"Token({self._label})"

    def make_key(self, kind: str, label: str) -> PublicKey:
        """Make a key of a kind (``ed25519``, ``p256``, ``rsa3072``) inside the token and return its public half.

        Raises `ConfigurationError` (the token cannot be used as it is set up, or makes no such keys) and `Unavailable`.
        """
        return self._do(lambda session: _make(session, kind, label), repeatable=False)

    def signer(self, label: str, public_key: PublicKey) -> TokenSigner:
        """Return what signs with the key of this label; raises as `make_key`, also when the key is not there (``no-token-key``)."""
        self._do(lambda session: _find(session, label))
        return TokenSigner(self, label, public_key)

    def sign(self, label: str, kind: KeyKind, message: bytes) -> bytes:
        """Return the signature over ``message`` in the form that `PublicKey.verify` takes; raises as `signer`."""
        return self._do(lambda session: _sign(_find(session, label), kind, message))

    def _do(self, ask: Callable[[Any], T], *, repeatable: bool = True) -> T:
        """Ask the token, in words for whatever goes wrong; once more in a new session when the one that was open is gone."""
        with self._one_at_a_time:
            was_open = self._session is not None
            try:
                return self._ask(ask)
            except Unavailable:
                if not (was_open and repeatable):
                    raise
                return self._ask(ask)

    def _ask(self, ask: Callable[[Any], T]) -> T:
        errors = _library().exceptions
        try:
            if self._session is None:
                self._session = self._open()
            return ask(self._session)
        except OkbadgesError:
            raise
        except (errors.MechanismInvalid, errors.FunctionNotSupported) as unsupported:
            raise ConfigurationError(
                "token-kind", f"The token {self._label} has no keys of this kind; choose another --kind."
            ) from unsupported
        except (errors.PKCS11Error, RuntimeError) as broken:
            self._forget_session()
            raise Unavailable(
                "token-unavailable",
                f"The token {self._label} did not do what was asked ({type(broken).__name__}); see that it is plugged in and running.",
            ) from broken

    def _forget_session(self) -> None:
        session, self._session = self._session, None
        with suppress(_library().PKCS11Error):
            if session is not None:
                session.close()

    def _open(self) -> Any:  # noqa: ANN401 - the library is optional, so its types are not there for everybody
        pkcs11 = _library()
        if self._pin_refused:
            raise _refused_pin(self._label)
        try:
            token = pkcs11.lib(str(self._module)).get_token(token_label=self._label)
            try:
                return token.open(rw=True, user_pin=self._pin)
            except pkcs11.UserAlreadyLoggedIn:
                # a process logs in once, and every session of it is logged in then
                return token.open(rw=True)
        except (pkcs11.NoSuchToken, pkcs11.MultipleTokensReturned) as absent:
            raise Unavailable(
                "token-unavailable",
                f"There is not exactly one token {self._label} (OKBADGES_PKCS11_TOKEN); see that it is plugged in and set up.",
            ) from absent
        except (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange, pkcs11.PinLocked, pkcs11.PinExpired) as pin:
            self._pin_refused = True
            raise _refused_pin(self._label) from pin
        except pkcs11.PKCS11Error as broken:
            if self._module.is_file():
                raise
            raise ConfigurationError(
                "token-module", f"OKBADGES_PKCS11_MODULE is not a library that is there: {self._module}"
            ) from broken


class TokenSigner:
    """Signs with one key in a token: what `okbadges.credentials.signers.Signer` asks for."""

    __slots__ = ("_label", "_token", "public_key")

    def __init__(self, token: Token, label: str, public_key: PublicKey) -> None:
        """Sign with the key ``label``, whose published half is ``public_key``."""
        self._token = token
        self._label = label
        self.public_key = public_key

    def __repr__(self) -> str:
        """Name the key in its token."""
        return f"TokenSigner({self._label})"

    def sign(self, message: bytes) -> bytes:
        """Return the signature over ``message``. Raises `Unavailable` and `ConfigurationError` in words."""
        return self._token.sign(self._label, self.public_key.kind, message)


def token_at(module: Path | None, label: str | None, pin: str | None) -> Token | None:
    """Return the token that the settings name, None where they name none."""
    return None if module is None or label is None or pin is None else Token(module, label, pin)


def _library() -> Any:  # noqa: ANN401 - the same
    try:
        import pkcs11  # noqa: PLC0415 - optional: most installations have no token
    except ModuleNotFoundError:
        raise ConfigurationError("no-token", "Keys in a token need: pip install 'okbadges[hsm]'") from None
    return pkcs11


def _refused_pin(label: str) -> ConfigurationError:
    return ConfigurationError(
        "token-pin",
        f"The token {label} refuses the PIN in OKBADGES_PKCS11_PIN_FILE; put the right one there and start again, before it locks itself.",
    )


def _find(session: Any, label: str) -> Any:  # noqa: ANN401 - the same
    pkcs11 = _library()
    try:
        return session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=label)
    except (pkcs11.NoSuchKey, pkcs11.MultipleObjectsReturned) as absent:
        raise ConfigurationError(
            "no-token-key", f"The token has no key {label}; plug in the token that the key was made in."
        ) from absent


def _sign(key: Any, kind: KeyKind, message: bytes) -> bytes:  # noqa: ANN401 - the same
    mechanism = _library().Mechanism
    if kind == "ed25519":
        return bytes(key.sign(message, mechanism=mechanism.EDDSA))
    if kind == "p-256":
        # the least that every token can: the hash is made here
        return bytes(key.sign(hashlib.sha256(message).digest(), mechanism=mechanism.ECDSA))
    return bytes(key.sign(message, mechanism=mechanism.SHA256_RSA_PKCS))


def _make(session: Any, kind: str, label: str) -> PublicKey:  # noqa: ANN401 - the same
    pkcs11 = _library()
    attribute, flag = pkcs11.Attribute, pkcs11.MechanismFlag
    stays_inside = {attribute.SENSITIVE: True, attribute.EXTRACTABLE: False}
    given = {
        "label": label,
        "store": True,
        "capabilities": flag.SIGN | flag.VERIFY,
        "private_template": stays_inside,
    }
    if kind == "rsa3072":
        public, _ = session.generate_keypair(pkcs11.KeyType.RSA, _RSA_BITS, **given)
        n, e = (encode_base64url(bytes(public[name])) for name in (attribute.MODULUS, attribute.PUBLIC_EXPONENT))
        return public_key_from_jwk({"kty": "RSA", "n": n, "e": e})
    is_p256 = kind == "p256"
    curve = {attribute.EC_PARAMS: _CURVE_P256 if is_p256 else _CURVE_ED25519}
    key_type = pkcs11.KeyType.EC if is_p256 else pkcs11.KeyType.EC_EDWARDS
    how = pkcs11.Mechanism.EC_KEY_PAIR_GEN if is_p256 else pkcs11.Mechanism.EC_EDWARDS_KEY_PAIR_GEN
    parameters = session.create_domain_parameters(key_type, curve, local=True)
    public, _ = parameters.generate_keypair(mechanism=how, **given)
    return _public_key(bytes(public[attribute.EC_POINT]), is_p256=is_p256)


def _public_key(point: bytes, *, is_p256: bool) -> PublicKey:
    """Return the key of a point, which tokens state inside a DER octet string, or (older ones) bare."""
    size = _P256_POINT_BYTES if is_p256 else _ED25519_BYTES
    bare = point[-size:]
    if is_p256:
        x, y = encode_base64url(bare[1:33]), encode_base64url(bare[33:])
        return public_key_from_jwk({"kty": "EC", "crv": "P-256", "x": x, "y": y})
    return public_key_from_multibase(encode_multibase_base58(_ED25519_MULTICODEC + bare))
