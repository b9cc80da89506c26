"""What the readers of both kinds of picture share: the places where credentials stand, the limits, and how text is refused."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from okbadges.credentials.strict_json import DEFAULT_LIMITS
from okbadges.errors import CredentialError

LARGEST_IMAGE_BYTES: Final = 10 * 1024 * 1024


class Place(Enum):
    """Which specification's place in a picture it is: each has its own, and only its own badges belong there."""

    OPEN_BADGES_3 = "3.0"
    OPEN_BADGES_2 = "2.0"


@dataclass(frozen=True, slots=True)
class Unbaked:
    """What stood in a picture, unverified: JSON or a compact JWS, and in the place of 2.0 perhaps the address of the badge."""

    content: bytes
    place: Place


def malformed(detail: str) -> CredentialError:
    """Return the error for what is no sound picture."""
    return CredentialError("malformed-image", detail)


def check_size(picture: bytes) -> None:
    """Raise "image-too-large" before anything is read."""
    if len(picture) > LARGEST_IMAGE_BYTES:
        raise CredentialError("image-too-large", f"the picture is over {LARGEST_IMAGE_BYTES} bytes")


def credential_text(data: bytes) -> bytes:
    """Return ``data``, unless it is not UTF-8 ("ambiguous-credential") or over the limit ("image-too-large")."""
    try:
        data.decode()
    except UnicodeDecodeError:
        raise CredentialError("ambiguous-credential", "the credential is not UTF-8") from None
    if len(data) > DEFAULT_LIMITS.bytes:
        raise CredentialError("image-too-large", f"the credential is over {DEFAULT_LIMITS.bytes} bytes")
    return data
