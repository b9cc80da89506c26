"""The guarded fetcher over real sockets: TLS with a pinned address, and loopback in development."""

from __future__ import annotations

import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import httpcore2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from integrations.scripted import PUBLIC
from okbadges.credentials.fetching import FetchError
from okbadges.integrations.fetch import GuardedFetcher

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class _Hello(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Answer with the Host header that was sent."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.headers["Host"].encode())

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@pytest.fixture
def secure_server(tmp_path: Path) -> Iterator[tuple[int, ssl.SSLContext]]:
    """Serve https for good.example with a certificate of its own; gives the port and a context that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "good.example")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("good.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "good.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server = HTTPServer(("127.0.0.1", 0), _Hello)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port, ssl.create_default_context(cafile=str(pem))
    server.shutdown()
    server.server_close()
    thread.join(5)


def fetch_by_real_tls(server: tuple[int, ssl.SSLContext], host: str) -> bytes:
    """Fetch from the local server as if its address were a public one."""
    port, context = server

    def connect(address: str, _port: int, seconds: float) -> httpcore2.NetworkStream:
        assert address == PUBLIC
        return httpcore2.SyncBackend().connect_tcp("127.0.0.1", port, timeout=seconds)

    fetcher = GuardedFetcher(lookup=lambda _host, _port: [PUBLIC], connect=connect, ssl_context=context)
    return fetcher(f"https://{host}/").body


def test_real_tls_keeps_the_name(secure_server: tuple[int, ssl.SSLContext]) -> None:
    """Over a real TLS connection to a pinned address the certificate is checked against the name, and Host says it."""
    assert fetch_by_real_tls(secure_server, "good.example") == b"good.example"


def test_a_certificate_for_another_name_is_refused(secure_server: tuple[int, ssl.SSLContext]) -> None:
    """Pinning the address does not loosen the certificate check."""
    with pytest.raises(FetchError) as refused:
        fetch_by_real_tls(secure_server, "other.example")
    assert refused.value.code == "unreachable"


def test_loopback_works_over_plain_http() -> None:
    """In development a service on this machine is asked without TLS, by name and by address, and not otherwise."""
    server = HTTPServer(("127.0.0.1", 0), _Hello)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        fetch = GuardedFetcher(loopback=True)
        for host in ("127.0.0.1", "localhost"):
            assert fetch(f"http://{host}:{server.server_port}/x").body == f"{host}:{server.server_port}".encode()
        with pytest.raises(FetchError):
            GuardedFetcher()(f"http://127.0.0.1:{server.server_port}/x")
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
