"""What a conformance run asks for: the form of the proof, by its name, and the key that makes it."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from okbadges.errors import InvalidInput
from okbadges.issuing.conformance.keys import ED25519, P_256, P_384

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.credentials.strict_json import Json
    from okbadges.issuing.conformance.keys import ConformanceKey

EDDSA_RDFC_2022: Final = "eddsa-rdfc-2022"
ECDSA_RDFC_2019: Final = "ecdsa-rdfc-2019"
ECDSA_SD_2023: Final = "ecdsa-sd-2023"
VC_JWT: Final = "vc+jwt"

FORMS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        EDDSA_RDFC_2022: (ED25519,),
        "eddsa-jcs-2022": (ED25519,),
        "Ed25519Signature2020": (ED25519,),
        ECDSA_RDFC_2019: (P_256, P_384),
        "ecdsa-jcs-2019": (P_256, P_384),
        ECDSA_SD_2023: (P_256,),
        VC_JWT: (P_256, P_384, ED25519),
    }
)
"""Every form of proof, with the kinds of keys that can make it; the first is taken when the credential names no issuer."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for beside the credential; ``form`` None follows from the issuer's key, ``status`` None from the form."""

    form: str | None = None
    mandatory: tuple[str, ...] = ()
    challenge: str | None = None
    domain: str | None = None
    status: bool | None = None


def chosen(
    document: Mapping[str, Json], wanted: Wanted, keys: Mapping[str, ConformanceKey]
) -> tuple[str, ConformanceKey]:
    """Return the form and the key to sign with.

    Raises `InvalidInput`: ``unknown-form``, ``issuer-not-ours`` when the credential names an issuer that is none of these keys, or
    one whose key cannot make that form.
    """
    form = wanted.form
    if form is not None and form not in FORMS:
        raise InvalidInput(
            "unknown-form", f"There is no form {form!r}; there are: {', '.join(FORMS)}.", field="options.cryptosuite"
        )
    if not _names_an_issuer(document):
        form = form or EDDSA_RDFC_2022
        return form, keys[FORMS[form][0]]
    issuer = document["issuer"]
    did = issuer["id"] if isinstance(issuer, dict) else issuer
    named = next((key for key in keys.values() if key.did == did), None)
    if named is None:
        raise _not_ours(keys, FORMS[form] if form else tuple(keys))
    form = form or (EDDSA_RDFC_2022 if named.kind == ED25519 else ECDSA_RDFC_2019)
    if named.kind not in FORMS[form]:
        raise _not_ours(keys, FORMS[form])
    return form, named


def _names_an_issuer(document: Mapping[str, Json]) -> bool:
    """Tell whether there is anything to read as the issuer's id; null is something, and refused."""
    return "issuer" in document and not (isinstance(issuer := document["issuer"], dict) and "id" not in issuer)


def _not_ours(keys: Mapping[str, ConformanceKey], kinds: tuple[str, ...]) -> InvalidInput:
    ours = ", ".join(keys[kind].did for kind in kinds)
    return InvalidInput(
        "issuer-not-ours", f"The issuer must be one of the keys that sign here: {ours}.", field="credential.issuer"
    )
