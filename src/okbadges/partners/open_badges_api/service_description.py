"""The service description document of the Open Badges API (6.2.1): what of it this service has, where, and what a program must ask for.

It is a profile of the OpenAPI file that the standard publishes: its operations, names, scopes and members, and of its data only what
they say of an answer as a whole. The shapes of badges and profiles are referred to where they are published.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from okbadges.partners.grants import HolderScope
from okbadges.partners.open_badges_api.reading import MOST_AT_ONCE, USUAL_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterable

BASE = "/ims/ob/v3p0"
CREDENTIALS, PROFILE, DISCOVERY = f"{BASE}/credentials", f"{BASE}/profile", f"{BASE}/discovery"
SCOPES = {
    HolderScope.READ_CREDENTIALS: "Read the badges of the holder.",
    HolderScope.PUT_CREDENTIALS: "Put badges into the passport of the holder.",
    HolderScope.READ_PROFILE: "Read the profile that was put for the holder.",
    HolderScope.PUT_PROFILE: "Put a profile for the holder.",
    HolderScope.OFFLINE: "Go on when the holder is away, with a refresh token.",
}
JSON_TYPES = ("application/json", "application/vc+ld+json", "application/vc", "application/ld+json")
JWT_TYPES = ("text/plain", "application/vc+jwt", "application/jwt")
CODES = {
    "failure": ("failure", "processing", "success", "unsupported"),
    "severity": ("error", "status", "warning"),
    "minor": (
        "forbidden", "fullsuccess", "internal_server_error", "invalid_data", "invalid_query_parameter", "misdirected_request",
        "not_acceptable", "not_allowed", "not_found", "not_modified", "server_busy", "unauthorizedrequest", "unknown",
    ),
}  # fmt: skip

_SCHEMAS = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json"
_JWS = r"^[a-zA-Z0-9_-]+\.[a-zA-Z0-9_-]*\.[a-zA-Z0-9_-]+$"


def service_description(base_url: str, *, version: str) -> dict[str, Any]:
    """Return the document of the installation at ``base_url``."""
    return {
        "openapi": "3.0.1",
        "info": {
            "title": "okbadges",
            "description": "Open Badges 3.0: what the holder of a passport allows a program.",
            "version": "3.0",
            "termsOfService": f"{base_url}/privacy",
            "x-imssf-privacyPolicyUrl": f"{base_url}/privacy",
            "x-okbadges-version": version,
        },
        "servers": [{"url": f"{base_url}{BASE}"}],
        "tags": [{"name": "OpenBadgeCredentials"}, {"name": "Discovery"}],
        "paths": {
            "/discovery": {"get": _discovery()},
            "/credentials": {"get": _get_credentials(), "post": _upsert_credential()},
            "/profile": {"get": _get_profile(), "put": _put_profile()},
        },
        "components": _components(base_url),
    }


def _operation(
    name: str, scope: HolderScope | None, responses: dict[str, Any], errors: Iterable[int]
) -> dict[str, Any]:
    said = {str(status): _info(status) for status in errors} | {"default": _info(None)}
    its = {
        "tags": ["OpenBadgeCredentials" if scope else "Discovery"],
        "operationId": name,
        "responses": responses | said,
    }
    return its | ({"security": [{"OAuth2ACG": [scope.value]}]} if scope else {})


def _discovery() -> dict[str, Any]:
    answer = {"200": {"description": "This document", "content": {"application/json": {"schema": {"type": "object"}}}}}
    return _operation("getServiceDescription", None, answer, (429,))


def _get_credentials() -> dict[str, Any]:
    answer = {
        "description": "A page of what the holder has. Link leads to the first, the last, the next and the one before.",
        "headers": {
            "X-Total-Count": {"schema": {"type": "integer", "format": "int32"}},
            "Link": {"schema": {"type": "string"}},
        },
        "content": _json("GetOpenBadgeCredentialsResponse"),
    }
    whole = {"type": "integer", "format": "int32"}
    operation = _operation(
        "getCredentials", HolderScope.READ_CREDENTIALS, {"200": answer}, (400, 401, 403, 405, 406, 429, 500)
    )
    operation["parameters"] = [
        _query(
            "limit",
            {**whole, "minimum": 1, "default": USUAL_LIMIT},
            f"How many at once; never more than {MOST_AT_ONCE}",
        ),
        _query("offset", {**whole, "minimum": 0, "default": 0}, "After how many"),
        _query("since", {"type": "string", "format": "date-time"}, "Only what came or changed at this time or later"),
    ]
    return operation


def _upsert_credential() -> dict[str, Any]:
    bodies = {one: {"schema": _ref("AchievementCredential")} for one in JSON_TYPES}
    bodies |= {one: {"schema": {"type": "string", "pattern": _JWS}} for one in JWT_TYPES}
    answers: dict[str, Any] = {
        "200": {"description": "It is there, in the place of what was; as it was sent", "content": bodies},
        "201": {"description": "It is there now; as it was sent", "content": bodies},
        "304": {"description": "A newer one of the same is there, and stays"},
    }
    errors = (401, 403, 405, 413, 415, 422, 429, 500, 503)
    operation = _operation("upsertCredential", HolderScope.PUT_CREDENTIALS, answers, errors)
    operation["requestBody"] = {"required": True, "content": bodies}
    return operation


def _get_profile() -> dict[str, Any]:
    answer = {"200": {"description": "The profile that was put", "content": _json("Profile")}}
    return _operation("getProfile", HolderScope.READ_PROFILE, answer, (401, 403, 404, 405, 406, 429, 500))


def _put_profile() -> dict[str, Any]:
    answer = {"200": {"description": "The profile that is kept", "content": _json("Profile")}}
    errors = (401, 403, 405, 413, 415, 422, 429, 500)
    operation = _operation("putProfile", HolderScope.PUT_PROFILE, answer, errors)
    operation["requestBody"] = {"required": True, "content": _json("Profile")}
    return operation


def _components(base_url: str) -> dict[str, Any]:
    return {
        "securitySchemes": {
            "OAuth2ACG": {
                "type": "oauth2",
                "description": "The holder of the passport allows it on a page, after the program registered itself.",
                "x-imssf-registrationUrl": f"{base_url}/oauth/register",
                "x-imssf-privacyPolicyUrl": f"{base_url}/privacy",
                "flows": {
                    "authorizationCode": {
                        "authorizationUrl": f"{base_url}/oauth/authorize",
                        "tokenUrl": f"{base_url}/oauth/token",
                        "refreshUrl": f"{base_url}/oauth/token",
                        "scopes": {scope.value: words for scope, words in SCOPES.items()},
                    }
                },
            }
        },
        "schemas": {
            "AchievementCredential": _published("ob_v3p0_achievementcredential_schema.json"),
            "Profile": _published("ob_v3p0_profile_schema.json"),
            "GetOpenBadgeCredentialsResponse": {
                "type": "object",
                "properties": {
                    "credential": {"type": "array", "items": _ref("AchievementCredential")},
                    "compactJwsString": {"type": "array", "items": {"type": "string", "pattern": _JWS}},
                },
                "additionalProperties": False,
            },
            "Imsx_StatusInfo": status_info_schema(),
        },
    }


def status_info_schema() -> dict[str, Any]:
    """Return the shape of every error."""
    field = {
        "type": "object",
        "required": ["imsx_codeMinorFieldName", "imsx_codeMinorFieldValue"],
        "properties": {
            "imsx_codeMinorFieldName": {"type": "string"},
            "imsx_codeMinorFieldValue": {"type": "string", "enum": list(CODES["minor"])},
        },
        "additionalProperties": False,
    }
    minor = {
        "type": "object",
        "required": ["imsx_codeMinorField"],
        "properties": {"imsx_codeMinorField": {"type": "array", "minItems": 1, "items": field}},
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "required": ["imsx_codeMajor", "imsx_severity"],
        "properties": {
            "imsx_codeMajor": {"type": "string", "enum": list(CODES["failure"])},
            "imsx_severity": {"type": "string", "enum": list(CODES["severity"])},
            "imsx_description": {"type": "string"},
            "imsx_codeMinor": minor,
        },
        "additionalProperties": False,
    }


def _info(status: int | None) -> dict[str, Any]:
    what = "Anything else that was refused" if status is None else f"Refused with {status}; the description says why"
    return {"description": what, "content": _json("Imsx_StatusInfo")}


def _json(name: str) -> dict[str, Any]:
    return {"application/json": {"schema": _ref(name)}}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _published(name: str) -> dict[str, Any]:
    address = f"{_SCHEMAS}/{name}"
    return {"type": "object", "externalDocs": {"url": address}, "additionalProperties": True}


def _query(name: str, schema: dict[str, Any], words: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": words, "schema": schema}
