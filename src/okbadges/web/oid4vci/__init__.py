"""OpenID for Verifiable Credential Issuance 1.0, pre-authorized code: a wallet takes a badge that its holder offers (`docs/partners/wallets.md`)."""

from __future__ import annotations

from okbadges.web.oid4vci import credential, metadata, notification, token

ROUTERS = tuple(module.router for module in (metadata, token, credential, notification))
