"""The whole way in a real browser on a phone, with a provider that others wrote: link, connect, sign in, sign out, sign in with the account."""

from __future__ import annotations

import shutil
import socket
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient

from okbadges.app import create_app
from okbadges.settings import load_settings
from support.chromium import PHONE
from support.server import running_server
from support.world import SECRET, prepare

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi import FastAPI
    from playwright.sync_api import Page

    from support.chromium import Visitor
    from support.world import Prepared

pytestmark = pytest.mark.node

INSTALLED = ".cache/provider"
DESCRIBED = """
kunta:
  name: {{fi: Kunnan tunnus, sv: Kommunens konto, en: Municipal account}}
  issuer: http://127.0.0.1:{port}
  client_id: okbadges
  client_secret_file: kunta.secret
  max_age: 600
"""


@dataclass(frozen=True, slots=True)
class College:
    """A running service, and the key of its administrator."""

    base_url: str
    client: TestClient
    keys: Prepared

    def link(self, member_id: uuid.UUID) -> str:
        """Let the administrator make a one-time link for a member."""
        aino = {"Authorization": f"Bearer {self.keys.aino}"}
        answer = self.client.post(f"/v1/members/{member_id}/sign-in-link", headers=aino)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["address"])


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def college(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[College]:
    """Run the service on localhost and the provider on 127.0.0.1: for a browser these are two sites."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs node and npm: apt-get install nodejs npm")
    if not (checkout / INSTALLED / "node_modules" / "oidc-provider").is_dir():
        pytest.skip("needs oidc-provider, by npm: make interop")
    folder, port = tmp_path_factory.mktemp("college"), free_port()
    database_url = f"sqlite:///{folder}/okbadges.sqlite3"
    (folder / "providers.yaml").write_text(DESCRIBED.format(port=port))
    (folder / "kunta.secret").write_text("a secret of + % and :\n")
    (folder / "kunta.secret").chmod(0o600)
    made: list[tuple[FastAPI, Prepared]] = []

    def make_app(base_url: str) -> FastAPI:
        keys = prepare(database_url, base_url=base_url)
        settings = load_settings(
            base_url=base_url,
            database_url=database_url,
            secret=SECRET,
            allow_loopback_issuers=True,
            sign_in_providers=folder / "providers.yaml",
        )
        made.append((create_app(settings), keys))
        return made[0][0]

    with running_server(make_app) as base_url:
        script = checkout / "tests" / "tools" / "provider" / "provider.mjs"
        back = f"{base_url}/sign-in/with/kunta/back"
        command = [node, str(script), str(checkout / INSTALLED), str(port), back]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as run:
            try:
                assert run.stdout is not None
                assert run.stdout.readline() == b"ready\n"
                [(app, keys)] = made
                yield College(base_url, TestClient(app, base_url=base_url), keys)
            finally:
                run.terminate()


def phone(visitor: Visitor, address: str) -> Page:
    """Open an address on a phone; the provider's own pages want a font from elsewhere, which is not asked for."""
    page = visitor.open(address, size=PHONE)
    page.context.route("https://fonts.googleapis.com/**", lambda route: route.abort())
    return page


def sign_in_there(page: Page, name: str) -> None:
    """Sign in at the provider under a name, and agree to what it asks."""
    page.wait_for_url("http://127.0.0.1:*/interaction/*")
    page.locator("[name=login]").fill(name)
    page.locator("[name=password]").fill("any")
    page.locator("[type=submit]").click()
    consent = page.get_by_role("button", name="Continue")
    consent.wait_for()
    consent.click()


def heading(page: Page) -> str:
    """Return the main heading."""
    return page.get_by_role("heading", level=1).inner_text()


def test_from_a_link_to_an_account(college: College, visitor: Visitor) -> None:
    """Iida opens her link, connects, is at work; signs out; comes back with the account alone, on this phone and on another."""
    page = phone(visitor, college.link(college.keys.iida_id))
    page.get_by_label("Oma laite").check()
    page.get_by_role("button", name="Liitä tili: Kunnan tunnus").click()
    sign_in_there(page, "iida")
    page.wait_for_url(f"{college.base_url}/workshop")
    page.goto(f"{college.base_url}/workshop/me")
    assert "Iida" in page.locator(".lead").inner_text()
    assert page.locator("#accounts .card").count() == 1
    page.locator("#sign-ins").get_by_role("button", name="Kirjaudu ulos Kunnan tunnus").click()
    page.wait_for_url(f"{college.base_url}/sign-in?left=1")
    assert "Jos laite on yhteinen" in page.locator("[role=status]").inner_text()

    # the provider still knows her, so nothing is asked there
    page.get_by_role("button", name="Kirjaudu: Kunnan tunnus").click()
    page.wait_for_url(f"{college.base_url}/workshop")
    # the way back leads to where she pressed the button, not to the page between
    page.go_back()
    assert page.url.startswith(f"{college.base_url}/sign-in")

    other = phone(visitor, f"{college.base_url}/sign-in?next=/workshop/me")
    other.get_by_role("button", name="Kirjaudu: Kunnan tunnus").click()
    sign_in_there(other, "iida")
    other.wait_for_url(f"{college.base_url}/workshop/me")
    assert other.locator("#sign-ins .card").count() == 2


def test_what_goes_wrong_is_said(college: College, visitor: Visitor) -> None:
    """An account that nobody connected, in the language of the page; one that is connected already."""
    page = phone(visitor, f"{college.base_url}/sign-in?lang=en")
    page.get_by_role("button", name="Sign in: Municipal account").click()
    sign_in_there(page, "nobody")
    page.wait_for_url("**/back?**")
    assert heading(page) == "This account is not known here yet"

    first = phone(visitor, college.link(college.keys.tuula_id))
    first.get_by_role("button", name="Liitä tili: Kunnan tunnus").click()
    sign_in_there(first, "tuula")
    first.wait_for_url(f"{college.base_url}/workshop")
    second = phone(visitor, college.link(college.keys.aino_id))
    second.get_by_role("button", name="Liitä tili: Kunnan tunnus").click()
    sign_in_there(second, "tuula")
    second.wait_for_url("**/back?**")
    assert heading(second) == "Tili on jo liitetty"


def test_who_stops_at_the_provider(college: College, visitor: Visitor) -> None:
    """Cancelling there leads back to a kind page with the other ways; and it works without a script."""
    page = visitor.open(f"{college.base_url}/sign-in", size=PHONE, javascript=False)
    page.context.route("https://fonts.googleapis.com/**", lambda route: route.abort())
    page.get_by_role("button", name="Kirjaudu: Kunnan tunnus").click()
    page.wait_for_url("http://127.0.0.1:*/interaction/*")
    page.get_by_role("link", name="[ Cancel ]").click()
    page.wait_for_url("**/back?**")
    assert heading(page) == "Kirjautuminen keskeytyi"
    page.get_by_role("link", name="Muut tavat kirjautua").click()
    assert heading(page) == "Kirjaudu sisään"


def test_a_redirect_of_a_form_would_not_do(college: College, visitor: Visitor) -> None:
    """Why there is a page between: were the form answered with a redirect to the provider, the content policy would end it there."""
    page = phone(visitor, f"{college.base_url}/sign-in")
    there = {"Location": "http://127.0.0.1:9/authorize"}
    page.route("**/sign-in/with/kunta", lambda route: route.fulfill(status=303, headers=there))
    with page.expect_console_message(lambda message: "form-action" in message.text):
        page.get_by_role("button", name="Kirjaudu: Kunnan tunnus").click()
    assert page.url == f"{college.base_url}/sign-in"
