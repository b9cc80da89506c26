"""A token for an access key (RFC 6749, 4.4): for programs that know OAuth and not our keys. It opens what the key opens, for an hour, or less of it."""

from __future__ import annotations

from authlib.oauth2.rfc6749 import InvalidScopeError
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant


class ByKey(ClientCredentialsGrant):  # type: ignore[misc]  # authlib has no types
    """The grant of an access key."""

    def validate_requested_scope(self) -> None:
        """Take the scopes that the key has, all of them where none is named. Raises authlib's `InvalidScopeError`."""
        has = self.request.client.caller.scopes
        wished = frozenset((self.request.payload.scope or "").split()) or has
        if not wished <= has:
            raise InvalidScopeError(f"This access key has: {' '.join(sorted(has))}.")
        self.request.payload.data["scope"] = " ".join(wished)
