"""`okbadges conformance`: what W3C's test suites have to be told about this service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import typer

from okbadges.credentials.strict_json import dumps
from okbadges.issuing.conformance.keys import ED25519, P_256, P_384, conformance_keys
from okbadges.issuing.conformance.wanted import FORMS, VC_JWT
from okbadges.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.credentials.strict_json import Json
    from okbadges.issuing.conformance.keys import ConformanceKey

commands = typer.Typer(help="Conformance runs with W3C's test suites.", no_args_is_help=True)

_CURVES: Final[Mapping[str, str]] = {P_256: "P-256", P_384: "P-384"}
_PLAIN_TAGS: Final = ("vc2.0", "BitstringStatusList")
_DATA_MODELS: Final = ("1.1", "2.0")


@commands.command("manifest")
def manifest() -> None:
    """Print the implementation manifest that the suites read: addresses, issuers and tags of this installation."""
    settings = load_settings()
    print(dumps(implementation(settings.base_url, conformance_keys(settings.secrets()))).decode())


def implementation(base_url: str, keys: Mapping[str, ConformanceKey]) -> dict[str, Json]:
    """Return the manifest of one service: an issuer for each form and kind of key, and the verifiers."""
    api = f"{base_url}/vc-api"
    plain = _endpoint(keys[ED25519].did, f"{api}/credentials/issue", _PLAIN_TAGS)
    in_forms = [
        _endpoint(keys[kind].did, f"{api}/{form}/credentials/issue", (form, *_curve_of(kind)), kind)
        for form, kinds in FORMS.items()
        if form != VC_JWT
        for kind in kinds
    ]
    tags = [*_PLAIN_TAGS, *(form for form in FORMS if form != VC_JWT)]
    verifier = _endpoint(f"{api}/credentials/verify", f"{api}/credentials/verify", tags)
    curves: list[Json] = [*_CURVES.values()]
    verifier |= {"supportedEcdsaKeyTypes": curves, "supports": {"vc": [*_DATA_MODELS], "keyTypes": curves}}
    return {
        "name": "okbadges",
        "implementation": "okbadges",
        "issuers": [plain, *in_forms],
        "verifiers": [verifier],
        "vpVerifiers": [_endpoint(f"{api}/presentations/verify", f"{api}/presentations/verify", ("vc2.0",))],
    }


def _curve_of(kind: str) -> tuple[str, ...]:
    return (_CURVES[kind],) if kind in _CURVES else ()


def _endpoint(own_id: str, url: str, tags: list[str] | tuple[str, ...], kind: str = "") -> dict[str, Json]:
    endpoint: dict[str, Json] = {"id": own_id, "endpoint": url, "method": "POST", "tags": [*tags]}
    if kind in _CURVES:
        curve: list[Json] = [_CURVES[kind]]
        endpoint |= {"supportedEcdsaKeyTypes": curve, "supports": {"vc": [*_DATA_MODELS], "keyTypes": curve}}
    return endpoint
