"""What was taken in, before anything of it is believed: handed from intake to every step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.credentials.strict_json import Json
    from okbadges.credentials.vc_jwt import UnverifiedJwt


@dataclass(frozen=True, slots=True)
class Received:
    """A credential as it came: what it says, and for a VC-JWT the envelope that signs it. Nothing of it is believed yet."""

    document: Mapping[str, Json]
    jwt: UnverifiedJwt | None = None
