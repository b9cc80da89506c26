"""Compact JWS: what is read, what is refused, and that the algorithm follows from the key."""

from __future__ import annotations

import contextlib
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from credentials.wycheproof import wycheproof
from okbadges.credentials.jws import read_jws, verify_jws, write_jws
from okbadges.credentials.keys import public_key_from_jwk
from okbadges.credentials.signers import EcdsaSigner, Ed25519Signer, RsaSigner
from okbadges.errors import CredentialError
from verification.jwts import compact

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from okbadges.credentials.signers import Signer

SIGNER = Ed25519Signer(bytes(32))
HEADER = {"alg": "EdDSA", "typ": "JWT", "kid": "did:example:1#key-1"}
LONGEST = 1_000
SIGNERS: list[tuple[Signer, str]] = [
    (SIGNER, "EdDSA"),
    (SIGNER, "Ed25519"),
    (EcdsaSigner.from_number(7, ec.SECP256R1()), "ES256"),
    (EcdsaSigner.from_number(7, ec.SECP384R1()), "ES384"),
    (EcdsaSigner.from_number(7, ec.SECP521R1()), "ES512"),
    (RsaSigner(rsa.generate_private_key(65537, 2048)), "RS256"),
]


def jws(header: dict[str, Any] | bytes | None = None, payload: bytes = b"payload") -> str:
    """Return a JWS with this header and payload, signed with Ed25519."""
    return compact(HEADER if header is None else header, payload, SIGNER.sign).decode()


def code_of(call: Callable[..., object], *args: Any, **kwargs: Any) -> str:
    """Return the code with which it is refused."""
    with pytest.raises(CredentialError) as refusal:
        call(*args, **kwargs)
    return refusal.value.code


def refused(text: str) -> str:
    """Return the code with which a text is refused as a JWS."""
    return code_of(read_jws, text, max_payload_bytes=LONGEST)


def test_it_works() -> None:
    """A JWS is read, and its signature holds."""
    read = read_jws(jws(), max_payload_bytes=LONGEST)
    verify_jws(read, SIGNER.public_key)
    assert (read.header.algorithm, read.header.key_id, read.header.embedded_key) == (
        "EdDSA",
        "did:example:1#key-1",
        None,
    )
    assert (read.header.media_type, read.header.content_type, read.payload) == ("jwt", None, b"payload")


@pytest.mark.parametrize(("signer", "algorithm"), SIGNERS, ids=[name for _, name in SIGNERS])
def test_every_kind_of_key_signs_under_its_own_name(signer: Signer, algorithm: str) -> None:
    """What is written is read again and holds; with the key of another kind it does not, nor can it be written."""
    written = write_jws({"alg": algorithm, "kid": "x"}, b"{}", signer)
    text = written.compact
    assert read_jws(text, max_payload_bytes=LONGEST) == written
    read = read_jws(text, max_payload_bytes=2)
    verify_jws(read, signer.public_key)
    for other, name in SIGNERS:
        if other.public_key.kind != signer.public_key.kind:
            assert code_of(verify_jws, read, other.public_key) == "algorithm-key-mismatch"
            assert code_of(write_jws, {"alg": name}, b"{}", signer) == "algorithm-key-mismatch"


def test_another_key_of_the_same_kind_does_not_verify_it() -> None:
    """The signature is that of one key."""
    read = read_jws(jws(), max_payload_bytes=LONGEST)
    assert code_of(verify_jws, read, Ed25519Signer(b"1" * 32).public_key) == "bad-signature"


def test_a_signature_that_does_not_hold_is_not_returned() -> None:
    """Nothing leaves that the published key would not verify."""
    other = Ed25519Signer(b"1" * 32)
    assert code_of(write_jws, HEADER, b"{}", SIGNER, published_key=other.public_key) == "signing-failed"
    assert code_of(write_jws, {}, b"{}", SIGNER) == "algorithm-key-mismatch"


@pytest.mark.parametrize(
    "algorithm", ["none", "nOnE", "", "HS256", "PS256", "RS512", "ES256K", "eddsa", 0, True, None, ["EdDSA"]]
)
def test_other_algorithms_are_refused(algorithm: Any) -> None:
    """What is not one of ours, in exactly our spelling, is refused before any key is looked for."""
    assert refused(jws({"alg": algorithm})) == "algorithm-not-allowed"
    assert refused(jws({})) == "algorithm-not-allowed"


@pytest.mark.parametrize("member", ["crit", "b64"])
@pytest.mark.parametrize("value", [[], ["exp"], False, True, None])
def test_headers_that_change_the_rules_are_refused(member: str, value: Any) -> None:
    """Critical extensions and unencoded payloads are not understood, whatever they say."""
    assert refused(jws({**HEADER, member: value})) == "jwt-header-not-supported"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.b",
        "a.b.c.d",
        "..",
        jws().rsplit(".", 1)[0] + ".",
        jws().replace(".", "..", 1),
        jws() + "=",
        jws() + "\n",
        " " + jws(),
        jws()[:-1] + "+",
    ],
)
def test_only_three_plain_parts_are_read(text: str) -> None:
    """Empty parts, padding, whitespace and the other alphabet are refused."""
    assert refused(text).startswith("malformed-")


def test_one_signature_has_one_spelling() -> None:
    """Left-over bits in the last character would make a second text of the same signature."""
    text = jws()
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = text[:-1] + last[last.index(text[-1]) + 1]
    assert refused(other) == "malformed-base64url"


@pytest.mark.parametrize("text", [b"{", b"\xef\xbb\xbf{}", b'{"alg":"EdDSA","alg":"EdDSA"}', b'{"a":NaN}'])
def test_the_header_is_strict_json(text: bytes) -> None:
    """A doubled member or a byte order mark is refused."""
    assert refused(jws(text)).startswith("json-")


@pytest.mark.parametrize("header", [b"[]", b'"x"', b"null", {**HEADER, "kid": 1}, {**HEADER, "kid": None}])
def test_a_header_that_is_none_is_refused(header: dict[str, Any] | bytes) -> None:
    """A header is an object, and a key is named by a text."""
    assert refused(jws(header)) == "malformed-jwt"


@pytest.mark.parametrize("jwk", ["x", [], None])
def test_a_key_that_is_no_object_is_refused(jwk: Any) -> None:
    """The key is carried as a JWK."""
    assert refused(jws({**HEADER, "jwk": jwk})) == "malformed-jwt"


def test_limits_hold_before_anything_is_opened() -> None:
    """Header, payload and signature are as long as one needs, not longer; the payload exactly."""
    for length in range(LONGEST, LONGEST - 3, -1):
        read_jws(jws(payload=b"x" * length), max_payload_bytes=length)
        assert code_of(read_jws, jws(payload=b"x" * (length + 1)), max_payload_bytes=length) == "too-large"
    assert refused(jws(payload=b"x" * (LONGEST + 1))) == "too-large"
    assert refused(jws({**HEADER, "kid": "x" * 16_000})) == "malformed-base64url"
    assert refused(jws({**HEADER, "x": [[[[[[[[[]]]]]]]]]})) == "json-too-deep"
    assert refused(compact(HEADER, b"x", lambda _: bytes(1_600)).decode()) == "malformed-base64url"


def test_a_private_key_in_the_header_is_refused() -> None:
    """A key that everybody can sign with proves nothing any more."""
    jwk = {**SIGNER.public_key.jwk(), "d": "AAAA"}
    assert refused(jws({**HEADER, "jwk": jwk})) == "private-key-exposed"


def test_a_key_that_came_along_must_be_the_signers() -> None:
    """The header's own key must be the one that the signer is known to have."""
    other = Ed25519Signer(b"1" * 32)
    read = read_jws(jws({**HEADER, "jwk": other.public_key.jwk()}), max_payload_bytes=LONGEST)
    assert read.header.embedded_key == other.public_key
    assert code_of(verify_jws, read, SIGNER.public_key) == "key-not-issuers"
    own = read_jws(jws({**HEADER, "jwk": SIGNER.public_key.jwk()}), max_payload_bytes=LONGEST)
    verify_jws(own, SIGNER.public_key)


@pytest.mark.parametrize(
    ("written", "read"), [("JWT", "jwt"), ("application/VC+JWT", "vc+jwt"), ("x/application/", "x/application/")]
)
def test_media_types_are_compared_without_case_and_prefix(written: str, read: str) -> None:
    """RFC 7515, 4.1.9 and 4.1.10."""
    found = read_jws(jws({**HEADER, "typ": written, "cty": written}), max_payload_bytes=LONGEST)
    assert (found.header.media_type, found.header.content_type) == (read, read)
    for value in (1, None, ["JWT"]):
        assert refused(jws({**HEADER, "typ": value})) == "jwt-type-not-allowed"
        assert refused(jws({**HEADER, "cty": value})) == "jwt-type-not-allowed"


def test_every_changed_byte_is_noticed() -> None:
    """Header, payload and signature are all covered."""
    text = jws()
    for place in range(len(text)):
        changed = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
        with pytest.raises(CredentialError):
            verify_jws(read_jws(changed, max_payload_bytes=LONGEST), SIGNER.public_key)


@given(st.text(alphabet="abAB01-_.= \n", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text leads to anything but a JWS or a `CredentialError`."""
    with contextlib.suppress(CredentialError):
        read_jws(text, max_payload_bytes=LONGEST)


def _holds(group: dict[str, Any], text: str) -> str | None:
    """Return None for a JWS that holds with the key of the group, or the code with which it is refused."""
    try:
        verify_jws(
            read_jws(text, max_payload_bytes=10_000), public_key_from_jwk(group.get("public") or group["private"])
        )
    except CredentialError as error:
        return error.code
    return None


def test_wycheproof_json_web_signatures(shared: Path) -> None:
    """Of 401 signatures each that must be refused is; of the valid ones those are held that we have the algorithm for.

    Refused though valid: secret keys and RSA with other hashes or padding, whose algorithms are not ours; empty payloads and
    characters that are not base64url (both of which a credential never has); and the P-521 key of RFC 7520, which the suite
    gives the algorithm "ES521", a name that JOSE does not have.
    """
    results: Counter[tuple[str, str, str | None]] = Counter()
    for group, test in wycheproof(shared, "json_web_signature"):
        key = group.get("public") or group["private"]
        results[test["result"], key.get("alg", ""), _holds(group, test["jws"])] += 1
    assert results.total() == 401
    assert [found for found in results if found[0] != "valid" and found[2] is None] == []
    valid = {(algorithm, code): count for (result, algorithm, code), count in results.items() if result == "valid"}
    others = {"HS256": 9, "RS384": 3, "RS512": 3, "PS256": 7, "PS384": 3, "PS512": 3}
    expected: dict[tuple[str, str | None], int] = {
        ("RS256", None): 7,
        ("ES256", None): 2,
        ("ES521", "key-use"): 2,
        ("RS256", "malformed-jwt"): 1,
        ("HS256", "malformed-base64url"): 1,
    }
    expected |= {(name, "malformed-jwt"): 1 for name in others if name != "HS256"}
    assert valid == expected | {(name, "algorithm-not-allowed"): count for name, count in others.items()}


def test_what_is_known_of_a_header_is_what_it_says() -> None:
    """A header that comes again is not read again; one of another letter is, and one that was refused is refused again."""
    again = [read_jws(jws(), max_payload_bytes=LONGEST).header for _ in range(2)]
    assert again[0] is again[1]
    assert read_jws(jws({**HEADER, "kid": "did:example:1#key-2"}), max_payload_bytes=LONGEST).header != again[0]
    assert [refused(jws({**HEADER, "alg": "none"})) for _ in range(2)] == ["algorithm-not-allowed"] * 2


def test_a_long_header_is_not_kept() -> None:
    """What strangers write takes no memory once it is answered."""
    long = jws({**HEADER, "kid": f"did:example:{'x' * 1_000}"})
    first, second = (read_jws(long, max_payload_bytes=LONGEST).header for _ in range(2))
    assert first == second
    assert first is not second
