"""`okbadges serve` with a certificate of its own: a conformance run as docs/conformance.md describes it."""

from __future__ import annotations

import json
import os
import socket
import ssl
import subprocess
import sysconfig
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from okbadges.cli.serve import _check_certificate
from okbadges.errors import ConfigurationError
from okbadges.settings import load_settings
from support.world import SECRET

if TYPE_CHECKING:
    from collections.abc import Iterator

OKBADGES = str(Path(sysconfig.get_path("scripts")) / "okbadges")
START_WITHIN_SECONDS = 60.0


def _certificate(folder: Path) -> tuple[Path, Path]:
    """Make a self-signed certificate for localhost and return its files: certificate, key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    begin = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=9))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return certificate, private


@contextmanager
def _serving(folder: Path, certificate: Path, private: Path) -> Iterator[tuple[str, Path]]:
    """Serve a conformance run by https; give its base URL and the file with what it said."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    base_url, log = f"https://localhost:{port}", folder / "serve.log"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OKBADGES_")} | {
        "OKBADGES_BASE_URL": base_url,
        "OKBADGES_PORT": str(port),
        "OKBADGES_DATABASE_URL": f"sqlite:///{folder / 'okbadges.sqlite3'}",
        "OKBADGES_SECRET": SECRET,
        "OKBADGES_TLS_CERTIFICATE": str(certificate),
        "OKBADGES_TLS_KEY": str(private),
        "OKBADGES_VC_API_PROFILE": "any",
        "OKBADGES_VC_API_WITHOUT_KEY": "true",
    }
    subprocess.run([OKBADGES, "migrate"], env=environment, cwd=folder, check=True, capture_output=True)
    with (
        log.open("wb") as out,
        subprocess.Popen([OKBADGES, "serve"], stdout=out, stderr=out, cwd=folder, env=environment) as process,
    ):
        try:
            _wait(base_url, certificate, process, log)
            yield base_url, log
        finally:
            process.terminate()


def _ask(url: str, certificate: Path, body: dict[str, Any] | None = None) -> tuple[int, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = Request(url, data=data, headers={"Content-Type": "application/json"})  # noqa: S310 - the test's own server
    trust = ssl.create_default_context(cafile=str(certificate))
    try:
        with urlopen(request, timeout=30, context=trust) as answer:  # noqa: S310 - the same
            return answer.status, json.loads(answer.read())
    except HTTPError as refused:
        return refused.code, json.loads(refused.read())


def _wait(base_url: str, certificate: Path, process: subprocess.Popen[bytes], log: Path) -> None:
    give_up_at = time.monotonic() + START_WITHIN_SECONDS
    while True:
        try:
            _ask(f"{base_url}/healthz", certificate)
        except URLError:
            if process.poll() is not None or time.monotonic() > give_up_at:
                raise RuntimeError(f"it did not start: {log.read_text(errors='replace')}") from None
            time.sleep(0.1)
        else:
            return


def test_it_works(tmp_path: Path) -> None:
    """Over https a credential is issued with a status entry of ours, its list is served, and all of it is verified."""
    certificate, private = _certificate(tmp_path)
    with _serving(tmp_path, certificate, private) as (base_url, log):
        document = {
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["VerifiableCredential"],
            "credentialSubject": {"id": "did:example:subject"},
        }
        status, issued = _ask(f"{base_url}/vc-api/credentials/issue", certificate, {"credential": document})
        assert status == 201
        credential = issued["verifiableCredential"]
        listed = _ask(credential["credentialStatus"]["statusListCredential"], certificate)
        assert listed[1]["issuer"] == credential["issuer"]
        body = {"verifiableCredential": credential, "options": {"checks": ["proof"]}}
        assert _ask(f"{base_url}/vc-api/credentials/verify", certificate, body)[0] == 200
        credential["credentialSubject"]["id"] = "did:example:other"
        assert _ask(f"{base_url}/vc-api/credentials/verify", certificate, body)[0] == 400
        assert "conformance-run" in log.read_text()


def test_a_certificate_that_does_not_load_is_refused_in_one_sentence(tmp_path: Path) -> None:
    """A file that is not there, a key of another certificate, and a key with a password are refused before anything starts."""
    certificate, private = _certificate(tmp_path)
    (tmp_path / "other").mkdir()
    _, other = _certificate(tmp_path / "other")
    for one in (tmp_path / "nothing.pem", other, certificate):
        settings = load_settings(base_url="https://localhost:1", tls_certificate=certificate, tls_key=one)
        with pytest.raises(ConfigurationError) as refused:
            _check_certificate(settings)
        assert refused.value.code == "tls-certificate"
    _check_certificate(load_settings(base_url="https://localhost:1", tls_certificate=certificate, tls_key=private))
