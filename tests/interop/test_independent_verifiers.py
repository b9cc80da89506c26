"""Implementations that are not okbadges agree: what is issued here is accepted elsewhere, what is revoked is refused there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import pytest

from support.demo import Demo, get

if TYPE_CHECKING:
    from pathlib import Path

    from support.verifier import IndependentVerifiers, Opinion

pytestmark = pytest.mark.node


@dataclass(frozen=True, slots=True)
class Asked:
    """What the independent verifiers say of the demo's files, by name such as `valid.png`."""

    opinions: dict[str, Opinion]

    def of(self, name: str) -> list[Opinion]:
        """Return the opinions of every form of one credential."""
        return [opinion for file, opinion in self.opinions.items() if file.startswith(f"{name}.")]


@pytest.fixture(scope="module")
def asked(demo: Demo, node_verifier: IndependentVerifiers, tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """Save every form of every credential of the demo, and of one issued over its API, and ask about all of them at once."""
    folder = tmp_path_factory.mktemp("forms")
    links = {"valid": demo.valid, "revoked": demo.revoked, "expired": demo.expired, "issued": issue(demo)["share_link"]}
    files = [file for name, link in links.items() for file in save_forms(link, folder, name)]
    opinions = node_verifier.ask(files, base_url=demo.base_url)
    return Asked({file.name: opinion for file, opinion in zip(files, opinions, strict=True)})


def issue(demo: Demo) -> dict[str, Any]:
    """Issue one more credential with the body of the curl line that the demo prints."""
    body = demo.curl_body().encode()
    headers = {"Authorization": f"Bearer {demo.access_key}", "Content-Type": "application/json"}
    with urlopen(Request(f"{demo.base_url}/v1/credentials", data=body, headers=headers), timeout=30) as answer:  # noqa: S310 - the demo
        answered: dict[str, Any] = json.load(answer)
    return answered


def save_forms(share_link: str, folder: Path, name: str) -> list[Path]:
    """Save every form that a share link offers: the signed document, asked for and downloaded, and the baked pictures."""
    forms = {
        "negotiated.json": get(share_link, "application/vc"),
        "json": get(f"{share_link}/credential.json", "*/*"),
        "png": get(f"{share_link}/badge.png", "*/*"),
        "svg": get(f"{share_link}/badge.svg", "*/*"),
    }
    for form, (content, _) in forms.items():
        (folder / f"{name}.{form}").write_bytes(content)
    return [folder / f"{name}.{form}" for form in forms]


@pytest.mark.parametrize("name", ["valid", "issued"])
def test_every_form_of_a_valid_credential_is_accepted(asked: Asked, name: str) -> None:
    """JSON, baked PNG and baked SVG pass every check, with the key and the status list fetched from the running server."""
    opinions = asked.of(name)
    assert len(opinions) == 4
    assert [str(opinion) for opinion in opinions if not opinion.accepted] == []
    assert all("@digitalbazaar/vc: proof + issuer + validity + status" in opinion.passed for opinion in opinions)


def test_every_form_of_a_revoked_credential_is_refused_as_revoked(asked: Asked) -> None:
    """A revoked credential is refused for its status and for nothing else."""
    opinions = asked.of("revoked")
    assert len(opinions) == 4
    assert [str(opinion) for opinion in opinions if not opinion.is_revoked] == []


def test_every_form_of_an_expired_credential_is_refused(asked: Asked) -> None:
    """An expired credential is refused, although its signature, its shape and its status are in order."""
    opinions = asked.of("expired")
    assert len(opinions) == 4
    assert [str(opinion) for opinion in opinions if opinion.accepted] == []
    for opinion in opinions:
        assert {"ajv: 1EdTech JSON Schema", "jsonld.js: safe-mode expansion"} <= set(opinion.passed)


def test_the_verifiers_can_tell_good_from_bad(node_verifier: IndependentVerifiers, shared: Path) -> None:
    """The verifiers accept every good sample and refuse every bad one, or their word on our credentials would mean nothing."""
    samples = shared / "interop" / "samples"
    files = sorted([*samples.glob("good-*"), *samples.glob("bad-*")])
    opinions = node_verifier.ask(files, url_map=samples / "url-map.json")
    assert len(opinions) == 28
    assert [
        str(opinion)
        for opinion, file in zip(opinions, files, strict=True)
        if opinion.accepted != file.name.startswith("good")
    ] == []


def test_they_say_why(node_verifier: IndependentVerifiers, shared: Path) -> None:
    """A refusal comes with its reason, so that a test can tell a revoked credential from a broken one."""
    samples = shared / "interop" / "samples"
    revoked, tampered = node_verifier.ask(
        [samples / "bad-revoked.json", samples / "bad-tampered-claim.json"], url_map=samples / "url-map.json"
    )
    assert revoked.is_revoked
    assert not tampered.is_revoked
    assert tampered.failed


def test_a_file_that_is_no_credential_is_not_an_opinion(node_verifier: IndependentVerifiers, tmp_path: Path) -> None:
    """What the verifiers cannot read is an error of the test, never a refusal that passes for a verdict."""
    unreadable = tmp_path / "empty.png"
    unreadable.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0\0\0\0IEND\xae\x42\x60\x82")
    with pytest.raises(RuntimeError, match="could not run"):
        node_verifier.ask([unreadable])
