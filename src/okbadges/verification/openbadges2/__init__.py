"""Open Badges 2.0 (12 April 2018): verified into the same checks as a credential of 3.0. Nothing here issues one.

`is_open_badge_2` tells them apart, `take_from_picture` opens baked ones, `examine` checks one and keeps the documents that it consists of, and the others read from
what was found. A hosted badge is what its host says, a signed one what a key of the issuer's has signed; who the issuer is, the
issuer's own profile says at its own address.
"""

from __future__ import annotations

from okbadges.verification.openbadges2.examine import Examination, examine
from okbadges.verification.openbadges2.found import check_recipient, find_credential, find_issuer, find_proofs
from okbadges.verification.openbadges2.kind import is_open_badge_2
from okbadges.verification.openbadges2.pictures import take_from_picture

__all__ = [
    "Examination",
    "check_recipient",
    "examine",
    "find_credential",
    "find_issuer",
    "find_proofs",
    "is_open_badge_2",
    "take_from_picture",
]
