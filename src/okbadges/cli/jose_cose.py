"""`okbadges jose-cose`: issue and verify with a given key, as W3C's suite for VC-JOSE-COSE calls its implementations.

A key is given by a file with one verification method (`secretKeyJwk` or `publicKeyJwk` in it), so nothing is looked up and no
database is opened. What is judged is the signature, the media types, the claims and the document. Dates are not: the suite's own
files have ended. Credentials inside a presentation stay closed, since their keys are not given; they must be enveloped.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from cryptography.hazmat.primitives.asymmetric import ec

from okbadges.credentials.jwt_claims import compare_claims
from okbadges.credentials.jwt_signing import sign_jose
from okbadges.credentials.keys import public_key_from_jwk
from okbadges.credentials.model import check_credential_shape, check_presentation_shape
from okbadges.credentials.multibase import decode_base64url
from okbadges.credentials.signers import EcdsaSigner, Ed25519Signer
from okbadges.credentials.strict_json import dumps, loads
from okbadges.credentials.vc_jwt import read_jwt, verify_jwt
from okbadges.errors import CredentialError
from okbadges.verification.profile import ANY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from okbadges.credentials.keys import PublicKey
    from okbadges.credentials.model import ShapeMistake
    from okbadges.credentials.signers import Signer
    from okbadges.credentials.strict_json import Json

commands = typer.Typer(
    help="Issue and verify JWTs with a given key, for W3C's vc-jose-cose suite.", no_args_is_help=True
)


class Feature(StrEnum):
    """What the suite can ask for; SD-JWT and COSE are answered with `indeterminate`."""

    CREDENTIAL_JOSE = "credential_jose"
    PRESENTATION_JOSE = "presentation_jose"
    CREDENTIAL_SDJWT = "credential_sdjwt"
    PRESENTATION_SDJWT = "presentation_sdjwt"
    CREDENTIAL_COSE = "credential_cose"
    PRESENTATION_COSE = "presentation_cose"


_CURVES: Final[Mapping[str, ec.EllipticCurve]] = {
    "P-256": ec.SECP256R1(),
    "P-384": ec.SECP384R1(),
    "P-521": ec.SECP521R1(),
}
_LONGEST_SECRET: Final = 100
_MEMBERS: Final = frozenset(
    {"@context", "id", "type", "name", "description", "issuer", "validFrom", "validUntil", "credentialSubject"}
    | {"credentialStatus", "credentialSchema", "refreshService", "termsOfUse", "evidence", "relatedResource"}
    | {"confidenceMethod", "renderMethod"}
)
"""The members of a credential in the data model 2.0."""

_Input = Annotated[Path, typer.Option("--input", exists=True, dir_okay=False, help="The document, or the JWT")]
_Key = Annotated[Path, typer.Option("--key", exists=True, dir_okay=False, help="The verification method with its key")]
_Feature = Annotated[Feature, typer.Option("--feature", help="What to issue or verify")]
_Output = Annotated[Path, typer.Option("--output", dir_okay=False, help="Where to write the result")]


@commands.command("issue")
def issue(input_file: _Input, key_file: _Key, feature: _Feature, output: _Output) -> None:
    """Issue a credential or presentation as a JWT."""
    _answer(
        feature,
        output,
        lambda is_credential: signed(_object(input_file), _object(key_file), is_credential=is_credential),
    )


@commands.command("verify")
def verify(input_file: _Input, key_file: _Key, feature: _Feature, output: _Output) -> None:
    """Verify a JWT with the given key."""

    def check(is_credential: bool) -> str:  # noqa: FBT001 - called by `_answer` alone
        compact = input_file.read_text(encoding="utf-8").strip()
        check_signed(compact, _object(key_file), is_credential=is_credential)
        return ""

    _answer(feature, output, check)


def signed(document: Mapping[str, Json], method: Mapping[str, Json], *, is_credential: bool) -> str:
    """Return the document as ``vc+jwt`` or ``vp+jwt``, signed with the secret key of the verification method.

    Raises `CredentialError`: ``lint``, ``unknown-extension`` (a member of the credential that the data model does not know: who reads
    a JWT does not expand it, so a vocabulary that takes every word does not define it), and what keys and signing refuse.
    """
    _check_document(document, is_credential=is_credential)
    unknown = sorted(document.keys() - _MEMBERS) if is_credential else []
    if unknown:
        raise CredentialError(
            "unknown-extension", f"The data model does not know {unknown[0]}.", where=f"/{unknown[0]}"
        )
    signer, published = _signer(method), _public_key(method)
    return sign_jose(
        document,
        signer=signer,
        key_id=str(method.get("id", "")),
        typ="vc+jwt" if is_credential else "vp+jwt",
        published_key=published,
    )


def check_signed(compact: str, method: Mapping[str, Json], *, is_credential: bool) -> None:
    """Return when ``compact`` is a sound credential or presentation that the key signed; raise `CredentialError` otherwise."""
    jwt = read_jwt(compact)
    if jwt.jws.header.media_type not in (("vc+jwt",) if is_credential else ("vp+jwt",)):
        raise CredentialError("jwt-type-not-allowed", "The header does not say what this is (typ).")
    verify_jwt(jwt, _public_key(method))
    document = jwt.unverified_document()
    compare_claims(jwt, document)
    _check_document(document, is_credential=is_credential)


def _check_document(document: Mapping[str, Json], *, is_credential: bool) -> None:
    look: Callable[[Mapping[str, Json]], list[ShapeMistake]]
    look = check_credential_shape if is_credential else check_presentation_shape
    read = document if is_credential else {**document, "verifiableCredential": _envelopes(document)}
    mistakes = look(read)
    if mistakes:
        raise CredentialError("lint", mistakes[0].message, where=mistakes[0].pointer)
    ANY.expander.to_quads(read)


def _envelopes(presentation: Mapping[str, Json]) -> list[Json]:
    """Return what is presented, each address as the URL Standard reads it: without white space at its end.

    The suite's own presentation of several credentials has a line feed there. Nowhere else is this forgiven: here the envelopes
    stay closed, and what is signed keeps it.
    """
    held = presentation.get("verifiableCredential", [])
    return [
        {**one, "id": address.rstrip(" \n")}
        if isinstance(one, dict) and isinstance(address := one.get("id"), str)
        else one
        for one in (held if isinstance(held, list) else [held])
    ]


def _signer(method: Mapping[str, Json]) -> Signer:
    jwk = method.get("secretKeyJwk")
    secret = jwk.get("d") if isinstance(jwk, dict) else None
    if not isinstance(jwk, dict) or not isinstance(secret, str):
        raise CredentialError("malformed-key", "The key file holds no secretKeyJwk.")
    number = decode_base64url(secret, max_characters=_LONGEST_SECRET)
    if jwk.get("crv") == "Ed25519":
        return Ed25519Signer(number)
    curve = _CURVES.get(str(jwk.get("crv")))
    if curve is None:
        raise CredentialError("unsupported-key", "A key here is Ed25519, P-256, P-384 or P-521.")
    return EcdsaSigner.from_number(int.from_bytes(number), curve)


def _public_key(method: Mapping[str, Json]) -> PublicKey:
    jwk = method.get("publicKeyJwk")
    if not isinstance(jwk, dict):
        raise CredentialError("malformed-key", "The key file holds no publicKeyJwk.")
    return public_key_from_jwk(jwk)


def _object(file: Path) -> dict[str, Json]:
    value = loads(file.read_bytes())
    if not isinstance(value, dict):
        raise CredentialError("not-an-object", "The file does not hold a JSON object.")
    return value


def _answer(feature: Feature, output: Path, story: Callable[[bool], str]) -> None:
    """Write what became of it, as the suite reads it: `result` is success, failure or indeterminate."""
    if feature not in (Feature.CREDENTIAL_JOSE, Feature.PRESENTATION_JOSE):
        answer = {"result": "indeterminate", "data": f"okbadges does not know {feature.value}"}
    else:
        try:
            answer = {"result": "success", "data": story(feature is Feature.CREDENTIAL_JOSE)}
        except CredentialError as refused:
            answer = {"result": "failure", "data": f"{refused.code}: {refused.detail}"}
    output.write_bytes(dumps({**answer}))
    print(f"{answer['result']}: {output}")
