"""``POST /ims/ob/v3p0/credentials``."""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from sqlmodel import select

from okbadges.errors import NotFound
from okbadges.partners.open_badges_api import putting
from okbadges.passport.brought import brought_of, remove_brought
from okbadges.storage.tables import BroughtCredentialRow, CredentialRow, EventRow
from support.corrections import side_by_side
from support.journal import broken_links
from support.learners import new_group, new_participant
from support.partners import API, allowed, take_back
from support.passport import give_badge
from verification.attacks import Suite
from verification.jwts import claims_of, compact
from verification.making import Maker, credential, status_entry

if TYPE_CHECKING:
    from pathlib import Path

    import httpx2

    from okbadges.passport.brought import Brought
    from support.open_badges_api import OpenBadgesClient
    from support.world import World
    from web.open_badges_api.conftest import Sani

CREDENTIALS = f"{API}/credentials"
GROUPS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
NOBODY_LISTENS = "http://localhost:1/status/1"


def kept(world: World, sani: Sani) -> list[Brought]:
    """Return what was brought into Sani's passport."""
    with world.rooms.database.read() as session:
        return brought_of(session, world.rooms.secrets, sani.program.passport_id)


def told(world: World) -> list[str]:
    """Return what the journal tells of badges that were brought."""
    wanted = select(EventRow).where(EventRow.action.startswith("brought-")).order_by(EventRow.number)  # type: ignore[arg-type]
    with world.rooms.database.read() as session:
        return [event.action.rpartition(".")[2] for event in session.exec(wanted)]


def post(world: World, sani: Sani, body: bytes, media_type: str = "application/json") -> httpx2.Response:
    """Put something."""
    headers = {**sani.program.headers, "Content-Type": media_type}
    answer: httpx2.Response = world.client.post(CREDENTIALS, content=body, headers=headers)
    return answer


def signed(**changes: Any) -> bytes:
    """Return a stranger's badge as bytes, written so that no other writer would write it the same."""
    return orjson.dumps(Maker.by_key().badge(**changes), option=orjson.OPT_INDENT_2) + b"\n"


def unsigned(**changes: Any) -> bytes:
    """Return a badge that nobody signed."""
    return orjson.dumps(credential(Maker.by_key().did, **changes))


def jwt(**changes: Any) -> bytes:
    """Return a stranger's badge as a JWT of Open Badges 3.0."""
    maker = Maker.by_key()
    claims = claims_of(credential(maker.did, **changes))
    return compact({"alg": "EdDSA", "typ": "JWT", "kid": maker.method}, claims, maker.signer.sign)


def test_it_works(world: World, sani: Sani, backpack: OpenBadgesClient) -> None:
    """A badge is put in, kept byte for byte, answered as it was sent, and read again by the same program."""
    badge = signed()
    answer = backpack.call("upsertCredential", token=sani.token, body=badge)
    assert (answer.status_code, answer.content) == (201, badge)
    assert answer.headers["Cache-Control"] == "no-store"
    [found] = kept(world, sani)
    assert (found.document, found.media_type) == (badge, "application/json")
    assert badge in backpack.call("getCredentials", token=sani.token).content
    assert told(world) == ["added"]
    with world.rooms.database.read() as session:
        assert list(broken_links(session)) == []


def test_a_jwt_is_put_as_text(sani: Sani, backpack: OpenBadgesClient) -> None:
    """It comes back as text, is read among the JWTs, and stays the bytes that were sent."""
    badge = jwt()
    answer = backpack.call("upsertCredential", token=sani.token, body=badge, media_type="text/plain")
    assert (answer.status_code, answer.content) == (201, badge), answer.text
    page = backpack.call("getCredentials", token=sani.token).json()
    assert page["compactJwsString"] == [badge.decode()]
    assert len(page["credential"]) == 2


@pytest.mark.parametrize(
    "media_type", ["application/json", "application/vc+ld+json", "application/vc", "application/ld+json"]
)
def test_json_has_several_names(world: World, sani: Sani, media_type: str) -> None:
    """The answer has the media type that was sent, parameters aside."""
    answer = post(world, sani, signed(), f"{media_type.upper()}; charset=utf-8")
    assert (answer.status_code, answer.headers["content-type"]) == (201, media_type)


@pytest.mark.parametrize("media_type", ["text/plain", "application/vc+jwt", "application/jwt"])
def test_a_jwt_has_several_names(world: World, sani: Sani, media_type: str) -> None:
    """The same for JWTs."""
    answer = post(world, sani, jwt(), media_type)
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (201, media_type)


def test_the_same_again_changes_nothing(world: World, sani: Sani) -> None:
    """A repeat is 200 and leaves no event, and nobody is asked about it a second time."""
    badge = signed()
    assert [post(world, sani, badge).status_code for _ in range(3)] == [201, 200, 200]
    assert told(world) == ["added"]
    assert len(kept(world, sani)) == 1


def test_equal_ones_are_one(world: World, sani: Sani) -> None:
    """Same issuer and same id once percent signs are read and white space is cut: the newer takes the place of the older."""
    first = signed(id="https://issuer.example/a%20b")
    newer = signed(id="https://issuer.example/a%20%62", validFrom="2026-10-02T00:00:00Z")
    assert [post(world, sani, one).status_code for one in (first, newer)] == [201, 200]
    assert [one.document for one in kept(world, sani)] == [newer]
    assert told(world) == ["added", "replaced"]
    assert post(world, sani, signed(id="https://issuer.example/other")).status_code == 201


def test_an_older_one_never_takes_the_place_of_a_newer(world: World, sani: Sani) -> None:
    """It is 304 without a body, and nothing changes."""
    newer, older = signed(validFrom="2026-10-02T00:00:00Z"), signed(validFrom="2026-10-01T23:59:59Z")
    assert [post(world, sani, one).status_code for one in (newer, older)] == [201, 304]
    assert post(world, sani, older).content == b""
    assert [one.document for one in kept(world, sani)] == [newer]
    assert told(world) == ["added"]


def test_another_form_of_the_same_takes_its_place(world: World, sani: Sani) -> None:
    """A JWT and an embedded proof of one credential are one credential."""
    assert [post(world, sani, signed()).status_code, post(world, sani, jwt(), "text/plain").status_code] == [201, 200]
    assert [one.is_jwt for one in kept(world, sani)] == [True]


def test_of_another_issuer_it_is_another(world: World, sani: Sani) -> None:
    """An id alone says nothing: nobody takes the place of somebody else's badge."""
    other = orjson.dumps(Maker.by_key(7).badge())
    assert [post(world, sani, one).status_code for one in (signed(), other)] == [201, 201]
    assert len(kept(world, sani)) == 2


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"validUntil": "2026-10-31T00:00:00Z"}, "EXPIRED"),
        ({"validFrom": "2027-10-31T00:00:00Z"}, "NOT_YET_VALID"),
        ({"credentialStatus": status_entry(url=NOBODY_LISTENS)}, "INDETERMINATE"),
    ],
)
def test_what_does_not_hold_now_is_kept(world: World, sani: Sani, changes: dict[str, Any], verdict: str) -> None:
    """A passport keeps what its holder has: expired, not yet valid or with a status that cannot be read now."""
    badge = signed(**changes)
    assert world.rooms.verify(badge).verdict == verdict
    assert post(world, sani, badge).status_code == 201


def test_a_badge_of_ours_that_they_have_is_not_kept_twice(world: World, sani: Sani, backpack: OpenBadgesClient) -> None:
    """It is theirs by our own records already, in whatever form it comes back."""
    with world.rooms.database.read() as session:
        ours = session.get_one(CredentialRow, sani.badges[0]).document
    assert ours is not None
    answer = backpack.call("upsertCredential", token=sani.token, body=ours)
    assert (answer.status_code, answer.content) == (200, ours)
    assert kept(world, sani) == []
    assert told(world) == []
    assert len(backpack.call("getCredentials", token=sani.token).json()["credential"]) == 2


def test_a_badge_of_ours_of_somebody_else_is_a_file_like_any_other(world: World, sani: Sani) -> None:
    """It is kept as brought, and never becomes theirs by our records: who holds a file is not who earned the badge."""
    eino = new_participant(world, new_group(world, slug="ilta"), "Eino")
    row = give_badge(world, eino, "digi-laite")
    with world.rooms.database.read() as session:
        einos = session.get_one(CredentialRow, row).document
    assert einos is not None
    assert post(world, sani, einos).status_code == 201
    assert [one.document for one in kept(world, sani)] == [einos]
    with world.rooms.database.read() as session:
        assert session.get_one(CredentialRow, row).participant_id == eino


def altered(badge: bytes) -> bytes:
    """Return a badge with another name in it."""
    return badge.replace(b"Knows how to run", b"Is the owner of")


@pytest.mark.parametrize(
    ("body", "media_type", "words"),
    [
        (altered(signed()), "application/json", "bad-signature"),
        (jwt()[:-8] + b"AAAAAAAA", "text/plain", "bad-signature"),
        (unsigned(), "application/json", "not as its issuer signed it"),
        (b"", "application/json", "Send the badge"),
        (b"nonsense", "application/json", "must be a JSON object"),
        (b"[]", "application/json", "must be a JSON object"),
        (b"{}", "application/json", "AchievementCredential"),
        (b'{"id":1,"id":2}', "application/json", "cannot be read"),
        (b'{"id":"\\u0000"}', "application/json", "AchievementCredential"),
        (b"\xff\xfe{}", "application/json", "must be a JSON object"),
        (b"\xef\xbb\xbf" + signed(), "application/json", "cannot be read"),
        (signed(), "text/plain", "must be a JWT"),
        (jwt(), "application/json", "must be a JSON object"),
        (b"https://issuer.example/badge.json", "text/plain", "must be a JWT"),
        (b"http://localhost:1/", "application/json", "must be a JSON object"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "application/json", "must be a JSON object"),
        (b"\x89PNG\r\n\x1a\n", "application/json", "must be a JSON object"),
        (b"a.b.c", "text/plain", "cannot be read"),
        (unsigned(type=["VerifiableCredential"]), "application/json", "AchievementCredential"),
        (unsigned(type=["VerifiableCredential", "EndorsementCredential"]), "application/json", "AchievementCredential"),
        (unsigned(type=["VerifiablePresentation"]), "application/json", "AchievementCredential"),
        (unsigned(id=...), "application/json", "needs id"),
        (unsigned(id="urn:x:" + "y" * 2000), "application/json", "at most 2000"),
        (unsigned(validFrom="yesterday"), "application/json", "needs validFrom"),
    ],
)  # fmt: skip
def test_what_is_no_genuine_badge_is_refused(
    world: World, sani: Sani, backpack: OpenBadgesClient, body: bytes, media_type: str, words: str
) -> None:
    """Nothing that was altered, or is no badge of Open Badges 3.0, is kept; the answer says why, in the shape of the standard."""
    answer = post(world, sani, body, media_type)
    backpack.check("upsertCredential", answer)
    info = answer.json()
    assert (answer.status_code, info["imsx_codeMajor"], info["imsx_severity"]) == (422, "failure", "error")
    assert info["imsx_codeMinor"]["imsx_codeMinorField"] == [
        {"imsx_codeMinorFieldName": "okbadges", "imsx_codeMinorFieldValue": "invalid_data"}
    ]
    assert words in info["imsx_description"]
    assert kept(world, sani) == []


def of_a_later_suite(**changes: Any) -> bytes:
    """Return a badge under a proof of a cryptosuite that is not known here; anybody could have written it."""
    badge = Maker.by_key().badge(**changes)
    return orjson.dumps({**badge, "proof": {**badge["proof"], "cryptosuite": "quantum-2030"}})


def test_what_nobody_could_verify_takes_no_place(world: World, sani: Sani, backpack: OpenBadgesClient) -> None:
    """A proof that cannot be verified here proves nothing: not kept, not in the place of the genuine one, and not in its way."""
    genuine = signed()
    for before in ([], [genuine]):
        for begins in ("2026-10-02T00:00:00Z", "2099-01-01T00:00:00Z"):
            answer = post(world, sani, of_a_later_suite(validFrom=begins))
            backpack.check("upsertCredential", answer)
            assert answer.status_code == 422
            assert "cannot be verified here" in answer.json()["imsx_description"]
        assert [one.document for one in kept(world, sani)] == before
        assert post(world, sani, genuine).status_code == (200 if before else 201)


def test_an_issuer_that_does_not_answer_is_for_later(world: World, sani: Sani, backpack: OpenBadgesClient) -> None:
    """Where only the network is in the way it is 503, and nothing is kept."""
    badge = orjson.loads(signed().replace(Maker.by_key().did.encode(), b"did:web:localhost%3A1"))
    answer = post(world, sani, orjson.dumps(badge))
    backpack.check("upsertCredential", answer)
    assert answer.status_code == 503, answer.text
    assert "later" in answer.json()["imsx_description"]
    assert kept(world, sani) == []


def test_an_altered_copy_of_their_own_badge_is_refused(world: World, sani: Sani) -> None:
    """That its id is theirs by our records says nothing of these bytes."""
    with world.rooms.database.read() as session:
        ours = session.get_one(CredentialRow, sani.badges[0]).document
    assert ours is not None
    badge = orjson.loads(ours)
    forged = orjson.dumps({**badge, "name": "Master of everything"})
    unproven = orjson.dumps({**badge, "proof": {**badge["proof"], "cryptosuite": "quantum-2030"}})
    assert [post(world, sani, one).status_code for one in (forged, unproven)] == [422, 422]
    assert kept(world, sani) == []


@pytest.mark.parametrize("media_type", ["", "text/html", "image/png", "multipart/form-data", "application/xml", "json"])
def test_another_kind_of_body_is_not_taken(
    world: World, sani: Sani, backpack: OpenBadgesClient, media_type: str
) -> None:
    """What is inside is not guessed: 415, with the kinds that are taken."""
    answer = post(world, sani, signed(), media_type)
    backpack.check("upsertCredential", answer)
    assert answer.status_code == 415
    assert "application/vc+ld+json" in answer.json()["imsx_description"]


def test_hostile_documents(world: World, sani: Sani, backpack: OpenBadgesClient, shared: Path) -> None:
    """Attacks of every group of the suite are kept or refused in the shape of the standard; what must never be valid is never said to be."""
    suite = Suite(shared / "attacks")
    statuses = set()
    for case in islice(suite.cases(GROUPS), 0, None, 5):
        if len(case.received) > putting.LARGEST_BADGE or case.max_seconds > 5:
            continue
        media_type = "text/plain" if case.received[:2] == b"ey" else "application/json"
        answer = post(world, sani, case.received, media_type)
        statuses.add(answer.status_code)
        if answer.status_code in {200, 201}:
            assert answer.content == case.received
        else:
            backpack.check("upsertCredential", answer)
            assert answer.status_code in {304, 422, 503}, (case.id, answer.text)
    assert {201, 422} <= statuses
    page = world.client.get(f"{CREDENTIALS}?limit=100", headers=sani.program.headers)
    assert page.status_code == 200
    assert len(page.json()["credential"]) + len(page.json()["compactJwsString"]) == int(page.headers["X-Total-Count"])


def test_a_body_over_the_limit_is_refused(world: World, sani: Sani, backpack: OpenBadgesClient) -> None:
    """One of the largest size is read, one byte more is not."""
    whole = signed()
    padded = whole + b" " * (putting.LARGEST_BADGE - len(whole))
    assert post(world, sani, padded).status_code == 201
    answer = post(world, sani, padded + b" ")
    backpack.check("upsertCredential", answer)
    assert answer.status_code == 413
    assert kept(world, sani)[0].document == padded


def test_a_passport_holds_so_many(
    world: World, sani: Sani, backpack: OpenBadgesClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over the number, and over the bytes, nothing more is taken until the holder removes something; a newer form of one still is."""
    monkeypatch.setattr(putting, "MOST_BADGES", 2)
    ids = [f"urn:uuid:00000000-0000-4000-8000-{number:012d}" for number in range(3)]
    assert [post(world, sani, signed(id=one)).status_code for one in ids] == [201, 201, 403]
    assert post(world, sani, signed(id=ids[0], validFrom="2026-10-02T00:00:00Z")).status_code == 200
    answer = post(world, sani, signed(id=ids[2]))
    backpack.check("upsertCredential", answer)
    assert "the holder can remove some" in answer.json()["imsx_description"]
    assert "WWW-Authenticate" not in answer.headers
    rooms = world.rooms
    remove_brought(rooms.writer, rooms.stamp("holder"), sani.program.passport_id, kept(world, sani)[0].row_id)
    assert post(world, sani, signed(id=ids[2])).status_code == 201
    monkeypatch.setattr(putting, "MOST_BADGES", 500)
    monkeypatch.setattr(putting, "MOST_BYTES", 5_000)
    assert post(world, sani, signed(id="urn:uuid:00000000-0000-4000-8000-000000000009")).status_code == 403


def test_two_at_once_are_one(world: World, sani: Sani) -> None:
    """Of several programs that put the same badge at the same moment one creates it, and there is one row and one event."""
    badge = signed()
    answers = side_by_side([lambda: post(world, sani, badge).status_code] * 4)
    assert sorted(answers) == [200, 200, 200, 201]
    assert len(kept(world, sani)) == 1
    assert told(world) == ["added"]


def test_two_versions_at_once_leave_the_newer(world: World, sani: Sani) -> None:
    """Whichever comes first, the newer stays."""
    versions = [signed(validFrom=f"2026-10-0{day}T00:00:00Z") for day in (1, 2)]
    side_by_side([partial(post, world, sani, one) for one in versions])
    assert [one.document for one in kept(world, sani)] == [versions[1]]


def test_a_grant_that_ends_meanwhile_puts_nothing(world: World, sani: Sani, monkeypatch: pytest.MonkeyPatch) -> None:
    """Taken back between the look at the token and the change: nothing is kept."""
    looked = putting.Putting._is_there

    def then_taken_back(self: putting.Putting, *asked: Any) -> bool:
        take_back(world, sani.program)
        return looked(self, *asked)

    monkeypatch.setattr(putting.Putting, "_is_there", then_taken_back)
    assert post(world, sani, signed()).status_code == 401
    assert kept(world, sani) == []


def test_nothing_of_it_is_in_the_database_in_the_clear(
    world: World, sani: Sani, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was put is sealed, known by a keyed hash, and in no log; the journal has keys of rows only."""
    badge = signed(name="Salainen taito")
    assert post(world, sani, badge).status_code == 201
    with world.rooms.database.read() as session:
        row = session.exec(select(BroughtCredentialRow)).one()
        events = session.exec(select(EventRow).where(EventRow.action == "brought-credential.added")).all()
    assert b"Salainen" not in row.sealed_document
    assert b"6f9a1c1e" not in row.known_as
    assert [orjson.loads(event.details) for event in events] == [{"brought": str(row.id)}]
    assert events[0].actor == f"oauth-client:{sani.program.client_row_id}"
    assert "Salainen" not in capsys.readouterr().out


def test_nobody_removes_what_is_anothers(world: World, sani: Sani) -> None:
    """Another passport's key finds nothing, and nothing goes."""
    assert post(world, sani, signed()).status_code == 201
    rooms, [found] = world.rooms, kept(world, sani)
    eino = allowed(world, new_participant(world, new_group(world, slug="ilta"), "Eino"))
    with pytest.raises(NotFound, match="no such badge"):
        remove_brought(rooms.writer, rooms.stamp("holder"), eino.passport_id, found.row_id)
    assert len(kept(world, sani)) == 1
