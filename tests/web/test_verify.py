"""``POST /v1/verify``."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import orjson
import pytest

from okbadges.credentials.data_integrity import sign
from okbadges.credentials.dids import did_key
from okbadges.credentials.signers import Ed25519Signer
from okbadges.edge.turns import Turns
from support.groups import Journal
from support.passport import new_card
from support.world import BASE_URL

if TYPE_CHECKING:
    from support.world import World

SHARE = {"purpose": "other", "expires_on": "2026-12-24"}


def test_it_works(world: World) -> None:
    """A credential that this installation issued is VALID and its issuer recognised."""
    answer = world.client.post("/v1/verify", content=orjson.dumps(world.issue()["credential"]))
    report = answer.json()
    assert (answer.status_code, report["verdict"], report["report_version"]) == (200, "VALID", 1)
    assert report["issuer"]["recognised"] is True
    assert {check["outcome"] for check in report["checks"] if check["required"]} == {"passed"}
    assert answer.headers["cache-control"] == "no-store"


def test_an_altered_credential_is_invalid(world: World) -> None:
    """One changed word is enough."""
    credential = world.issue()["credential"]
    credential["credentialSubject"]["achievement"]["name"] = "Master of the Universe"
    report = world.client.post("/v1/verify", content=orjson.dumps(credential)).json()
    assert report["verdict"] == "INVALID"
    failed = [check for check in report["checks"] if check["outcome"] == "failed"]
    assert [(check["id"], check["code"]) for check in failed] == [("content-unaltered", "bad-signature")]


def test_a_baked_picture_is_read(world: World) -> None:
    """The PNG and the SVG of a share link hold the credential, and verify."""
    issued = world.issue(share=SHARE)
    for kind, media_type in (("png", "image/png"), ("svg", "image/svg+xml")):
        picture = world.client.get(f"{issued['share_link']}/badge.{kind}")
        assert picture.headers["content-type"].startswith(media_type)
        report = world.client.post("/v1/verify", content=picture.content).json()
        assert (report["verdict"], report["form"]) == ("VALID", kind)


@pytest.mark.parametrize(
    "body",
    [b"nonsense", b"{}", b"[]", b"\x00" * 100, b"\x89PNG\r\n\x1a\n", b"<svg/>", b'{"a":1,"a":2}', b"\xff", b"https://"],
)
def test_what_cannot_be_read_gets_a_verdict(world: World, body: bytes) -> None:
    """Nonsense is answered with a verdict that is not VALID, never with an error of ours."""
    answer = world.client.post("/v1/verify", content=body)
    assert answer.status_code == 200
    assert answer.json()["verdict"] in {"REJECTED", "INVALID", "INDETERMINATE"}


def test_an_empty_body_is_a_problem(world: World) -> None:
    """Nothing at all is not a credential."""
    answer = world.client.post("/v1/verify", content=b"")
    assert (answer.status_code, answer.json()["code"]) == (400, "empty-body")


def test_a_body_over_the_limit_is_a_problem(world: World) -> None:
    """More than a file of 2 MiB is refused before it is read."""
    answer = world.client.post("/v1/verify", content=b"x" * (3 * 1024 * 1024))
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


def test_an_expired_badge_says_expired(world: World) -> None:
    """After its last day a badge is EXPIRED, not invalid."""
    credential = world.issue(valid_until="2026-11-30")["credential"]
    world.clock.move(days=8, hours=23)
    assert world.client.post("/v1/verify", content=orjson.dumps(credential)).json()["verdict"] == "VALID"
    world.clock.move(days=1)
    assert world.client.post("/v1/verify", content=orjson.dumps(credential)).json()["verdict"] == "EXPIRED"


def test_the_address_of_a_card_opens_nothing(world: World) -> None:
    """Whoever sends it to be verified hears that nothing is there; the passport stays shut, and nothing says that it was opened."""
    participant = uuid.UUID(world.issue()["participant"])
    journal, card = Journal(world), new_card(world, participant)
    for address in (card.address, card.address.replace("/p/", "/%70/"), f"{BASE_URL}/passport"):
        report = world.client.post("/v1/verify", content=address, headers={"Content-Type": "text/plain"}).json()
        assert report["verdict"] != "VALID"
    assert journal.actions() == ["card.issued"]


def test_a_pasted_share_link_is_read(world: World) -> None:
    """The text of one of our own share links verifies like the credential behind it; a dead one does not."""
    issued = world.issue(share=SHARE)
    report = world.client.post("/v1/verify", content=issued["share_link"] + "?lang=sv").json()
    assert (report["verdict"], report["credential"]["id"]) == ("VALID", issued["id"])
    world.clock.move(days=60)
    report = world.client.post("/v1/verify", content=issued["share_link"]).json()
    assert report["verdict"] in {"REJECTED", "INDETERMINATE"}


def test_whom_it_must_be_about_is_asked_in_a_header(world: World) -> None:
    """A recipient that is named becomes a required check; letters beyond ASCII arrive as they were sent."""
    credential = world.issue()["credential"]
    subject = credential["credentialSubject"]["id"]
    for recipient, verdict, match in ((subject, "VALID", True), ("mäki@example.org", "INVALID", False)):
        headers = {b"Okbadges-Recipient": recipient.encode()}
        report = world.client.post("/v1/verify", content=orjson.dumps(credential), headers=headers).json()
        assert (report["verdict"], report["recipient_match"]) == (verdict, match)


def test_what_needs_nobodys_document_is_verified_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stranger's badge whose key stands in the name of its issuer takes no turn in the line, also right after something was stored."""
    signer = Ed25519Signer(bytes(range(32)))
    did = did_key(signer.public_key)
    ours = world.issue()["credential"]
    kept = {name: value for name, value in ours.items() if name not in ("proof", "credentialStatus")}
    unsigned = {**kept, "issuer": {**ours["issuer"], "id": did}}
    foreign = sign(unsigned, signer=signer, verification_method=f"{did}#{did.removeprefix('did:key:')}")
    monkeypatch.setattr(Turns, "turn", lambda _self: pytest.fail("it waits in the line"))
    for _ in range(2):
        assert world.client.post("/v1/verify", json=foreign).json()["verdict"] == "VALID"
        world.issue()
