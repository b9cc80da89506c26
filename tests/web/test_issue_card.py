"""``POST /v1/participants/{id}/card`` and ``POST /v1/groups/{group}/cards``: cards that open passports."""

from __future__ import annotations

import re
import uuid
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import col, select

from okbadges.errors import Gone
from okbadges.organisations.groups import end_group
from okbadges.organisations.roles import Role
from okbadges.passport.cards import read_code
from okbadges.passport.holder import card_by_code, card_by_token, holder_of_card, note_first_opening
from okbadges.passport.joining import join_passports
from okbadges.storage.tables import CardRow
from support.corrections import side_by_side
from support.groups import Journal, colleague, get, post, refusal
from support.learners import as_somebody_else, new_group, new_participant, pass_on
from support.passport import holder_of, new_card
from support.world import BASE_URL

if TYPE_CHECKING:
    from httpx2 import Response

    from support.world import World

PAGE = {"Accept": "text/html"}
ADDRESS = re.compile(re.escape(BASE_URL) + r"/p/[A-Za-z0-9_-]{27}")


def make(
    world: World, participant: uuid.UUID, headers: dict[str, str] | None = None, *, key: str | None = None
) -> Response:
    """Ask for a card, as Iida unless the headers say otherwise."""
    sent = {**(headers or world.as_iida()), **({"Idempotency-Key": key} if key is not None else {})}
    answer: Response = world.client.post(f"/v1/participants/{participant}/card", headers=sent)
    return answer


def card_of(answer: Response) -> dict[str, Any]:
    """Return the one card that was answered."""
    assert answer.status_code == 201, answer.text
    (card,) = answer.json()["cards"]
    found: dict[str, Any] = card
    return found


def opened(world: World, card: dict[str, Any]) -> uuid.UUID:
    """Open a passport with the QR code of a card, and return the card's id."""
    with world.rooms.database.read() as session:
        return card_by_token(session, card["address"].rpartition("/")[2])


def open_cards(world: World) -> list[CardRow]:
    """Return every card that opens a passport now."""
    with world.rooms.database.read() as session:
        return list(session.exec(select(CardRow).where(col(CardRow.ended_at).is_(None))))


def test_it_works(world: World) -> None:
    """Iida makes a card for Sani: it opens a passport by its address and by its code, and is told once."""
    participant = new_participant(world)
    journal = Journal(world)
    answer = make(world, participant)
    card = card_of(answer)
    assert answer.headers["cache-control"] == "no-store"
    assert (card["participant"], card["label"], card["replaces"]) == (str(participant), "Sani", False)
    assert card["issued_at"] == "2026-11-21T12:00:00Z"
    assert ADDRESS.fullmatch(card["address"])
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}", card["code"])
    assert opened(world, card) == uuid.UUID(card["card"])
    with world.rooms.database.read() as session:
        typed = read_code(card["code"].lower().replace("-", " "))
        by_code = card_by_code(session, world.rooms.secrets, world.rooms.failures, typed, tried_from="198.51.100.7")
        holder = holder_of_card(session, by_code)
    assert holder is not None
    assert holder.participants == (participant,)
    assert journal.news() == [("card.issued", f"participant:{participant}", {"card": card["card"], "ended": 0})]


def test_whether_somebody_has_a_card(world: World) -> None:
    """The state tells that there is a card and when it was first opened, and nothing that opens it."""
    participant = new_participant(world)
    path = f"/participants/{participant}/card"
    assert get(world, path).json() == {"has_card": False, "issued_at": None, "opened_at": None}
    card = card_of(make(world, participant))
    issued = {"has_card": True, "issued_at": "2026-11-21T12:00:00Z", "opened_at": None}
    assert get(world, path).json() == issued
    world.clock.move(hours=1)
    note_first_opening(world.rooms.writer, world.rooms.stamp("holder"), uuid.UUID(card["card"]))
    assert get(world, path).json() == {**issued, "opened_at": "2026-11-21T13:00:00Z"}


def test_a_new_card_ends_the_one_before(world: World) -> None:
    """A second request makes another card of the same passport; the lost one opens nothing from then on."""
    participant = new_participant(world)
    lost, found = card_of(make(world, participant)), card_of(make(world, participant))
    assert found["replaces"] is True
    assert {lost["address"], lost["code"]}.isdisjoint({found["address"], found["code"]})
    with pytest.raises(Gone) as gone:
        opened(world, lost)
    assert gone.value.code == "card-ended"
    [row] = open_cards(world)
    assert row.id == uuid.UUID(found["card"]) == opened(world, found)


def test_who_may(world: World) -> None:
    """The leader and an administrator with a key of their own; the administrator reads no label."""
    group = new_group(world)
    participant = new_participant(world, group)
    assert card_of(make(world, participant, world.as_aino()))["label"] is None
    assert get(world, f"/participants/{participant}/card", world.as_aino()).json()["has_card"] is True
    other, as_other = colleague(world)
    assert refusal(make(world, participant, as_other)) == (404, "unknown-participant")
    pass_on(world, group, other)
    assert card_of(make(world, participant, as_other))["label"] == "Sani"
    assert refusal(make(world, participant)) == (404, "unknown-participant")


def test_who_may_not(world: World) -> None:
    """Strangers, teachers, auditors, other organisations and programs get nothing, and nothing is written."""
    group = new_group(world)
    participant = new_participant(world, group)
    journal = Journal(world)
    program = world.key((), role=Role.ADMINISTRATOR)
    elsewhere = as_somebody_else(world, organisation="ranua")
    journal.news()
    strangers = {
        (403, "scope-missing"): [world.as_tuula(), world.as_audrey(), world.as_partner()],
        (403, "member-needed"): [program],
        (404, "unknown-participant"): [elsewhere],
        (401, "access-key-missing"): [{"X-Nothing": "1"}],
    }
    for expected, people in strangers.items():
        for headers in people:
            assert refusal(make(world, participant, headers)) == expected
            assert refusal(get(world, f"/participants/{participant}/card", headers)) == expected
            group_too = refusal(post(world, f"/groups/{group.id}/cards", headers))
            assert group_too == (expected if expected[0] != 404 else (404, "unknown-group"))
    for nobody in (uuid.uuid4(), "x", uuid.UUID(int=0)):
        assert refusal(make(world, nobody)) == (404, "unknown-participant")  # type: ignore[arg-type]
    assert journal.actions() == []
    assert open_cards(world) == []


def test_a_repeat_is_answered_with_the_same_card(world: World) -> None:
    """As long as nobody opened the card; after that, and after it was replaced, it is not told again."""
    participant = new_participant(world)
    first = make(world, participant, key="monday")
    journal = Journal(world)
    world.clock.move(hours=1)
    assert make(world, participant, key="monday").content == first.content
    assert journal.actions() == []
    note_first_opening(world.rooms.writer, world.rooms.stamp("holder"), uuid.UUID(card_of(first)["card"]))
    assert refusal(make(world, participant, key="monday")) == (409, "card-in-use")
    second = make(world, participant, key="tuesday")
    assert card_of(second)["replaces"] is True
    assert make(world, participant, key="tuesday").content == second.content
    card_of(make(world, participant))
    assert refusal(make(world, participant, key="tuesday")) == (409, "card-in-use")
    for key in ("", "x" * 201, "a\tb"):
        assert refusal(make(world, participant, key=key)) == (422, "idempotency-key")


def test_somebody_else_with_the_same_key_makes_a_card_of_their_own(world: World) -> None:
    """Nobody can look at the card of another one's request by guessing what it was called: theirs ends that card, which is seen."""
    participant = new_participant(world)
    mine = card_of(make(world, participant, key="monday"))
    theirs = card_of(make(world, participant, world.as_aino(), key="monday"))
    assert theirs["replaces"] is True
    assert theirs["code"] != mine["code"]


def test_a_whole_group(world: World) -> None:
    """Everybody who has none gets a card, in one request; asked again it makes none, and a newcomer gets theirs."""
    group = new_group(world)
    sani, otto = (new_participant(world, group, label) for label in ("Sani", "Otto"))
    card_of(make(world, sani))
    journal = Journal(world)
    path = f"/groups/{group.id}/cards"
    assert card_of(post(world, path))["label"] == "Otto"
    assert [(action, subject) for action, subject, _ in journal.news()] == [("card.issued", f"participant:{otto}")]
    again = post(world, path)
    assert (again.status_code, again.json()) == (200, {"cards": []})
    without_body = world.client.post(f"/v1{path}", headers=world.as_iida())
    assert (without_body.status_code, without_body.json()) == (200, {"cards": []})
    noora = new_participant(world, group, "Noora")
    card = card_of(post(world, path, participants=[str(sani), str(noora), str(noora)]))
    assert card["participant"] == str(noora)
    assert len(open_cards(world)) == 3


def test_a_group_repeated(world: World) -> None:
    """With the same key the same cards are answered, but those that somebody opened."""
    group = new_group(world)
    for label in ("Sani", "Otto"):
        new_participant(world, group, label)
    headers = {**world.as_iida(), "Idempotency-Key": "aamu-1"}
    first = post(world, f"/groups/{group.id}/cards", headers)
    assert post(world, f"/groups/{group.id}/cards", headers).content == first.content
    one, other = first.json()["cards"]
    note_first_opening(world.rooms.writer, world.rooms.stamp("holder"), uuid.UUID(one["card"]))
    assert post(world, f"/groups/{group.id}/cards", headers).json()["cards"] == [other]


def test_only_named_cards_are_replaced(world: World) -> None:
    """Replacing needs names, and names need to be of the group; the others keep their cards."""
    group, second = new_group(world), new_group(world, slug="ilta")
    sani, otto = (new_participant(world, group, label) for label in ("Sani", "Otto"))
    elsewhere = new_participant(world, second, "Aada")
    path = f"/groups/{group.id}/cards"
    before = {card["participant"]: card for card in post(world, path).json()["cards"]}
    journal = Journal(world)
    refused: dict[tuple[int, str], list[dict[str, Any]]] = {
        (422, "participants-missing"): [{"replace": True}],
        (404, "unknown-participant"): [
            {"replace": True, "participants": [str(sani), str(elsewhere)]},
            {"participants": [str(uuid.uuid4())]},
        ],
        (422, "invalid-field"): [
            {"replace": True, "participants": []},
            {"replace": "yes", "participants": [str(sani)]},
            {"participants": ["x"]},
            {"participants": [str(sani)] * 501},
            {"all": True},
        ],
    }
    for expected, bodies in refused.items():
        for body in bodies:
            assert refusal(post(world, path, **body)) == expected
    assert journal.actions() == []
    card = card_of(post(world, path, replace=True, participants=[str(sani)]))
    assert (card["participant"], card["replaces"]) == (str(sani), True)
    with pytest.raises(Gone):
        opened(world, before[str(sani)])
    assert opened(world, before[str(otto)])


def test_a_passport_of_ones_own(world: World) -> None:
    """Sani and Otto were joined by mistake: the card that Iida makes takes Otto out, and Sani's card stays."""
    group = new_group(world)
    sani, otto = (new_participant(world, group, label) for label in ("Sani", "Otto"))
    card, ends = (new_card(world, one) for one in (sani, otto))

    def join(other: uuid.UUID) -> None:
        rooms = world.rooms
        join_passports(rooms.writer, rooms.stamp("holder"), holder_of(world, card), other)

    join(ends.id)
    path, journal = f"/participants/{otto}/card", Journal(world)
    refused: list[dict[str, Any]] = [{"own_passport": "yes"}, {"own_passport": None}, {"apart": True}]
    assert {refusal(post(world, path, **body)) for body in refused} == {(422, "invalid-field")}
    assert journal.actions() == []
    headers = {**world.as_iida(), "Idempotency-Key": "apart"}
    answer = post(world, path, headers, own_passport=True)
    made = card_of(answer)
    assert (made["participant"], made["replaces"]) == (str(otto), False)
    assert post(world, path, headers, own_passport=True).content == answer.content
    assert [action for action, _, _ in journal.news()] == ["card.issued"]
    assert holder_of(world, card).participants == (sani,)
    join(opened(world, made))
    path = f"/groups/{group.id}/cards"
    assert refusal(post(world, path, own_passport=True)) == (422, "participants-missing")
    again = card_of(post(world, path, own_passport=True, participants=[str(otto)]))
    assert (again["participant"], again["replaces"]) == (str(otto), False)
    assert holder_of(world, card).participants == (sani,)


def test_an_ended_group_gets_none(world: World) -> None:
    """A group that has ended, or is nobody's, is refused."""
    group = new_group(world)
    new_participant(world, group)
    end_group(world.rooms.writer, world.rooms.stamp("test"), group)
    assert refusal(post(world, f"/groups/{group.id}/cards")) == (409, "group-ended")
    assert refusal(post(world, f"/groups/{uuid.uuid4()}/cards")) == (404, "unknown-group")
    assert refusal(post(world, "/groups/x/cards")) == (422, "invalid-field")


def test_racing_requests_leave_one_open_card(world: World) -> None:
    """Whatever is asked at once, exactly one card of a passport opens it, and there is one passport."""
    group = new_group(world)
    participant = new_participant(world, group)
    single = partial(make, world, participant)
    whole = partial(post, world, f"/groups/{group.id}/cards")
    answers = side_by_side([single, whole, single, whole])
    assert {answer.status_code for answer in answers} <= {200, 201}
    made = [card for answer in answers for card in answer.json()["cards"]]
    [row] = open_cards(world)
    with world.rooms.database.read() as session:
        assert {one.passport_id for one in session.exec(select(CardRow))} == {row.passport_id}
    assert [card["card"] for card in made].count(str(row.id)) == 1


def test_a_sheet_to_print(world: World) -> None:
    """Whoever asks for a page gets the sheet, in the language of the address, with labels for their leader only."""
    group = new_group(world)
    participant = new_participant(world, group, "Sani & Co")
    answer = world.client.post(f"/v1/groups/{group.id}/cards?lang=sv", headers={**world.as_iida(), **PAGE})
    assert answer.status_code == 201
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-store"
    assert '<html lang="sv">' in answer.text
    assert "Kompetenspass" in answer.text
    assert "Sani &amp; Co" in answer.text
    (style,) = re.findall(r'<link rel="stylesheet" href="([^"]+)">', answer.text)
    assert world.client.get(style).headers["content-type"].startswith("text/css")
    assert not re.search(r"<style|style=|<script", answer.text)
    as_aino = world.client.post(f"/v1/participants/{participant}/card", headers={**world.as_aino(), **PAGE})
    assert "Sani" not in as_aino.text
    assert participant.hex[-4:] in as_aino.text
    nothing = world.client.post(f"/v1/groups/{group.id}/cards?lang=en", headers={**world.as_iida(), **PAGE})
    assert nothing.status_code == 200
    assert "Everybody in the group has a card already." in nothing.text
    refused = world.client.post(f"/v1/groups/{group.id}/cards?lang=xx", headers={**world.as_iida(), **PAGE})
    assert refusal(refused) == (422, "invalid-field")
