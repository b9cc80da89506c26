"""A picture gives its one badge; only an old picture of 2.0 may name an address instead."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest

from okbadges.credentials.baking import bake_svg
from okbadges.credentials.strict_json import dumps
from okbadges.errors import CredentialError
from okbadges.verification import FetchError
from okbadges.verification.intake import credential_in
from okbadges.verification.openbadges2 import take_from_picture
from okbadges.verification.resolve import Documents
from verification.making import World
from verification.making import credential as credential_of_3_0
from verification.openbadges2.badges import ASSERTION, SignedWorld, assertion, web

if TYPE_CHECKING:
    from pathlib import Path

    from okbadges.verification.received import Received

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><rect width="1" height="1"/></svg>'


def picture(content: str) -> bytes:
    """Return an SVG with something in the place of 2.0."""
    inside = f"><![CDATA[{content}]]></o:assertion>" if content.startswith("{") else f' verify="{content}"/>'
    element = f'<o:assertion xmlns:o="http://openbadges.org"{inside}'
    return SVG.replace(b"<rect", f"{element}<rect".encode(), 1)


def taken(data: bytes, world: World | None = None) -> Received:
    """Take the badge out of a picture."""
    return take_from_picture(data, Documents(world or World()), credential_in)


def refused(data: bytes, world: World | None = None) -> str:
    """Return the code with which a picture is refused."""
    with pytest.raises(CredentialError) as refusal:
        taken(data, world)
    return refusal.value.code


def test_it_works() -> None:
    """Hosted and signed badges of 2.0 and credentials of 3.0 come out of their places."""
    signed = SignedWorld()
    assert taken(picture(dumps(assertion()).decode())).document == assertion()
    assert taken(picture(signed.sign().decode())).document == signed.assertion()
    credential = credential_of_3_0("did:web:issuer.example")
    assert taken(bake_svg(SVG, dumps(credential))).document == credential


@pytest.mark.parametrize("address", [ASSERTION, ASSERTION.replace("https", "http")])
def test_an_address_is_followed(address: str) -> None:
    """What stands at the address is the badge; http is asked over https."""
    world = web()
    assert taken(picture(address), world).document == assertion()
    assert world.asked == [ASSERTION]


def test_an_address_is_followed_once() -> None:
    """Neither another address, nor another picture, nor a credential of 3.0 is taken from there."""
    for document, code in (
        (ASSERTION.encode(), "not-readable"),
        (picture(ASSERTION), "not-readable"),
        (b"<html>", "not-readable"),
        (credential_of_3_0("did:web:issuer.example"), "wrong-place"),
    ):
        world = web(assertion=document)
        assert refused(picture(ASSERTION), world) == code
        assert world.asked == [ASSERTION]


def test_an_address_that_does_not_answer() -> None:
    """It leaves everything open, as a link that cannot be followed does."""
    with pytest.raises(FetchError):
        taken(picture(ASSERTION))


@pytest.mark.parametrize(
    "address", ["https://u@issuer.example/a", "https://issuer.example/../a", "http://x.example:81/"]
)
def test_odd_addresses_are_not_followed(address: str) -> None:
    """What is no plain address is no badge either, and nothing is asked in the clear."""
    world = World()
    assert refused(picture(address), world) in {"not-readable", "url-not-allowed"}
    assert world.asked == []


def test_each_version_has_its_own_place() -> None:
    """A credential of 3.0 in the place of 2.0, or the other way round, is refused."""
    assert refused(bake_svg(SVG, dumps(assertion()))) == "wrong-place"
    assert refused(bake_svg(SVG, SignedWorld().sign())) == "wrong-place"
    assert refused(picture(dumps(credential_of_3_0("did:web:issuer.example")).decode())) == "wrong-place"


def test_the_attack_with_the_older_place(shared: Path) -> None:
    """The case of the attack collection, a credential of 3.0 behind the keyword of 2.0, is refused."""
    cases = json.loads((shared / "attacks/cases.json").read_text())["cases"]
    data = next(case["input"]["payload_b64"] for case in cases if case["id"] == "H-png-legacy")
    assert refused(base64.b64decode(data)) == "wrong-place"
