"""Serving for real. An unsafe or unfinished installation is refused in one sentence with the command that mends it."""

from __future__ import annotations

import os
import socket
import ssl
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from okbadges.app import create_app
from okbadges.cli.collector import spare_the_collector
from okbadges.edge.logging import configure_logging
from okbadges.errors import ConfigurationError
from okbadges.settings import Settings, load_settings, require_chosen_base_url

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator

    from fastapi import FastAPI

_METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def serve() -> None:
    """Serve. Set up first with: okbadges secret create, migrate, catalogue import, issuer create."""
    settings = load_settings()
    _refuse_unsafe(settings)
    configure_logging(settings.log_format)
    _warn(settings)
    app = create_app(settings, with_duties=True)
    if settings.workers == 1:
        spare_the_collector()
        run(app, settings)
        return
    app.state.rooms.writer.close()
    app.state.rooms.database.close()
    with _counting_together():
        run("okbadges.cli:worker", settings)


def worker() -> FastAPI:
    """Make the app of one of several server processes, from the environment."""
    settings = load_settings()
    configure_logging(settings.log_format)
    app = create_app(settings, with_duties=True, metrics_folder=os.environ.get(_METRICS_FOLDER))
    spare_the_collector()
    return app


@contextmanager
def _counting_together() -> Iterator[None]:
    """Give the server processes that are started in the block a folder in which they count together; it is gone afterwards.

    The library for the numbers looks for it when it is first imported, which is in each of those processes.
    """
    with tempfile.TemporaryDirectory(prefix="okbadges-metrics-") as folder:
        os.environ[_METRICS_FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[_METRICS_FOLDER]


class PromptProtocol(HttpToolsProtocol):
    """HTTP/1.1 by httptools (h11 answers requests that carry both Content-Length and Transfer-Encoding), without waiting to send.

    Head and body of an answer are two writes. asyncio switches Nagle's algorithm off only for sockets that name their protocol, and the
    one that several server processes share does not: each answer on a connection that stays open would come 40 ms late.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection."""
        connection: socket.socket | None = transport.get_extra_info("socket")
        if connection is not None and connection.family in (socket.AF_INET, socket.AF_INET6):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().connection_made(transport)


def run(app: FastAPI | str, settings: Settings) -> None:
    """Run uvicorn, the same way for one process and for several."""
    uvicorn.run(
        app,
        factory=isinstance(app, str),
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        http=PromptProtocol,
        access_log=False,
        log_level="warning",
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        server_header=False,
        timeout_graceful_shutdown=10,
        ssl_certfile=settings.tls_certificate,
        ssl_keyfile=settings.tls_key,
    )


def _warn(settings: Settings) -> None:
    """Say loudly what nobody should run for people."""
    if settings.vc_api_profile != "any":
        return
    structlog.get_logger().warning(
        "conformance-run",
        words="This service signs any W3C credential under /vc-api/ with keys made for test suites. "
        "It is for conformance runs only: for people set OKBADGES_VC_API_PROFILE=openbadges.",
        needs_access_key=not settings.vc_api_without_key,
    )


def _refuse_unsafe(settings: Settings) -> None:
    require_chosen_base_url(settings)
    _check_certificate(settings)
    if settings.is_https and settings.allow_loopback_issuers:
        raise ConfigurationError(
            "loopback-in-production",
            "OKBADGES_ALLOW_LOOPBACK_ISSUERS is for development and would let a credential reach this machine; unset it.",
        )


def _check_certificate(settings: Settings) -> None:
    """Refuse a certificate that does not load, before anything is opened."""
    if settings.tls_certificate is None or settings.tls_key is None:
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(
            settings.tls_certificate, settings.tls_key, password=_no_password
        )
    except (OSError, ValueError) as unusable:
        raise ConfigurationError(
            "tls-certificate",
            "OKBADGES_TLS_CERTIFICATE and OKBADGES_TLS_KEY must name PEM files that belong together, the key without "
            f"a password ({type(unusable).__name__}).",
        ) from None


def _no_password() -> str:
    """Answer for a key that wants a password, which would otherwise ask whoever sits at the terminal."""
    raise ValueError("the key has a password")
