"""An issuer that was handed over: what is here is erased all the same, and it is said who has to erase the rest."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from sqlmodel import select

from okbadges.operations.handover import export_issuer
from okbadges.organisations.access_keys import WantedKey, create_access_key
from okbadges.organisations.groups import WantedGroup, create_group
from okbadges.organisations.issuers import create_issuer
from okbadges.organisations.members import create_member
from okbadges.organisations.roles import Role
from okbadges.organisations.workshops import create_organisation, create_workshop, find_organisation
from okbadges.passport.elsewhere import NewHome, new_homes
from okbadges.passport.erasure import erase_evidence_of_badge
from okbadges.passport.joining import join_passports
from okbadges.progress.evidence import NewPiece, keep_evidence
from okbadges.progress.evidence_content import text_content
from okbadges.storage.tables import CardRow, CredentialRow, EvidenceRow, ParticipantRow
from support.command_line import operating
from support.groups import Journal
from support.passport import holder_of, new_card, open_with
from support.restoring import backup_of, copy
from support.world import NOW, order

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fastapi.testclient import TestClient

    from okbadges.operations.restore import Restored
    from okbadges.passport.cards import Card
    from support.world import World

    Restoring = Callable[..., tuple[World, Restored]]

ERASE = "/passport/settings/erase"
HOME = "https://merkit.oulu.example"


@dataclass(frozen=True, slots=True)
class Otto:
    """Somebody with a badge of Kemi and one of Oulu in one passport; Oulu has an issuer of its own, and Oona administers it."""

    kemi: uuid.UUID
    oulu: uuid.UUID
    card: Card
    as_oona: dict[str, str]
    badge: str


@pytest.fixture
def otto(world: World) -> Otto:
    """Let Otto bring what he has in Oulu into his passport of Kemi."""
    as_oona, as_olavi = _oulu(world)
    wanted = order(organisation="oulu", workshop="paja", badge="kasi-puu")
    issued = world.client.post("/v1/credentials", json=wanted, headers=as_olavi).json()
    kemi, oulu = uuid.UUID(world.issue()["participant"]), uuid.UUID(issued["participant"])
    card, ends = new_card(world, kemi), new_card(world, oulu, organisation="oulu")
    join_passports(world.rooms.writer, world.rooms.stamp("holder"), holder_of(world, card), ends.id)
    return Otto(kemi, oulu, card, as_oona, issued["id"])


def _oulu(world: World) -> tuple[dict[str, str], dict[str, str]]:
    """Make an issuer at a domain of its own with one organisation; return the keys of its administrator and its instructor."""
    rooms, stamp = world.rooms, world.rooms.stamp("test")
    issuer = create_issuer(
        rooms.writer,
        stamp,
        slug="pohjoinen",
        name="Pohjoiset merkit",
        url="https://pohjoinen.example",
        description=None,
        base_url=rooms.base_url,
        domain=HOME.removeprefix("https://"),
    )
    with rooms.database.read() as session:
        rooms.keyring.add_first_keys(session, rooms.writer, stamp, issuer)
    oulu = create_organisation(rooms.writer, stamp, issuer_id=issuer.id, slug="oulu", name="Oulun pajat")
    workshop = create_workshop(rooms.writer, stamp, organisation=oulu, slug="paja", name="Paja")
    headers = []
    for role in (Role.ADMINISTRATOR, Role.INSTRUCTOR):
        member = create_member(rooms.writer, stamp, rooms.secrets, organisation=oulu, role=role, name="Oona")
        wanted = WantedKey(f"oulu {role}", [oulu], (), NOW.replace(year=2027), role, member.id)
        key = create_access_key(rooms.writer, stamp, rooms.secrets, wanted)
        headers.append({"Authorization": f"Bearer {key}"})
    create_group(rooms.writer, stamp, organisation=oulu, wanted=WantedGroup(workshop, member.id, "ryhma", "Ryhmä"))
    return headers[0], headers[1]


def hand_over(world: World, folder: Path, slug: str = "pohjoinen") -> None:
    """Hand an issuer over to somebody else."""
    rooms, stamp = world.rooms, world.rooms.stamp("operator")
    files = {"file": folder / f"{slug}.handover", "key_file": folder / f"{slug}.key"}
    export_issuer(rooms.database, rooms.writer, stamp, rooms.secrets, slug, **files)


def erase(client: TestClient) -> str:
    """Erase everything, after a clear yes, and return the page."""
    answer = client.post(ERASE, data={"sure": "yes"})
    assert answer.status_code == 200, answer.text
    return answer.text


def nobody_is_left(world: World, otto: Otto) -> bool:
    """Tell whether nothing of Otto is here any more."""
    with world.rooms.database.read() as session:
        people = [session.get(ParticipantRow, one) for one in (otto.kemi, otto.oulu)]
        documents = session.exec(select(CredentialRow.document)).all()
        cards = session.exec(select(CardRow.id)).all()
    return people == [None, None] and set(documents) == {None} and cards == []


def test_it_works(world: World, otto: Otto, tmp_path: Path) -> None:
    """Everything here goes; the page says before and after that Oulu's new home erases what went there, and where it is."""
    hand_over(world, tmp_path)
    client, journal = open_with(world, otto.card), Journal(world)
    before = client.get(ERASE).text
    after = erase(client)
    for page in (before, after):
        assert "Oulun pajat" in page
        assert "Pohjoiset merkit" in page
        assert f'href="{HOME}"' in page
        assert "Kemin taitopaja" not in page
    assert nobody_is_left(world, otto)
    told = sorted((action, subject) for action, subject, _ in journal.news())
    assert told == sorted(("participant.erased", f"participant:{one}") for one in (otto.kemi, otto.oulu))
    assert client.get("/passport").headers["location"] == "/p"


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_nothing_is_said_of_issuers_that_are_here(world: World, otto: Otto, language: str) -> None:
    """Where nobody moved there is no such place."""
    client = open_with(world, otto.card)
    assert HOME not in client.get(f"{ERASE}?lang={language}").text
    assert HOME not in erase(client)
    assert nobody_is_left(world, otto)


def test_both_are_elsewhere(world: World, otto: Otto, tmp_path: Path) -> None:
    """What is here goes all the same, and both new homes are named."""
    hand_over(world, tmp_path)
    hand_over(world, tmp_path, "ok")
    page = erase(open_with(world, otto.card))
    assert page.index("Kemin taitopaja") < page.index("Oulun pajat")
    assert nobody_is_left(world, otto)


def test_the_api_says_where_the_rest_is(world: World, otto: Otto, tmp_path: Path) -> None:
    """An administrator erases what is here; the answer names the issuer and its home. Of one that is here it names nothing."""
    hand_over(world, tmp_path)
    for participant, headers, elsewhere in (
        (otto.oulu, otto.as_oona, {"issuer": "Pohjoiset merkit", "home_url": HOME}),
        (otto.kemi, world.as_aino(), None),
    ):
        answer = world.client.post(
            f"/v1/participants/{participant}/erase", json={"participant": str(participant)}, headers=headers
        )
        assert answer.status_code == 200, answer.text
        assert answer.json()["elsewhere"] == elsewhere
    assert nobody_is_left(world, otto)


def test_the_command_says_it_too(world: World, otto: Otto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a sentence."""
    hand_over(world, tmp_path)
    operator = operating(world, monkeypatch)
    said = operator.must("participant", "erase", str(otto.oulu), "--confirm", str(otto.oulu))
    assert "Pohjoiset merkit" in said
    assert HOME in said
    assert HOME not in operator.must("participant", "erase", str(otto.kemi), "--confirm", str(otto.kemi))


def test_evidence_goes_too(world: World, otto: Otto, tmp_path: Path) -> None:
    """The evidence of a badge in both is deleted in both."""
    rooms = world.rooms
    for slug, participant in (("oulu", otto.oulu), ("kemi", otto.kemi)):
        with rooms.database.read() as session:
            organisation = find_organisation(session, slug)
        keep_evidence(
            rooms.writer,
            rooms.stamp("test"),
            rooms.secrets,
            organisation=organisation,
            participant_id=participant,
            new=NewPiece("kasi-puu", text_content("Näin"), agreed=True),
        )
    hand_over(world, tmp_path)
    client, journal = open_with(world, otto.card), Journal(world)
    assert client.post("/passport/settings/evidence/kasi-puu/erase").status_code == 303
    assert journal.actions() == ["evidence.erased", "evidence.erased"]
    with rooms.database.read() as session:
        assert session.exec(select(EvidenceRow.id)).all() == []


def test_an_erasure_here_is_redone_after_a_restore(
    world: World, restored: Restoring, otto: Otto, tmp_path: Path, second_place: Path
) -> None:
    """Though the issuer's own chain tells nothing of it."""
    backup = backup_of(world, tmp_path / "backup.okb")
    hand_over(world, tmp_path)
    erase(open_with(world, otto.card))
    copy(world, second_place)
    again, done = restored(backup, second_place)
    assert done.replayed is not None
    assert done.replayed.not_redone == {}
    assert nobody_is_left(again, otto)


def test_where_issuers_went(world: World, otto: Otto, tmp_path: Path) -> None:
    """By the keys of their organisations."""
    with world.rooms.database.read() as session:
        keys = [find_organisation(session, slug).id for slug in ("kemi", "oulu")]
        assert new_homes(session, keys) == []
    hand_over(world, tmp_path)
    with world.rooms.database.read() as session:
        assert new_homes(session, keys) == [NewHome("Oulun pajat", "Pohjoiset merkit", HOME)]
        assert new_homes(session, keys[:1]) == []
    rooms = world.rooms
    with rooms.database.read() as session:
        oulu = find_organisation(session, "oulu")
    assert (
        erase_evidence_of_badge(
            rooms.writer, rooms.stamp("test"), organisation=oulu, participant_id=otto.oulu, badge="kasi-puu"
        )
        == 0
    )
