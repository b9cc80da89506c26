"""What a conformance run asks for: the form of the proof, by its name, and the key that makes it.

What a form has no place for is refused: nobody who asks for a challenge or a chain gets a signature without one.
"""

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
ED25519_SIGNATURE_2020: Final = "Ed25519Signature2020"
VC_JWT: Final = "vc+jwt"
VP_JWT: Final = "vp+jwt"

_SHOWN: Final = 100

FORMS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        EDDSA_RDFC_2022: (ED25519,),
        "eddsa-jcs-2022": (ED25519,),
        ED25519_SIGNATURE_2020: (ED25519,),
        ECDSA_RDFC_2019: (P_256, P_384),
        "ecdsa-jcs-2019": (P_256, P_384),
        ECDSA_SD_2023: (P_256,),
        VC_JWT: (P_256, P_384, ED25519),
    }
)
"""Every form of a credential, with the kinds of keys that can make it; the first is taken when the credential names no issuer."""

PRESENTATION_FORMS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {VP_JWT if form == VC_JWT else form: kinds for form, kinds in FORMS.items() if form != ECDSA_SD_2023}
)
"""Every form of a presentation: a holder has nothing to disclose by halves."""

_WITHOUT_LINKS: Final = frozenset({ECDSA_SD_2023, VC_JWT, VP_JWT})
_WITHOUT_CHALLENGE: Final = frozenset({ECDSA_SD_2023, VC_JWT})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for beside the document; ``form`` None follows from the signer's key, ``status`` None from the form."""

    form: str | None = None
    mandatory: tuple[str, ...] = ()
    challenge: str | None = None
    domain: str | None = None
    status: bool | None = None
    proof_id: str | None = None
    """The URL by which later proofs can name this one."""
    previous: tuple[str, ...] = ()
    """The ids of proofs of the document that the new one continues (Data Integrity 1.0, 4.5)."""


def chosen(
    document: Mapping[str, Json], wanted: Wanted, keys: Mapping[str, ConformanceKey], *, presented: bool = False
) -> tuple[str, ConformanceKey]:
    """Return the form and the key to sign with: that of the ``issuer``, of the ``holder`` when the document is ``presented``.

    Raises `InvalidInput`: ``unknown-form``, ``option-not-supported`` (the form has no place for it), ``issuer-not-ours`` or
    ``holder-not-ours`` when the document names somebody who is none of these keys, or one whose key cannot make that form.
    """
    forms, party = (PRESENTATION_FORMS, "holder") if presented else (FORMS, "issuer")
    form = wanted.form
    if form is not None and form not in forms:
        raise InvalidInput(
            "unknown-form",
            f"There is no form {form[:_SHOWN]!r}; there are: {', '.join(forms)}.",
            field="options.cryptosuite",
        )
    if not _names(document, party):
        form = form or EDDSA_RDFC_2022
        named = keys[forms[form][0]]
    else:
        stated = document[party]
        did = stated["id"] if isinstance(stated, dict) else stated
        found = next((key for key in keys.values() if key.did == did), None)
        if found is None:
            raise _not_ours(party, keys, forms[form] if form else tuple(keys))
        form = form or (EDDSA_RDFC_2022 if found.kind == ED25519 else ECDSA_RDFC_2019)
        if found.kind not in forms[form]:
            raise _not_ours(party, keys, forms[form])
        named = found
    _refuse_unsupported(form, wanted)
    return form, named


def _names(document: Mapping[str, Json], party: str) -> bool:
    """Tell whether there is anything to read as an id; null is something, and refused."""
    return party in document and not (isinstance(named := document[party], dict) and "id" not in named)


def _not_ours(party: str, keys: Mapping[str, ConformanceKey], kinds: tuple[str, ...]) -> InvalidInput:
    ours = ", ".join(keys[kind].did for kind in kinds)
    document = "presentation" if party == "holder" else "credential"
    return InvalidInput(
        f"{party}-not-ours",
        f"The {party} must be one of the keys that sign here: {ours}.",
        field=f"{document}.{party}",
    )


def _refuse_unsupported(form: str, wanted: Wanted) -> None:
    asked = {
        "mandatoryPointers": bool(wanted.mandatory) and form != ECDSA_SD_2023,
        "previousProof": bool(wanted.previous) and form in _WITHOUT_LINKS,
        "proofId": wanted.proof_id is not None and form in _WITHOUT_LINKS,
        "challenge": wanted.challenge is not None and form in _WITHOUT_CHALLENGE,
        "domain": wanted.domain is not None and form in _WITHOUT_CHALLENGE,
    }
    for option, in_vain in asked.items():
        if in_vain:
            raise InvalidInput("option-not-supported", f"The form {form} has no {option}.", field=f"options.{option}")
