"""The addresses that issuing answers with. Their tokens are HMACs of a row's key, so that a repeated request gets the same ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import uuid

    from okbadges.storage.sealing import Secrets


@dataclass(frozen=True, slots=True)
class Links:
    """Makes claim and share links under one base URL."""

    secrets: Secrets
    base_url: str

    def claim_token(self, credential_row_id: uuid.UUID) -> str:
        """Return the token of a credential's claim link."""
        return self.secrets.link_token("claim", credential_row_id.hex)

    def share_token(self, share_link_id: uuid.UUID) -> str:
        """Return the token of a share link."""
        return self.secrets.link_token("share", share_link_id.hex)

    def share_code(self, share_link_id: uuid.UUID) -> str:
        """Return the code of a share link, for who has to type or say it."""
        return self.secrets.link_code(share_link_id.hex)

    def share_code_hash(self, share_link_id: uuid.UUID) -> bytes:
        """Return what is stored of the code of a share link."""
        return self.secrets.link_code_hash(self.share_code(share_link_id))

    def claim_link(self, credential_row_id: uuid.UUID) -> str:
        """Return the address that is handed to the participant."""
        return f"{self.base_url}/c/{self.claim_token(credential_row_id)}"

    def share_link(self, share_link_id: uuid.UUID) -> str:
        """Return the address that the participant shows to others."""
        return f"{self.base_url}/s/{self.share_token(share_link_id)}"
