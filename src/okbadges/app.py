"""`create_app`: the one place where the rooms meet. Engine, keys, fetcher, clock and routers are put together here and nowhere else."""

from __future__ import annotations

import secrets as randomness
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from fastapi import FastAPI

from okbadges import __version__, pages
from okbadges.edge.body_limit import LARGEST_UPLOAD, BodyLimit
from okbadges.edge.head import HeadAsGet
from okbadges.edge.headers import SecurityHeaders
from okbadges.edge.last_answer import LastAnswer
from okbadges.edge.logging import RequestLog
from okbadges.edge.openapi import install_openapi
from okbadges.edge.problems import install_problems
from okbadges.edge.rooms import Rooms, VcApi
from okbadges.edge.threshold import Threshold
from okbadges.edge.turns import Turns
from okbadges.errors import OkbadgesError
from okbadges.integrations.fetch import GuardedFetcher
from okbadges.integrations.own_address import own_address
from okbadges.integrations.patience import WAITING, WORKING, Patience
from okbadges.issuing.conformance.issue import Conformance
from okbadges.issuing.handed_in import HandedIn
from okbadges.issuing.issue import Issuing
from okbadges.issuing.keyring import Keyring
from okbadges.issuing.links import Links
from okbadges.issuing.publishing import Publishing
from okbadges.issuing.status_indices import StatusIndices
from okbadges.passport.sharing import shared_document
from okbadges.storage.database import Database
from okbadges.storage.installation import require_same
from okbadges.storage.migrations import require_current
from okbadges.storage.writer import Writer
from okbadges.verification import verify
from okbadges.verification.profile import ANY, OPEN_BADGES
from okbadges.web import badges, credentials, health, issuers, vc_api
from okbadges.web import verify as verify_routes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from okbadges.credentials.fetching import Fetch, Fetched
    from okbadges.edge.rooms import Verifying
    from okbadges.settings import Settings
    from okbadges.storage.sealing import Secrets
    from okbadges.verification import Report
    from okbadges.verification.profile import Profile

BODY_LIMITS = {
    "/verify": LARGEST_UPLOAD,
    "/v1/verify": LARGEST_UPLOAD,
    "/vc-api/credentials/verify": LARGEST_UPLOAD,
    "/vc-api/presentations/verify": LARGEST_UPLOAD,
}

DESCRIPTION = """Issues and verifies Open Badges 3.0 for learning that happens outside school.

Send your access key as `Authorization: Bearer okb_…`. Errors are problem documents (RFC 9457) with a stable `code`.
"""

VC_API_ROUTERS = {
    "off": (),
    "openbadges": (vc_api.issuing.router, vc_api.verifying.router),
    "any": (vc_api.conformance.router, vc_api.verifying.router),
}

_VERIFICATION_SECONDS = 8.0
"""How long one verification may wait for strangers, all their documents together."""
_BODIES_IN_LINE = 64
"""How many bodies, of 2 MiB at the most, may wait in memory for their verification."""

TAGS = {
    "credentials": "Issue a badge, look up what was issued, revoke it.",
    "badges": "The catalogue: what can be earned, and where it belongs.",
    "verification": "Check a credential of anyone.",
    "VC-API": "Issuing and verifying as W3C's VC-API writes it down.",
    "issuers": "What an issuer publishes for verifiers: its keys and its status lists.",
    "operations": "Whether the service lives and is ready.",
}


def utc_now() -> datetime:
    """Return the time of this machine, in UTC."""
    return datetime.now(UTC)


def build_rooms(
    settings: Settings,
    *,
    demo: bool,
    now: Callable[[], datetime] = utc_now,
    random_bytes: Callable[[int], bytes] = randomness.token_bytes,
) -> Rooms:
    """Put the rooms together. Raises `ConfigurationError` when the installation is not ready to serve."""
    database = Database(settings.database_url.get_secret_value())
    secrets, base_url = settings.secrets(), settings.base_url
    writer, keyring = Writer(database), Keyring(secrets)
    publishing = Publishing(database=database, writer=writer, keyring=keyring, base_url=base_url, now=now)
    api = _vc_api(settings, secrets, now=now, random_bytes=random_bytes)
    own = partial(own_first, database, publishing, base_url=base_url, now=now, conformance=api.conformance)
    verify = _verifying(publishing, own, GuardedFetcher(loopback=settings.allow_loopback_issuers), now=now)
    return Rooms(
        base_url=base_url,
        demo=demo,
        database=database,
        writer=writer,
        secrets=secrets,
        keyring=keyring,
        issuing=_issuing(database, writer, keyring, Links(secrets, base_url), now=now, random_bytes=random_bytes),
        handed_in=HandedIn(
            database, writer, keyring, verify=verify, base_url=base_url, now=now, random_bytes=random_bytes
        ),
        vc_api=api,
        publishing=publishing,
        verify=verify,
        # those who wait for strangers never take the turns of those who only work
        verify_turns=Turns(at_once=WORKING + WAITING, in_line=_BODIES_IN_LINE),
        now=now,
        random_bytes=random_bytes,
    )


def create_app(
    settings: Settings,
    *,
    demo: bool = False,
    now: Callable[[], datetime] = utc_now,
    random_bytes: Callable[[int], bytes] = randomness.token_bytes,
) -> FastAPI:
    """Return the service. Raises `ConfigurationError` for an unsafe or unfinished installation, before anything is served."""
    rooms = build_rooms(settings, demo=demo, now=now, random_bytes=random_bytes)
    try:
        require_current(rooms.database)
        require_same(rooms.database, rooms.secrets, base_url=settings.base_url, demo=demo)
    except OkbadgesError:
        rooms.database.close()
        raise

    app = _described(settings, rooms, demo=demo)
    app.state.rooms = rooms
    routers = (credentials.router, badges.router, verify_routes.router, issuers.router, health.router)
    for router in (*routers, *VC_API_ROUTERS[settings.vc_api_profile]):
        app.include_router(router)
    install_openapi(app)
    pages.install(app)
    answer = install_problems(app, page=pages.problem_page)
    # the last one added meets a request first
    app.add_middleware(BodyLimit, limits=BODY_LIMITS)
    app.add_middleware(Threshold, answer=answer)
    app.add_middleware(LastAnswer, answer=answer)
    app.add_middleware(HeadAsGet)
    app.add_middleware(SecurityHeaders, https=settings.is_https)
    app.add_middleware(RequestLog)
    return app


def _described(settings: Settings, rooms: Rooms, *, demo: bool) -> FastAPI:
    """Return an application that is described, has no routes yet, and closes the rooms when it stops."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        rooms.writer.close()
        rooms.database.close()

    return FastAPI(
        title="okbadges" + (" (DEMO)" if demo else ""),
        version=__version__,
        description=DESCRIPTION,
        openapi_tags=[{"name": name, "description": words} for name, words in TAGS.items()],
        license_info={"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        docs_url=None,
        redoc_url=None,
        # a redirect would lead to whatever host the request names
        redirect_slashes=False,
        lifespan=lifespan,
        servers=[{"url": settings.base_url}],
    )


def _issuing(
    database: Database,
    writer: Writer,
    keyring: Keyring,
    links: Links,
    *,
    now: Callable[[], datetime],
    random_bytes: Callable[[int], bytes],
) -> Issuing:
    """Return what issues our own badges, with status indices of this process."""
    return Issuing(
        database=database,
        writer=writer,
        secrets=links.secrets,
        keyring=keyring,
        indices=StatusIndices(writer, now=now, random_bytes=random_bytes),
        links=links,
        now=now,
        random_bytes=random_bytes,
    )


def _vc_api(
    settings: Settings, secrets: Secrets, *, now: Callable[[], datetime], random_bytes: Callable[[int], bytes]
) -> VcApi:
    """Return how ``/vc-api`` is set up; keys for conformance runs are made only where the settings ask for them."""
    if settings.vc_api_profile != "any":
        return VcApi()
    conformance = Conformance(secrets, base_url=settings.base_url, now=now, random_bytes=random_bytes)
    return VcApi(verifies=ANY, conformance=conformance, needs_key=not settings.vc_api_without_key)


def _verifying(
    publishing: Publishing, own: Callable[[Fetch], Fetch], outside: GuardedFetcher, *, now: Callable[[], datetime]
) -> Verifying:
    """Return the verification of this service: its own fetch, its own clock, and its own issuers as the known ones."""
    patience = Patience()

    def check(
        received: bytes,
        *,
        recipient: str | None = None,
        challenge: str | None = None,
        domain: str | None = None,
        profile: Profile = OPEN_BADGES,
    ) -> Report:
        ours = publishing.issuer_ids()
        with patience.verification(outside.within(_VERIFICATION_SECONDS)) as patient:
            return verify(
                received,
                fetch=own(patient),
                now=now(),
                recipient=recipient,
                challenge=challenge,
                domain=domain,
                recognised=ours.__contains__,
                profile=profile,
            )

    return check


def own_first(
    database: Database,
    publishing: Publishing,
    outside: Fetch,
    *,
    base_url: str,
    now: Callable[[], datetime],
    conformance: Conformance | None = None,
) -> Fetch:
    """Answer for our own documents and share links ourselves; everything else goes out through the guarded fetcher."""
    share_links = f"{base_url}/s/"

    def fetch(url: str) -> Fetched:
        own = own_address(url, base_url)
        if own is None:
            return outside(url)
        if own.startswith(share_links):
            with database.read() as session:
                return shared_document(session, own.removeprefix(share_links).partition("?")[0], now=now())
        listed = conformance.lists.own_document(own) if conformance else None
        return listed or publishing.own_document(own) or outside(url)

    return fetch
