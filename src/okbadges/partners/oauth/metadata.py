"""What the authorization server says of itself (RFC 8414): where its doors are, and what it takes there."""

from __future__ import annotations

from typing import Any

from okbadges.organisations.roles import Scope
from okbadges.partners.grants import HolderScope

METADATA_AT = "/.well-known/oauth-authorization-server"
AUTHORIZE_AT, TOKEN_AT, REGISTER_AT, REVOKE_AT = "/oauth/authorize", "/oauth/token", "/oauth/register", "/oauth/revoke"
AUTH_METHODS = ("client_secret_basic", "client_secret_post")


def server_metadata(base_url: str, **more: object) -> dict[str, Any]:
    """Return the metadata of the service at ``base_url``; ``more`` is what another protocol adds to them."""
    return {
        "issuer": base_url,
        "authorization_endpoint": base_url + AUTHORIZE_AT,
        "token_endpoint": base_url + TOKEN_AT,
        "registration_endpoint": base_url + REGISTER_AT,
        "revocation_endpoint": base_url + REVOKE_AT,
        "scopes_supported": [*HolderScope, *Scope],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "token_endpoint_auth_methods_supported": list(AUTH_METHODS),
        "revocation_endpoint_auth_methods_supported": list(AUTH_METHODS),
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "service_documentation": f"{base_url}/docs",
        "ui_locales_supported": ["fi", "sv", "en"],
        "op_policy_uri": f"{base_url}/privacy",
        **more,
    }
