"""What wallets read before they ask for anything: who issues here, where, in which forms, and the offer itself (OpenID4VCI 1.0, 4 and 12).

One credential issuer for an installation: its identifier is the base URL. It has an authorization server of its own beside the one of the
OAuth door (decision 0029), which knows the pre-authorized code and nothing else.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from okbadges.credentials.vocabulary import CREDENTIALS_V2, OPEN_BADGES_3_0_3
from okbadges.partners.wallets.key_proofs import ALGORITHMS
from okbadges.partners.wallets.pre_authorized import GRANT_TYPE

if TYPE_CHECKING:
    from okbadges.partners.wallets.offers import Addresses, Offer

LDP_VC: Final = "OpenBadgeCredential_ldp_vc"
JWT_VC: Final = "OpenBadgeCredential_jwt_vc_json"
CONFIGURATIONS: Final = (LDP_VC, JWT_VC)
_TYPES: Final = ("VerifiableCredential", "OpenBadgeCredential")
_BINDINGS: Final = ("did:key", "did:jwk", "jwk")
_NAMES: Final = {"fi": "Osaamismerkki", "sv": "Kompetensmärke", "en": "Open Badge"}
_ISSUERS: Final = {"fi": "Osaamismerkit", "sv": "Kompetensmärken", "en": "Open Badges"}
_WHERE_THE_DIGITS_ARE: Final = {
    "fi": "Kuusi numeroa näkyy osaamispassissasi.",
    "sv": "De sex siffrorna syns i ditt kompetenspass.",
    "en": "The six digits are in your passport.",
}
_LEARNER_CREDENTIAL_WALLET: Final = "https://lcw.app/request"


def issuer_metadata(base_url: str) -> dict[str, Any]:
    """Return the credential issuer's metadata (12.2)."""
    return {
        "credential_issuer": base_url,
        "authorization_servers": [authorization_server(base_url)],
        "credential_endpoint": f"{base_url}/oid4vci/credential",
        "nonce_endpoint": f"{base_url}/oid4vci/nonce",
        "notification_endpoint": f"{base_url}/oid4vci/notification",
        "display": _display(_ISSUERS),
        "credential_configurations_supported": {LDP_VC: _ldp_vc(), JWT_VC: _jwt_vc()},
    }


def authorization_server(base_url: str) -> str:
    """Return the identifier of the authorization server for wallets."""
    return f"{base_url}/oid4vci"


def authorization_server_metadata(base_url: str) -> dict[str, Any]:
    """Return the metadata of the authorization server for wallets (RFC 8414; OpenID4VCI 1.0, 12.3)."""
    return {
        "issuer": authorization_server(base_url),
        "token_endpoint": f"{base_url}/oid4vci/token",
        "token_endpoint_auth_methods_supported": ["none"],
        "grant_types_supported": [GRANT_TYPE],
        "response_types_supported": [],
        "authorization_details_types_supported": ["openid_credential"],
        "pre-authorized_grant_anonymous_access_supported": True,
    }


def credential_offer(offer: Offer, its: Addresses) -> dict[str, Any]:
    """Return the credential offer (4.1.1)."""
    grant: dict[str, Any] = {"pre-authorized_code": its.code}
    if offer.asks_digits:
        grant["tx_code"] = {
            "input_mode": "numeric",
            "length": len(its.digits),
            "description": _WHERE_THE_DIGITS_ARE.get(offer.language, _WHERE_THE_DIGITS_ARE["en"]),
        }
    return {
        "credential_issuer": its.base_url,
        "credential_configuration_ids": list(CONFIGURATIONS),
        "grants": {GRANT_TYPE: grant},
    }


def qr_address(its: Addresses) -> str:
    """Return the address in the QR code: for people, for VC-API wallets (``iuv``) and for OpenID4VCI wallets, and as short as that can be.

    ``:`` and ``/`` need no escapes in a query (RFC 3986, 3.4); each would be three characters.
    """
    page = page_address(its)
    return f"{page}?iuv=1&credential_offer_uri={page}"


def page_address(its: Addresses) -> str:
    """Return the address of an offer: a page for people, the interaction or the credential offer for programs."""
    return f"{its.base_url}/w/{its.token}"


def offer_link(its: Addresses) -> str:
    """Return the link that opens an OpenID4VCI wallet with the offer, by reference."""
    reference = quote(f"{its.base_url}/oid4vci/offers/{its.token}", safe="")
    return f"openid-credential-offer://?credential_offer_uri={reference}"


def exchange_address(its: Addresses) -> str:
    """Return where a VC-API wallet takes the offer."""
    return f"{its.base_url}/vc-api/exchanges/{its.token}"


def interaction(its: Addresses) -> dict[str, Any]:
    """Return what an interaction URL answers programs: every protocol by which the offer can be taken."""
    return {
        "protocols": {"vcapi": exchange_address(its), "OID4VCI": offer_link(its), "website": page_address(its)},
    }


def learner_wallet_link(its: Addresses) -> str:
    """Return the link that opens the Learner Credential Wallet with the offer."""
    request = {"credentialRequestOrigin": its.base_url, "protocols": {"vcapi": exchange_address(its)}}
    written = json.dumps(request, separators=(",", ":"))
    return f"{_LEARNER_CREDENTIAL_WALLET}?{urlencode({'request': written}, quote_via=quote)}"


def _ldp_vc() -> dict[str, Any]:
    return {
        "format": "ldp_vc",
        **_of_both(),
        "credential_definition": {"@context": [CREDENTIALS_V2, OPEN_BADGES_3_0_3], "type": list(_TYPES)},
    }


def _jwt_vc() -> dict[str, Any]:
    return {"format": "jwt_vc_json", **_of_both(), "credential_definition": {"type": list(_TYPES)}}


def _of_both() -> dict[str, Any]:
    return {
        "cryptographic_binding_methods_supported": list(_BINDINGS),
        "proof_types_supported": {"jwt": {"proof_signing_alg_values_supported": list(ALGORITHMS)}},
        "credential_metadata": {"display": _display(_NAMES)},
    }


def _display(names: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "locale": locale} for locale, name in names.items()]
