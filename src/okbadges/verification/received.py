"""What was taken in, before anything of it is believed: handed from intake to every step."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from okbadges.credentials.strict_json import dumps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.credentials.strict_json import Json
    from okbadges.credentials.vc_jwt import UnverifiedJwt


@dataclass(frozen=True)
class Received:
    """A credential as it came: what it says, and for a VC-JWT the envelope that signs it. Nothing of it is believed yet."""

    document: Mapping[str, Json]
    jwt: UnverifiedJwt | None = None

    @cached_property
    def digest(self) -> bytes:
        """SHA-256 of the document as it is written here: what is remembered about it, is remembered under this."""
        return hashlib.sha256(dumps({**self.document})).digest()
