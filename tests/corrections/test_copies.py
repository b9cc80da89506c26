"""Copies for wallets: about the wallet's key, one for each wallet, and revoked with what they repeat."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from sqlmodel import select

from okbadges.corrections.copies import Copies
from okbadges.credentials.dids import did_key
from okbadges.credentials.signers import Ed25519Signer
from okbadges.errors import Conflict, Gone, InvalidInput, NotFound, OkbadgesError
from okbadges.organisations.access_keys import caller_of
from okbadges.organisations.workshops import find_organisation
from okbadges.passport.erasure import erase_participant
from okbadges.storage.tables import CredentialRow
from support.corrections import correct, events, looked_up, revisions, row_of, side_by_side, summary_with_badges
from support.journal import broken_links

if TYPE_CHECKING:
    from collections.abc import Callable

    from okbadges.issuing.answers import Issued
    from support.world import World

WALLET, OTHER_WALLET = (did_key(Ed25519Signer(bytes([number]) * 32).public_key) for number in (1, 2))


def copy(world: World, credential_id: str, holder: str = WALLET, key: str | None = None) -> Issued:
    """Issue a copy, in the name of Iida's organisation unless another key is shown."""
    rooms = world.rooms
    with rooms.database.read() as session:
        caller = caller_of(session, rooms.secrets, key or world.keys.iida, now=rooms.now())
    return Copies(rooms.database, rooms.secrets, rooms.issuing).issue_copy(credential_id, holder, caller=caller)


def verdict(world: World, document: bytes) -> str:
    """Return what our own verifier says of a file."""
    return str(world.client.post("/v1/verify", content=document).json()["verdict"])


def test_a_copy_is_about_the_wallet(world: World) -> None:
    """It says the same about another subject, has an id and a place of its own, is valid, and names what it repeats."""
    original = world.issue(valid_until="2027-12-31")
    made = copy(world, original["id"])
    document = orjson.loads(made.document)
    assert document["credentialSubject"]["id"] == WALLET
    assert document["credentialSubject"]["achievement"] == original["credential"]["credentialSubject"]["achievement"]
    for same in ("validFrom", "validUntil", "issuer", "name"):
        assert document[same] == original["credential"][same]
    assert document["credentialStatus"] != original["credential"]["credentialStatus"]
    assert verdict(world, made.document) == "VALID"
    kept = looked_up(world, made.credential_id)
    assert (kept["copy_of"], kept["participant"]) == (original["id"], original["participant"])
    assert looked_up(world, original["id"])["copy_of"] is None
    assert len(events(world, "credential.issued", made.credential_id)) == 1


def test_a_wallet_that_asks_again_gets_what_it_has(world: World) -> None:
    """One copy for each wallet: the same bytes again, also when it asks for a copy of its copy; another wallet gets its own."""
    original = world.issue()
    first = copy(world, original["id"])
    assert copy(world, original["id"]).document == first.document
    assert copy(world, first.credential_id).document == first.document
    other = copy(world, original["id"], OTHER_WALLET)
    assert other.credential_id != first.credential_id
    with world.rooms.database.read() as session:
        assert len(session.exec(select(CredentialRow).where(CredentialRow.copy_of_id != None)).all()) == 2  # noqa: E711 - SQL's IS NOT NULL


def test_side_by_side_one_copy(world: World) -> None:
    """Fifty requests of one wallet at once make one copy."""
    original = world.issue()
    made = side_by_side([partial(copy, world, original["id"]) for _ in range(50)])
    assert len({one.document for one in made}) == 1
    assert len(events(world, "credential.issued")) == 2


@pytest.mark.parametrize("named", ["original", "copy"])
def test_revoking_one_revokes_all(world: World, named: str) -> None:
    """Whichever of them is revoked: the others are too, each with an event that says because of which; the note stays with one."""
    original = world.issue()
    copies = [copy(world, original["id"], wallet) for wallet in (WALLET, OTHER_WALLET)]
    target = original["id"] if named == "original" else copies[0].credential_id
    changes = revisions(world)
    answer = correct(world, target, "revoke", reason="holder-request", note="Pyysi itse")
    assert answer.json()["revocation_note"] == "Pyysi itse"
    everyone = [original["id"], *(one.credential_id for one in copies)]
    for credential_id in everyone:
        kept = looked_up(world, credential_id)
        assert (kept["revoked_at"], kept["revocation_reason"]) == ("2026-11-21T12:00:00+00:00", "holder-request")
        assert kept["revocation_note"] == ("Pyysi itse" if credential_id == target else None)
        (event,) = events(world, "credential.revoked", credential_id)
        because_of = {} if credential_id == target else {"because_of": target}
        assert orjson.loads(event.details) == {"reason": "holder-request", **because_of}
    assert revisions(world) == changes + 3
    world.clock.move(seconds=1)
    assert {verdict(world, one.document) for one in copies} == {"REVOKED"}
    again = correct(world, everyone[1], "revoke", reason="issued-in-error")
    assert again.json()["revocation_reason"] == "holder-request"
    assert len(events(world, "credential.revoked")) == 3


def test_correcting_the_original_revokes_its_copies(world: World) -> None:
    """A correction takes the copies back too, and is asked of the original, not of a copy."""
    original = world.issue()
    made = copy(world, original["id"])
    refused = correct(world, made.credential_id, "reissue")
    assert (refused.status_code, refused.json()["code"]) == (409, "is-a-copy")
    assert original["id"] in refused.json()["detail"]
    assert correct(world, original["id"], "reissue").status_code == 201
    assert looked_up(world, made.credential_id)["revocation_reason"] == "replaced"


def test_revoking_many_names_the_copies(world: World) -> None:
    """The row of an original says which copies were revoked with it."""
    original = world.issue()
    made = copy(world, original["id"])
    body = {"reason": "issued-in-error", "ids": [original["id"], made.credential_id]}
    rows = world.client.post("/v1/credentials/revoke", json=body, headers=world.as_iida()).json()["rows"]
    assert [(row["outcome"], row["copies"]) for row in rows] == [
        ("revoked", [made.credential_id]),
        ("already-revoked", []),
    ]


def test_a_copy_of_a_summary_rests_on_nothing(world: World) -> None:
    """A summary can be copied like any badge, and only the original is named where a badge under it is revoked."""
    summary, small = summary_with_badges(world)
    copy(world, summary["id"])
    answer = correct(world, small["opi-hakeminen"]["id"], "revoke", reason="issued-in-error")
    assert answer.json()["summaries"] == [summary["id"]]


def test_what_is_not_copied(world: World) -> None:
    """Nothing revoked, nothing erased, nothing of another organisation, nothing that has ended."""
    revoked, erased, ended, ours = world.issue(), world.issue(), world.issue(valid_until="2026-12-31"), world.issue()
    correct(world, revoked["id"], "revoke", reason="issued-in-error")
    with world.rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
    participant = row_of(world, erased["id"]).participant_id
    erase_participant(world.rooms.writer, world.rooms.stamp("test"), organisation=kemi, participant_id=participant)
    world.clock.move(days=60)
    refusals: list[tuple[Any, str, type[OkbadgesError], str]] = [
        (revoked, world.keys.iida, Conflict, "already-revoked"),
        (erased, world.keys.iida, Gone, "erased"),
        (ended, world.keys.iida, InvalidInput, "valid-until"),
        (ours, world.keys.partner, NotFound, "unknown-credential"),
    ]
    for issued, key, kind, code in refusals:
        with pytest.raises(kind) as refused:
            copy(world, issued["id"], key=key)
        assert refused.value.code == code


def test_erasing_empties_the_copies_too(world: World) -> None:
    """A copy is about the same participant: it is erased with the original, stays revocable, and is not made again."""
    original = world.issue()
    made = copy(world, original["id"])
    with world.rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
    participant = row_of(world, original["id"]).participant_id
    erased = erase_participant(
        world.rooms.writer, world.rooms.stamp("test"), organisation=kemi, participant_id=participant
    )
    assert erased.credentials == 2
    assert row_of(world, made.credential_id).document is None
    correct(world, original["id"], "revoke", reason="issued-in-error")
    world.clock.move(seconds=1)
    assert verdict(world, made.document) == "REVOKED"
    with world.rooms.database.read() as session:
        assert list(broken_links(session)) == []


@pytest.mark.parametrize(
    "holder",
    [
        "",
        "did:web:example.org",
        "did:example:1",
        f"{WALLET}#key",
        "urn:uuid:1",
        "otto@example.fi",
        "did:key:\0",
        "did:key:",
    ],
)
def test_a_wallet_is_named_by_its_key(world: World, holder: str) -> None:
    """What is no did:key or did:jwk is refused before anything is looked at."""
    with pytest.raises(InvalidInput) as refused:
        copy(world, "urn:uuid:6f2d1c1e-0d5a-4f0e-9d5b-1c8a2f7e4b11", holder)
    assert (refused.value.code, refused.value.field) == ("holder-did", "holder")


def test_copying_against_revoking(world: World) -> None:
    """However copies and a revocation meet, no copy is left that still holds."""
    original = world.issue()
    wallets = [did_key(Ed25519Signer(bytes([number]) * 32).public_key) for number in range(10, 36)]

    def ask(wallet: str) -> str | None:
        with suppress(Conflict):
            return copy(world, original["id"], wallet).credential_id
        return None

    def revoke() -> str | None:
        correct(world, original["id"], "revoke", reason="holder-request")
        return None

    tasks: list[Callable[[], str | None]] = [*(partial(ask, wallet) for wallet in wallets), *([revoke] * 26)]
    made = side_by_side(tasks)
    for credential_id in filter(None, made):
        assert row_of(world, credential_id).revoked_at is not None
    assert row_of(world, original["id"]).revoked_at is not None
    assert len(events(world, "credential.revoked")) == 1 + len(list(filter(None, made)))
