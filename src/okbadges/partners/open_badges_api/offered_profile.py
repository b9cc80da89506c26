"""A profile that a program offers to put: read strictly, compared with the shape of a Profile, and written with its context."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from okbadges.credentials.model import Profile
from okbadges.credentials.model.mistakes import mistakes_of
from okbadges.credentials.strict_json import Limits, dumps, loads
from okbadges.credentials.vocabulary import CREDENTIALS_V2, OPEN_BADGES_3_0_3
from okbadges.errors import CredentialError, InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.credentials.strict_json import Json

LARGEST_PROFILE: Final = 64 * 1024
_CONTEXT: Final[list[Json]] = [CREDENTIALS_V2, OPEN_BADGES_3_0_3]

# built here, once, rather than by whichever thread first needs it
Profile.model_rebuild()


def read_profile(body: bytes) -> bytes:
    """Return the profile in ``body`` as it is kept: every member as it came, and the context of Open Badges where it named none.

    Raises `InvalidInput`: ``profile-unreadable``, ``profile-shape`` (with the first mistake and its place).
    """
    try:
        profile = loads(body, limits=Limits(bytes=LARGEST_PROFILE, values=2_000))
    except CredentialError as refused:
        raise InvalidInput(
            "profile-unreadable", f"The profile cannot be read: {refused.detail}", field="body"
        ) from None
    if not isinstance(profile, dict):
        raise InvalidInput("profile-unreadable", "The profile must be a JSON object.", field="body")
    for mistake in mistakes_of(Profile, profile):
        place = mistake.pointer or "body"
        raise InvalidInput("profile-shape", f"{place} {mistake.message}.", field=place[:200])
    _require_context(profile)
    return dumps(profile if "@context" in profile else {"@context": _CONTEXT, **profile})


def _require_context(profile: Mapping[str, Json]) -> None:
    written = profile.get("@context", [])
    contexts = written if isinstance(written, list) else [written]
    if not all(isinstance(one, str) for one in contexts):
        raise InvalidInput("profile-shape", "/@context must be addresses.", field="/@context")
