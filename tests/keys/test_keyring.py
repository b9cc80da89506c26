"""An issuer's keys: several kinds, published before they sign, and never opened by another secret than theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from okbadges.building import build_rooms
from okbadges.credentials.controllers import MAX_METHODS
from okbadges.credentials.signers import Ed25519Signer
from okbadges.errors import ConfigurationError, Conflict
from okbadges.keys.keyring import KEPT_FREE, PUBLISH_AHEAD, published_keys
from okbadges.keys.kinds import KeyKind
from okbadges.organisations.issuers import create_issuer, find_issuer
from okbadges.storage.tables import EventRow, SigningKeyRow
from okbadges.web.issuers import DID_MAX_AGE_SECONDS
from support.world import settings_for

if TYPE_CHECKING:
    from okbadges.edge.rooms import Rooms
    from okbadges.keys.keyring import AddedKey, SigningKey
    from okbadges.organisations.issuers import Issuer
    from support.world import Prepared, World

DID = "did:web:localhost%3A8000:issuers:ok"


def issuer_of(world: World) -> Issuer:
    """Return the issuer of this world."""
    with world.rooms.database.read() as session:
        return find_issuer(session, "ok")


def signs_now(rooms: Rooms, kind: KeyKind = KeyKind.ED25519) -> SigningKey:
    """Return the key that signs now."""
    with rooms.database.read() as session:
        return rooms.keyring.signing_key(session, find_issuer(session, "ok"), kind)


def add(world: World, kind: KeyKind = KeyKind.ED25519) -> AddedKey:
    """Give the issuer another key."""
    return world.rooms.keyring.add_key(world.rooms.writer, world.rooms.stamp("test"), issuer_of(world), kind)


def said(rooms: Rooms) -> list[str]:
    """Return what checking every key says."""
    with rooms.database.read() as session:
        return list(rooms.keyring.check(session))


def test_it_works(world: World) -> None:
    """An issuer has an Ed25519 and a P-256 key, both published, and each signs what its published half verifies."""
    with world.rooms.database.read() as session:
        published = {key.name: key.public_key for key in published_keys(session, issuer_of(world))}
    assert {name: key.kind for name, key in published.items()} == {f"{DID}#key-1": "ed25519", f"{DID}#key-2": "p-256"}
    for kind, number in ((KeyKind.ED25519, 1), (KeyKind.P256, 2)):
        key = signs_now(world.rooms, kind)
        assert key.verification_method == f"{DID}#key-{number}"
        assert published[key.verification_method].verify(key.signer.sign(b"m"), b"m")
    assert said(world.rooms) == []


def test_a_new_key_is_published_at_once_and_signs_when_everybody_knows_it(world: World) -> None:
    """For ten minutes the old key goes on signing: longer than a did document may be kept."""
    assert PUBLISH_AHEAD.total_seconds() >= 2 * DID_MAX_AGE_SECONDS
    added = add(world)
    assert (added.number, added.signs_from) == (3, world.clock() + PUBLISH_AHEAD)
    assert f"{DID}#key-3" in world.client.get("/issuers/ok/did.json").text
    world.clock.move(minutes=9, seconds=59)
    assert signs_now(world.rooms).verification_method == f"{DID}#key-1"
    world.clock.move(seconds=1)
    assert signs_now(world.rooms).verification_method == f"{DID}#key-3"
    assert signs_now(world.rooms, KeyKind.P256).verification_method == f"{DID}#key-2"


def test_the_first_key_of_a_kind_signs_at_once(world: World) -> None:
    """Nothing could be signed with another one, so waiting would gain nothing."""
    added = add(world, KeyKind.RSA3072)
    assert added.signs_from == world.clock()
    key = signs_now(world.rooms, KeyKind.RSA3072)
    assert key.published_key.kind == "rsa"
    assert len(key.signer.sign(b"m")) == 3072 // 8


def test_a_clock_that_was_set_back_stops_no_signing(world: World) -> None:
    """Before the first key signs, the first key signs."""
    world.clock.move(days=-500)
    assert signs_now(world.rooms).verification_method == f"{DID}#key-1"


def test_another_process_sees_a_rotation_at_once(world: World, ground: tuple[str, Prepared]) -> None:
    """Only opened keys are remembered; which one signs is asked anew. An opened key is not opened again."""
    other = build_rooms(settings_for(ground[0]), demo=False, now=world.clock)
    try:
        assert signs_now(other) is signs_now(other)
        add(world)
        world.clock.move(minutes=10)
        assert signs_now(other).verification_method == f"{DID}#key-3"
    finally:
        other.writer.close()
        other.database.close()


def test_a_key_that_is_not_there_is_asked_for_by_its_command(world: World) -> None:
    """Whoever reads the refusal knows what to run."""
    with pytest.raises(ConfigurationError, match="okbadges issuer add-key ok --kind rsa3072") as refused:
        signs_now(world.rooms, KeyKind.RSA3072)
    assert refused.value.code == "no-signing-key"


def test_first_keys_are_made_once(world: World) -> None:
    """What an issuer has already is not made again; of one that has only the older kind, the other is made."""
    rooms = world.rooms
    with rooms.database.read() as session:
        assert rooms.keyring.add_first_keys(session, rooms.writer, rooms.stamp("test"), issuer_of(world)) == []
    made = create_issuer(
        rooms.writer,
        rooms.stamp("test"),
        slug="new",
        name="New",
        url="https://new.example",
        description=None,
        base_url=rooms.base_url,
    )
    rooms.keyring.add_key(rooms.writer, rooms.stamp("test"), made)
    with rooms.database.read() as session:
        (added,) = rooms.keyring.add_first_keys(session, rooms.writer, rooms.stamp("test"), made)
    assert (added.kind, added.number) == (KeyKind.P256, 2)


def test_a_did_document_never_gets_more_keys_than_verifiers_look_at(world: World) -> None:
    """A document with too many keys is not looked at, and everything that was signed would be lost."""
    row = add(world)
    with world.rooms.database.read() as session:
        template = session.exec(select(SigningKeyRow).where(SigningKeyRow.number == row.number)).one().model_dump()

    def fill(connection: object) -> None:
        from okbadges.storage.writer import add as insert  # noqa: PLC0415 - the name is taken above

        for number in range(row.number + 1, MAX_METHODS - KEPT_FREE + 1):
            insert(connection, SigningKeyRow(**{**template, "id": world.rooms.stamp("x").row_id(), "number": number}))  # type: ignore[arg-type]

    world.rooms.writer.write(fill)
    with pytest.raises(Conflict) as refused:
        add(world)
    assert refused.value.code == "too-many-keys"


def test_one_event_says_that_a_key_was_added(world: World) -> None:
    """Its name and its kind, and nothing of the key."""
    add(world, KeyKind.P256)
    with world.rooms.database.read() as session:
        events = session.exec(
            select(EventRow).where(EventRow.action == "key.added").order_by(col(EventRow.number).desc())
        ).all()
    assert (events[0].subject, events[0].details) == (f"{DID}#key-3", '{"in_token":0,"kind":"p256"}')
    assert len(events) == 3


def test_a_key_whose_halves_do_not_belong_together_never_signs(world: World) -> None:
    """A database in which the published half was exchanged is found out, by the check and by whoever wants to sign."""
    stranger = Ed25519Signer(bytes(range(32))).public_key.multibase()
    change = update(SigningKeyRow).where(col(SigningKeyRow.number) == 1).values(public_multibase=stranger)
    world.rooms.writer.write(lambda connection: connection.execute(change) and None)
    with pytest.raises(ConfigurationError) as refused:
        signs_now(world.rooms)
    assert refused.value.code == "key-mismatch"
    assert [words for words in said(world.rooms) if words.startswith("key 1 of the issuer ok: ")] == said(world.rooms)


@pytest.mark.parametrize(("sealed", "what"), [(b"x" * 60, "does not open"), (None, "private half is not here")])
def test_a_key_that_does_not_open_is_told(world: World, sealed: bytes | None, what: str) -> None:
    """Each key is looked at, and each that does not open is named with what to do."""
    change = update(SigningKeyRow).where(col(SigningKeyRow.number) == 2).values(sealed_private_key=sealed)
    world.rooms.writer.write(lambda connection: connection.execute(change) and None)
    (words,) = said(world.rooms)
    assert words.startswith("key 2 of the issuer ok: ")
    assert what in words


def test_a_private_half_opens_in_its_own_row_only(world: World) -> None:
    """Moved to another row, a sealed key does not open: what was sealed is bound to where it is."""
    with world.rooms.database.read() as session:
        first = session.exec(select(SigningKeyRow).where(SigningKeyRow.number == 1)).one()
    change = (
        update(SigningKeyRow)
        .where(col(SigningKeyRow.number) == 2)
        .values(sealed_private_key=first.sealed_private_key, public_multibase=first.public_multibase, kind=first.kind)
    )
    world.rooms.writer.write(lambda connection: connection.execute(change) and None)
    assert ["does not open" in words for words in said(world.rooms)] == [True]
