"""Programs in tests: one that registered itself, a holder who lets it in, and the calls that it makes then."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

from okbadges.partners.oauth.asking import Wish, read_wish
from okbadges.partners.oauth.asking import allow as allow_wish

if TYPE_CHECKING:
    from fastapi.testclient import TestClient
    from httpx2 import Response

    from okbadges.passport.holder import Holder
    from support.world import World

_SCOPES = "https://purl.imsglobal.org/spec/ob/v3p0/scope"
READ, PUT = f"{_SCOPES}/credential.readonly", f"{_SCOPES}/credential.upsert"
READ_PROFILE, PUT_PROFILE = f"{_SCOPES}/profile.readonly", f"{_SCOPES}/profile.update"
OFFLINE = "offline_access"
EVERYTHING = f"{READ} {PUT} {READ_PROFILE} {PUT_PROFILE} {OFFLINE}"
BACK = "https://backpack.example/back"
REGISTRATION: dict[str, Any] = {
    "client_name": "Backpack",
    "client_uri": "https://backpack.example/",
    "logo_uri": "https://backpack.example/logo.png",
    "tos_uri": "https://backpack.example/terms",
    "policy_uri": "https://backpack.example/privacy",
    "software_id": "c88b6ed8-4d9b-4a45-a9c3-6d3f0a4c8c11",
    "software_version": "1.0",
    "redirect_uris": [BACK],
    "scope": EVERYTHING,
}
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
"""Of RFC 7636, appendix B."""


@dataclass(frozen=True, slots=True)
class Backpack:
    """A program that is not ours."""

    world: World
    client_id: str
    secret: str

    @property
    def headers(self) -> dict[str, str]:
        """Return how it says who it is."""
        return {"Authorization": "Basic " + base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()}

    def wish(self, scope: str | None = f"{READ} {OFFLINE}", **changes: str | None) -> str:
        """Return the address to which it sends a browser; a parameter that is None is left out."""
        usual = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": BACK,
            "scope": scope,
            "state": "af0ifjsldkj",
            "code_challenge": challenge(VERIFIER),
            "code_challenge_method": "S256",
        }
        return "/oauth/authorize?" + urlencode({k: v for k, v in {**usual, **changes}.items() if v is not None})

    def code(self, browser: TestClient, scope: str = f"{READ} {OFFLINE}", **changes: str | None) -> str:
        """Let the holder in this browser allow all that is wished, and return the code."""
        address = self.wish(scope, **changes)
        return led_back(allow(browser, address, *scope.split()))["code"]

    def trade(self, code: str, /, **changes: str | None) -> Response:
        """Bring a code to the token endpoint."""
        usual = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
        return self.ask({**usual, **changes})

    def refresh(self, token: str, **changes: str | None) -> Response:
        """Bring a refresh token to the token endpoint."""
        return self.ask({"grant_type": "refresh_token", "refresh_token": token, **changes})

    def ask(self, form: dict[str, str | None], at: str = "/oauth/token") -> Response:
        """Send a form as this program; a parameter that is None is left out."""
        sent = {name: value for name, value in form.items() if value is not None}
        answer: Response = self.world.client.post(at, data=sent, headers=self.headers)
        return answer

    def tokens(self, browser: TestClient, scope: str = f"{READ} {OFFLINE}") -> dict[str, Any]:
        """Get its tokens from the holder in this browser."""
        answer = self.trade(self.code(browser, scope))
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told


def new_program(world: World, **changes: Any) -> Backpack:
    """Register a program."""
    answer = world.client.post("/oauth/register", json={**REGISTRATION, **changes})
    assert answer.status_code == 201, answer.text
    return Backpack(world, answer.json()["client_id"], answer.json()["client_secret"])


def let_in(program: Backpack, holder: Holder, scope: str = f"{READ} {OFFLINE}") -> dict[str, Any]:
    """Let a program into a passport, as its holder does on the page, and return its tokens."""
    rooms = program.world.rooms
    stamp, query = rooms.stamp("holder"), program.wish(scope).partition("?")[2]
    with rooms.database.read() as session:
        wish = read_wish(session, query, stamp=stamp, issuer=rooms.base_url)
    assert isinstance(wish, Wish)
    answer = allow_wish(
        rooms.writer, stamp, wish, passport_id=holder.passport_id, scopes=scope.split(), issuer=rooms.base_url
    )
    code = parse_qs(urlsplit(answer.location or "").query)["code"][0]
    told: dict[str, Any] = program.trade(code).json()
    return told


def challenge(verifier: str) -> str:
    """Return the S256 challenge of a verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def allow(browser: TestClient, address: str, *scopes: str) -> Response:
    """Allow what is ticked, on the page at this address."""
    answer: Response = browser.post(address, data={"decision": "allow", "scope": list(scopes)})
    return answer


def back_address(page: str) -> str:
    """Return where a page leads back to by itself."""
    found = re.search(r'<meta http-equiv="refresh" content="0; ?url=([^"]+)"', page)
    assert found is not None, page
    return unescape(found[1])


def led_back(answer: Response) -> dict[str, str]:
    """Return the parameters with which a page or a redirect leads back to the program."""
    if answer.status_code in (302, 303):
        address = answer.headers["location"]
    else:
        assert answer.status_code == 200, answer.text
        address = back_address(answer.text)
    assert address.startswith(BACK + "?"), address
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query, strict_parsing=True).items()}
