"""Verification as this service does it: our own documents first, the guarded way out for the others, our clock, our issuers.

It is put together here for the server and for the command line, in two ways: one that may wait for strangers, in a thread, and one for the
event loop, which answers only what needs nobody's document.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import unquote

from okbadges.credentials.fetching import Fetched, FetchError
from okbadges.integrations.fetch import GuardedFetcher
from okbadges.integrations.own_address import own_address
from okbadges.integrations.patience import Patience
from okbadges.passport.sharing import shared_document
from okbadges.verification import verify
from okbadges.verification.profile import OPEN_BADGES
from okbadges.verification.proven import Proven

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from okbadges.credentials.fetching import Fetch
    from okbadges.issuing.conformance.issue import Conformance
    from okbadges.issuing.publishing import Publishing
    from okbadges.settings import Settings
    from okbadges.storage.database import Database
    from okbadges.verification import Report
    from okbadges.verification.profile import Profile

    Clock = Callable[[], datetime]

_VERIFICATION_SECONDS = 8.0
"""How long one verification may wait for strangers, all their documents together."""
_AT_ONCE_BYTES = 16 * 1024
"""A file of this size costs a few milliseconds at the worst; what is larger is checked in a thread."""


class OwnVerification:
    """The verification of this service: its own fetch, its own clock, and its own issuers as the known ones."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        publishing: Publishing,
        conformance: Conformance | None,
        *,
        now: Clock,
    ) -> None:
        """Verify at ``now``, with the documents of ``publishing`` and ``conformance`` as our own."""
        self._outside = GuardedFetcher(loopback=settings.allow_loopback_issuers)
        self._own = partial(
            own_first, database, publishing, base_url=settings.base_url, now=now, conformance=conformance
        )
        self._patience, self._proven = Patience(), Proven()
        self._publishing, self._now = publishing, now

    def __call__(
        self,
        received: bytes,
        *,
        recipient: str | None = None,
        challenge: str | None = None,
        domain: str | None = None,
        profile: Profile = OPEN_BADGES,
    ) -> Report:
        """Return the report on ``received``; strangers are asked, and waited for."""
        ours = self._publishing.issuer_ids()
        with self._patience.verification(self._outside.within(_VERIFICATION_SECONDS)) as patient:
            return verify(
                received,
                fetch=self._own(patient),
                now=self._now(),
                recipient=recipient,
                challenge=challenge,
                domain=domain,
                recognised=ours.__contains__,
                profile=profile,
                proven=self._proven,
            )

    def at_once(
        self,
        received: bytes,
        *,
        recipient: str | None = None,
        challenge: str | None = None,
        domain: str | None = None,
    ) -> Report | None:
        """Return the report on ``received``; None where that takes a document, the database, or long."""
        if len(received) > _AT_ONCE_BYTES:
            return None
        wanted: list[str] = []
        report = verify(
            received,
            fetch=partial(_not_now, wanted),
            now=self._now(),
            recipient=recipient,
            challenge=challenge,
            domain=domain,
            recognised=partial(_may_be_ours, wanted),
            proven=self._proven,
        )
        return None if wanted else report


def _not_now(wanted: list[str], url: str) -> Fetched:
    """Note which document is wanted, and do not get it."""
    wanted.append(url)
    raise FetchError("unreachable", "nobody is asked now")


def _may_be_ours(wanted: list[str], issuer: str) -> bool:
    """Note an issuer that may be one of ours, which the database knows; every one of ours is a did:web."""
    if issuer.startswith("did:web:"):
        wanted.append(issuer)
    return False


def own_first(
    database: Database,
    publishing: Publishing,
    outside: Fetch,
    *,
    base_url: str,
    now: Clock,
    conformance: Conformance | None = None,
) -> Fetch:
    """Answer for our own documents and share links ourselves; everything else goes out through the guarded fetcher."""
    homes = publishing.homes() | {base_url}
    share_links = [f"{home}/s/" for home in homes]
    # asking for one of these would open a passport: it is never asked for on somebody's word
    passports = tuple(f"{home}{place}" for home in homes for place in ("/p/", "/passport"))

    def fetch(url: str) -> Fetched:
        own = own_address(url, *homes)
        if own is None:
            return outside(url)
        if unquote(own).startswith(passports):
            return Fetched(404)
        shared = next((own.removeprefix(links) for links in share_links if own.startswith(links)), None)
        if shared is not None:
            with database.read() as session:
                return shared_document(session, shared.partition("?")[0], now=now())
        listed = conformance.lists.own_document(own) if conformance else None
        return listed or publishing.own_document(own) or outside(url)

    return fetch
