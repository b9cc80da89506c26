"""All of `verify`: any bytes get a report, and only what the maker has signed is ever valid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fuzz.finding import files
from okbadges.credentials.baking import bake_png, bake_svg
from okbadges.credentials.strict_json import dumps
from okbadges.verification import Verdict, to_json
from verification.jwts import claims_of, compact
from verification.making import Maker, check, credential, status_entry, world_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAKER = Maker.by_key()
CREDENTIAL = credential(MAKER.did, credentialStatus=status_entry())
BADGE = MAKER.sign(CREDENTIAL)
JWT = compact({"alg": "EdDSA", "kid": MAKER.method}, claims_of(CREDENTIAL), MAKER.signer.sign)
WORLD = world_of(status=MAKER.status_list())
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><rect width="1" height="1"/></svg>'
SIGNED = [check(BADGE, WORLD).document, check(JWT, WORLD).document]


def target(data: bytes) -> None:
    """Verify; a valid document of the maker's is one that the maker signed, to the last value."""
    report = check(data, WORLD, recipient="nobody-at-all@example.org")
    to_json(report)
    assert report.verdict is not Verdict.VALID
    report = check(data, WORLD)
    to_json(report)
    if report.verdict is Verdict.VALID and report.issuer is not None and report.issuer.id == MAKER.did:
        assert report.document in SIGNED


def seeds(shared: Path | None) -> Iterator[bytes]:
    """Yield the signed badge in every form, and samples of others."""
    from fuzz.targets.png import picture  # noqa: PLC0415 - the targets are independent of each other but for this

    yield from (
        dumps(BADGE),
        JWT,
        bake_svg(SVG, dumps(BADGE)),
        bake_png(picture(), dumps(BADGE)),
        b"https://a.example/1",
    )
    yield dumps(
        {
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": "VerifiablePresentation",
            "verifiableCredential": [BADGE],
        }
    )
    yield from files(shared, "interop/samples/*", "standards/data/vectors/w3c-vc-jose-cose/*.txt", largest=20_000)
