"""A provider of sign-ins as a test writes it: real HTTP on this machine, right in everything unless the test says otherwise.

It keeps the rules that a real one keeps (a code is for one use, one client, one address to come back to, one verifier), and signs
with another library than the product reads with.
"""

from __future__ import annotations

import base64
import json
import threading
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qs, unquote_plus, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from okbadges.integrations.provider_calls import ProviderCalls
from okbadges.integrations.providers import Provider, Providers
from support.world import BASE_URL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from support.world import World

CLIENT = "okbadges"
CLIENT_SECRET = "a secret: with %, + and ä"
SUBJECT = "248289761001"
_RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
"""Made once: it takes longer than a test."""


class ScriptedProvider:
    """What a provider answers. Its attributes are what a test changes."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Be right in everything."""
        self.now = now
        self.issuer = ""
        self.keys: dict[str, tuple[str, Any]] = {"first": ("RS256", _RSA)}
        """The keys by their id, each with its algorithm."""
        self.signs_with = "first"
        self.claims: dict[str, Any] = {}
        """What is said otherwise in a token; None leaves a claim out."""
        self.metadata: dict[str, Any] = {}
        """What is said otherwise in the discovery document; None leaves it out."""
        self.token: str | None = None
        """A token to answer with instead of a right one."""
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        """What is answered instead, by path: status, headers, body."""
        self.hangs = threading.Event()
        """Set, nothing is answered until it is cleared."""
        self.hangs.clear()
        self.asked: list[str] = []
        self.codes: dict[str, dict[str, str]] = {}
        self.authorizations: list[str] = []

    def provider(self, slug: str = "oma", **changes: Any) -> Provider:
        """Return how an operator describes this provider."""
        usual = Provider(slug, {"": "Oma tunnus"}, self.issuer, CLIENT, CLIENT_SECRET)
        return replace(usual, **changes)

    def sign_in(self, address: str) -> dict[str, str]:
        """Let somebody sign in who was sent to this address, and return what the browser takes back."""
        assert address.startswith(f"{self.issuer}/authorize?"), address
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query, strict_parsing=True).items()}
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def rotate(self, algorithm: str = "ES256") -> None:
        """Sign with a new key from now on; the old one is gone."""
        self.keys = {"second": (algorithm, new_key(algorithm))}
        self.signs_with = "second"

    def made_token(self, nonce: str) -> str:
        """Return an ID token."""
        algorithm, key = self.keys[self.signs_with]
        return make_token(self.spoken(nonce), key, algorithm, self.signs_with)

    def spoken(self, nonce: str) -> dict[str, Any]:
        """Return the claims of an ID token."""
        second = int(self.now().timestamp())
        usual = {
            "iss": self.issuer,
            "sub": SUBJECT,
            "aud": CLIENT,
            "iat": second,
            "exp": second + 300,
            "auth_time": second,
            "nonce": nonce,
        }
        return {name: value for name, value in {**usual, **self.claims}.items() if value is not None}

    def get(self, path: str) -> dict[str, Any]:
        """Return the discovery document or the keys."""
        if path == "/jwks":
            return {"keys": [published(kid, *key) for kid, key in self.keys.items()]}
        usual = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }
        return {name: value for name, value in {**usual, **self.metadata}.items() if value is not None}

    def exchange(self, form: dict[str, str], authorization: str | None) -> tuple[int, dict[str, Any]]:
        """Give a token for a code, once, to the client that asked for it."""
        if authorization is not None:
            self.authorizations.append(authorization)
            user, _, password = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
            client = (unquote_plus(user), unquote_plus(password))
        else:
            client = (form.get("client_id", ""), form.get("client_secret", ""))
        if client not in ((CLIENT, CLIENT_SECRET), ("public", "")):
            return 401, {"error": "invalid_client"}
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or asked["redirect_uri"] != form["redirect_uri"] or not _fits(asked, form["code_verifier"]):
            return 400, {"error": "invalid_grant"}
        token = self.made_token(asked["nonce"]) if self.token is None else self.token
        return 200, {"access_token": "not used", "token_type": "Bearer", "expires_in": 300, "id_token": token}


def new_key(algorithm: str) -> Any:
    """Return a new private key for an algorithm."""
    if algorithm == "EdDSA":
        return ed25519.Ed25519PrivateKey.generate()
    if algorithm.startswith("ES"):
        return ec.generate_private_key(ec.SECP256R1() if algorithm == "ES256" else ec.SECP384R1())
    return _RSA


def published(kid: str, algorithm: str, key: Any) -> dict[str, Any]:
    """Return the public half of a key as a provider publishes it."""
    maker = jwt.get_algorithm_by_name(algorithm)
    jwk: dict[str, Any] = cast("Any", maker).to_jwk(key.public_key(), as_dict=True)
    return {
        **{name: value for name, value in jwk.items() if name != "key_ops"},
        "kid": kid,
        "use": "sig",
        "alg": algorithm,
    }


def make_token(claims: dict[str, Any], key: Any, algorithm: str, kid: str | None) -> str:
    """Return a signed token."""
    return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": kid} if kid else {})


def _fits(asked: dict[str, str], verifier: str) -> bool:
    digest = base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return asked["code_challenge_method"] == "S256" and asked["code_challenge"] == digest


@contextmanager
def running_provider(now: Callable[[], datetime]) -> Iterator[ScriptedProvider]:
    """Run a scripted provider on a free port of this machine."""
    script = ScriptedProvider(now)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(lambda: (200, script.get(self.path)))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body, strict_parsing=True).items()}
            self._answer(lambda: script.exchange(form, self.headers["Authorization"]))

        def _answer(self, usual: Callable[[], tuple[int, dict[str, Any]]]) -> None:
            script.asked.append(self.path)
            if script.hangs.is_set():
                self.rfile.read(1)  # until whoever asked gives up
                return
            if self.path in script.answers:
                status, headers, body = script.answers[self.path]
            else:
                status, said = usual()
                headers, body = {"Content-Type": "application/json"}, json.dumps(said).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the class above
            """Say nothing."""

        def handle(self) -> None:
            try:
                super().handle()
            except ConnectionError:
                """Whoever asked has gone."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    script.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def let_in(world: World, *providers: Provider, **limits: Any) -> None:
    """Let members of a world sign in with these providers."""
    calls = ProviderCalls(loopback=True, **limits)
    world.app.state.rooms = replace(world.rooms, providers=Providers(providers, calls, now=world.clock))


BACK = f"{BASE_URL}/sign-in/with/oma/back"
