"""`create_app`: the one place where the rooms meet the doors. Routers, middleware and duties are put around the rooms here and nowhere else."""

from __future__ import annotations

import secrets as randomness
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from okbadges import __version__, pages
from okbadges.building import build_rooms, utc_now
from okbadges.edge.body_limit import LARGEST_EVIDENCE, LARGEST_UPLOAD, BodyLimit
from okbadges.edge.compression import Compression
from okbadges.edge.cross_origin import Preflights
from okbadges.edge.head import HeadAsGet
from okbadges.edge.headers import AnswerHeaders
from okbadges.edge.limits import OpenDoors
from okbadges.edge.logging import request_log
from okbadges.edge.metrics import Metrics, count_request
from okbadges.edge.only_reads import OnlyReads
from okbadges.edge.openapi import install_openapi
from okbadges.edge.outermost import Outermost, Service
from okbadges.edge.problems import install_problems
from okbadges.edge.routing import add_routes
from okbadges.edge.straight import Straight
from okbadges.edge.threshold import Threshold
from okbadges.errors import OkbadgesError
from okbadges.operations.dispatch import Dispatch, sending_of
from okbadges.operations.duties import Duties
from okbadges.operations.plan import duties_of
from okbadges.pages.card_sheet import card_sheet
from okbadges.partners.oauth.metadata import METADATA_AT, REGISTER_AT, REVOKE_AT, TOKEN_AT
from okbadges.partners.open_badges_api.putting import LARGEST_BADGE
from okbadges.storage.installation import require_same
from okbadges.storage.replica import Replica
from okbadges.storage.version import require_current
from okbadges.web import access_keys as access_key_routes
from okbadges.web import audit as audit_routes
from okbadges.web import (
    badges,
    batch,
    cards,
    confirmations,
    corrections,
    credentials,
    education_providers,
    endorsements,
    erasure,
    evidence,
    forms,
    groups,
    health,
    issuers,
    members,
    oauth,
    oid4vci,
    open_badges_api,
    organisations,
    participants,
    progress,
    recognition,
    recognition_records,
    recognition_statistics,
    rosters,
    units,
    vc_api,
    webhook_messages,
    webhooks,
)
from okbadges.web import metrics as metrics_routes
from okbadges.web import verify as verify_routes
from okbadges.web.oauth.answers import oauth_error, registration_error

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime

    from fastapi import FastAPI, Request, Response

    from okbadges.edge.rooms import Rooms
    from okbadges.settings import Settings

LARGEST_BATCH = 1024 * 1024
BODY_LIMITS = {
    "/verify": LARGEST_UPLOAD,
    "/v1/verify": LARGEST_UPLOAD,
    "/v1/credentials/batch": LARGEST_BATCH,
    "/v1/credentials/batch.csv": LARGEST_BATCH,
    "/vc-api/credentials/verify": LARGEST_UPLOAD,
    "/vc-api/presentations/verify": LARGEST_UPLOAD,
    "/ims/ob/v3p0/credentials": LARGEST_BADGE,
    "/v1/participants/*/evidence": LARGEST_EVIDENCE,
    "/workshop/people/*/badges/*/evidence": LARGEST_EVIDENCE,
}

OPEN_DOORS = (
    "/p",
    "/sign-in",
    "/verify",
    "/v1/verify",
    "/vc-api/credentials/verify",
    "/vc-api/presentations/verify",
    REGISTER_AT,
    "/oid4vci/token",
    "/oid4vci/nonce",
    "/oid4vci/credential",
)
"""Where everybody may POST, and the server has work with it."""

CROSS_ORIGIN = {
    METADATA_AT: ("GET",),
    REGISTER_AT: ("POST",),
    TOKEN_AT: ("POST",),
    REVOKE_AT: ("POST",),
    open_badges_api.PATHS: ("GET", "POST", "PUT"),
}
"""Where a page of another origin may call from a browser, by the beginning of the path, with which methods; no cookie opens anything there."""

DIALECTS = {
    REGISTER_AT: registration_error,
    TOKEN_AT: oauth_error,
    REVOKE_AT: oauth_error,
    open_badges_api.PATHS: open_badges_api.status_info,
    **oid4vci.errors.DIALECTS,
}
"""Where errors are said in the shape of a protocol, by the beginning of the path."""

DESCRIPTION = """Issues and verifies Open Badges 3.0 for learning that happens outside school.

Send your access key as `Authorization: Bearer okb_…`. Errors are problem documents (RFC 9457) with a stable `code`.
"""

ROUTERS = (
    credentials.router,
    batch.router,
    forms.router,
    corrections.router,
    erasure.router,
    badges.router,
    units.router,
    verify_routes.router,
    issuers.router,
    health.router,
    organisations.router,
    recognition_records.router,
    education_providers.router,
    members.router,
    groups.router,
    rosters.router,
    participants.router,
    cards.router,
    progress.router,
    evidence.router,
    confirmations.router,
    recognition.router,
    recognition_statistics.router,
    endorsements.router,
    access_key_routes.router,
    webhooks.router,
    audit_routes.router,
    metrics_routes.router,
    *oauth.ROUTERS,
    *open_badges_api.ROUTERS,
    *oid4vci.ROUTERS,
    vc_api.exchanges.router,
)

ROADS = (*credentials.ROADS, *issuers.ROADS, *verify_routes.ROADS, *pages.ROADS)
"""What is answered without the framework looking for its route."""

VC_API_ROUTERS = {
    "off": (),
    "openbadges": (vc_api.issuing.router, vc_api.verifying.router),
    "any": (vc_api.conformance.router, vc_api.verifying.router),
}


TAGS = {
    "credentials": "Issue a badge, look up what was issued, revoke it, correct it, renew it.",
    "participants": "Those who learn: a random id, and a label that only their leaders see.",
    "progress": "Small steps towards a badge, ticked one at a time.",
    "evidence": "What shows what a participant did: private, sealed, and not for ever.",
    "confirmations": "The second person's word for a summary badge.",
    "recognition": "What badges mean in a student's requirements, what a school signs about them, and what became of them at schools.",
    "badges": "The catalogue: what can be earned, and where it belongs.",
    "units": "The common units of the national requirements, as this release knows them.",
    "verification": "Check a credential of anyone.",
    "VC-API": "Issuing and verifying as W3C's VC-API writes it down.",
    "Open Badges API": "What the holder of a passport allows other programs: read their badges, put others in (Open Badges 3.0).",
    "issuers": "What an issuer publishes for verifiers: its keys and its status lists.",
    "organisations": "Organisations, their workshops, what those are recognised for, and which of them are schools.",
    "members": "Who works for an organisation, in which role.",
    "groups": "Who leads which group, at which workshop.",
    "wallets": "A badge that its holder offers goes into a wallet: OpenID4VCI 1.0 and VC-API exchanges.",
    "access keys": "What people and programs show to call this API: made, listed, revoked.",
    "OAuth 2.0": "Tokens for programs: from an access key, or from a participant who lets a program in.",
    "webhooks": "Be told of what happens, at an address of your own.",
    "audit": "The journal: every change of state, in a hash chain.",
    "operations": "Whether the service lives and is ready.",
}


def create_app(
    settings: Settings,
    *,
    demo: bool = False,
    with_duties: bool = False,
    metrics_folder: str | None = None,
    now: Callable[[], datetime] = utc_now,
    random_bytes: Callable[[int], bytes] = randomness.token_bytes,
) -> FastAPI:
    """Return the service, which does its duties too if asked to (`okbadges.operations.duties`).

    Raises `ConfigurationError` for an unsafe or unfinished installation, before anything is served.
    """
    metrics = Metrics(open_to_all=settings.metrics_open, shared_folder=metrics_folder)
    rooms = build_rooms(settings, demo=demo, metrics=metrics, now=now, random_bytes=random_bytes)
    try:
        require_current(rooms.database)
        require_same(rooms.database, rooms.secrets, base_url=settings.base_url, demo=demo)
    except OkbadgesError:
        rooms.database.close()
        raise

    # a replica takes no change, so nobody does duties on it
    replica = Replica(rooms.database, at_most_seconds=settings.replica_seconds) if settings.replica_seconds else None
    app = _described(settings, demo=demo, with_duties=with_duties and replica is None, replica=replica)
    app.state.rooms = rooms
    add_routes(app.router, (*ROUTERS, *VC_API_ROUTERS[settings.vc_api_profile]))
    add_routes(app.webhooks, (webhook_messages.described,))
    install_openapi(app)
    pages.install(app, demo=demo)
    cards.install_card_sheet(app, card_sheet)
    answer = install_problems(app, page=pages.problem_page, dialects=DIALECTS)
    _stand_around(app, settings, answer, replica)
    return app


def _stand_around(
    app: FastAPI, settings: Settings, answer: Callable[[Request, Exception], Response], replica: Replica | None
) -> None:
    """Put what every request and answer passes around the routes; ``answer`` tells of an error as problems are told."""
    # the last one added meets a request first
    app.add_middleware(Straight, roads=ROADS, answer=answer)
    app.add_middleware(Compression)
    app.add_middleware(BodyLimit, limits=BODY_LIMITS)
    app.add_middleware(OpenDoors, paths=OPEN_DOORS)
    if replica is not None:
        app.add_middleware(OnlyReads, replica=replica, answer=answer)
    app.add_middleware(Threshold, answer=answer)
    app.add_middleware(HeadAsGet)
    app.add_middleware(Preflights, doors=CROSS_ORIGIN)
    headers_of = AnswerHeaders(https=settings.is_https, style=pages.style_hash(app), doors=CROSS_ORIGIN)
    app.add_middleware(Outermost, headers_of=headers_of, answer=answer, notes=(count_request, request_log()))


def _described(settings: Settings, *, demo: bool, with_duties: bool, replica: Replica | None) -> FastAPI:
    """Return an application that is described, has no routes yet, and closes its rooms when it stops."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        rooms: Rooms = app.state.rooms
        duties = Duties(
            rooms.database, rooms.writer, duties_of(rooms, pages.wording(app)) if with_duties else (), now=rooms.now
        )
        dispatch = Dispatch(sending_of(rooms) if with_duties else None)
        duties.start()
        dispatch.start()
        if replica is not None:
            replica.start()
        yield
        if replica is not None:
            replica.stop()
        dispatch.stop()
        duties.stop()
        rooms.close()

    return Service(
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
        # what it would tell names whole addresses, and so the tokens in them; asking whether anybody listens takes as long as a layer of ours
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
