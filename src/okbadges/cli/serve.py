"""Serving for real. An unsafe or unfinished installation is refused in one sentence with the command that mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import uvicorn

from okbadges.app import create_app
from okbadges.edge.logging import configure_logging
from okbadges.errors import ConfigurationError
from okbadges.settings import Settings, load_settings, require_chosen_base_url

if TYPE_CHECKING:
    from fastapi import FastAPI


def serve() -> None:
    """Serve. Set up first with: okbadges secret create, migrate, catalogue import, issuer create."""
    settings = load_settings()
    _refuse_unsafe(settings)
    configure_logging(settings.log_format)
    app = create_app(settings)
    if settings.workers == 1:
        run(app, settings)
        return
    app.state.rooms.writer.close()
    app.state.rooms.database.close()
    run("okbadges.cli.serve:worker", settings)


def worker() -> FastAPI:
    """Make the app of one of several server processes, from the environment."""
    settings = load_settings()
    configure_logging(settings.log_format)
    return create_app(settings)


def run(app: FastAPI | str, settings: Settings) -> None:
    """Run uvicorn with httptools (h11 answers requests that carry both Content-Length and Transfer-Encoding)."""
    uvicorn.run(
        app,
        factory=isinstance(app, str),
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        http="httptools",
        access_log=False,
        log_level="warning",
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        server_header=False,
        timeout_graceful_shutdown=10,
    )


def _refuse_unsafe(settings: Settings) -> None:
    require_chosen_base_url(settings)
    if settings.is_https and settings.allow_loopback_issuers:
        raise ConfigurationError(
            "loopback-in-production",
            "OKBADGES_ALLOW_LOOPBACK_ISSUERS is for development and would let a credential reach this machine; unset it.",
        )
