"""From an Assertion to its BadgeClass and the Profile of its issuer: each as it stands at its own address.

A copy that came along proves nothing about somebody else. The Profile is always fetched from its ``id``. A BadgeClass that is
inside the Assertion is taken as it is where the issuer vouches for it (its ``id`` is at the issuer's, or is no web address at
all); otherwise the original is fetched and used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from okbadges.errors import CredentialError
from okbadges.verification.openbadges2.addresses import is_at_home, same_address, web_address
from okbadges.verification.reading import members, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.credentials.strict_json import Json
    from okbadges.verification.resolve import Documents


@dataclass(frozen=True, slots=True)
class Chain:
    """What an Assertion hangs on: what it was awarded for, and by whom; neither has been looked at for its shape."""

    badge: Mapping[str, Json]
    issuer: Mapping[str, Json]


def find_chain(assertion: Mapping[str, Json], documents: Documents) -> Chain:
    """Return the BadgeClass and the Profile that the Assertion names.

    Raises `FetchError` when one cannot be had; `CredentialError` "not-an-address" when one has no web address,
    "id-mismatch" when what stands at an address says that it is something else, and "badge-not-issuers" when a BadgeClass
    inside the Assertion names another issuer than its original.
    """
    given = assertion.get("badge")
    badge = given if isinstance(given, dict) else fetch_object(given, documents)
    issuer = fetch_object(_identifier(badge.get("issuer")), documents)
    if isinstance(given, dict) and not _is_vouched_for(badge, issuer):
        badge = fetch_object(badge.get("id"), documents)
        if not same_address(_identifier(badge.get("issuer")), issuer.get("id")):
            raise CredentialError("badge-not-issuers", "The badge is somebody else's.", where="/badge/issuer")
    return Chain(badge, issuer)


def fetch_object(identifier: object, documents: Documents) -> Mapping[str, Json]:
    """Return the badge object at its address; one that names another address as its own is followed there, once.

    Raises `FetchError`, and `CredentialError` "not-an-address" and "id-mismatch".
    """
    found = _get(identifier, documents)
    if same_address(found.get("id"), identifier):
        return found
    stated = found.get("id")
    found = _get(stated, documents)
    if not same_address(found.get("id"), stated):
        raise CredentialError("id-mismatch", "What stands at an address says that it belongs elsewhere.")
    return found


def _get(identifier: object, documents: Documents) -> Mapping[str, Json]:
    address = web_address(identifier)
    if address is None:
        raise CredentialError("not-an-address", f"There is no web address to look at: {str(identifier)[:80]}")
    return documents.get_json(address.url)


def _identifier(value: object) -> str | None:
    """Return the address of a badge object that is named, or that is there itself."""
    return text(value) or text(members(value).get("id"))


def _is_vouched_for(badge: Mapping[str, Json], issuer: Mapping[str, Json]) -> bool:
    identifier = badge.get("id")
    return web_address(identifier) is None or is_at_home(identifier, issuer)
