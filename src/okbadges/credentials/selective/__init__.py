"""Selective disclosure: Data Integrity ECDSA Cryptosuites 1.0, suite ecdsa-sd-2023, for the issuer, the holder and the verifier.

The issuer signs a badge so that the holder can later leave out whatever is not mandatory, and what remains still verifies
everywhere (`sign_base`, `derive`, `verify_derived`). A base proof is for the holder alone and is never accepted as a proof.
Ordered lists may be disclosed, whole. Nothing is fetched; randomness is an argument.
"""

from okbadges.credentials.selective.badges import OPEN_BADGES_MANDATORY, open_badges_choices, open_badges_mandatory
from okbadges.credentials.selective.holder import derive
from okbadges.credentials.selective.issuer import sign_base
from okbadges.credentials.selective.verifier import verify_derived

__all__ = [
    "OPEN_BADGES_MANDATORY",
    "derive",
    "open_badges_choices",
    "open_badges_mandatory",
    "sign_base",
    "verify_derived",
]
