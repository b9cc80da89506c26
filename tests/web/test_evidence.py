"""``/v1/participants/{id}/evidence``: kept apart, private, sealed, and not for ever."""

from __future__ import annotations

import io
import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from sqlmodel import col, select

from okbadges.organisations.roles import Role, Scope
from okbadges.progress import evidence as evidence_room
from okbadges.progress.evidence_content import LONGEST_TEXT, MOST_BYTES
from okbadges.storage.tables import EventRow, EvidenceRow, ParticipantRow
from support.learners import as_somebody_else, new_group, new_member, new_participant, pass_on

if TYPE_CHECKING:
    from httpx2 import Response

    from support.world import World

BADGE = "digi-turva"
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
WORDS = "Teki pitkän salasanan ja näytti, miten se vaihdetaan."


def address(participant: uuid.UUID, piece: Any = None) -> str:
    """Return the address of a participant's evidence, or of one piece."""
    return f"/v1/participants/{participant}/evidence" + (f"/{piece}" if piece else "")


def photo(form: str = "JPEG", **more: Any) -> bytes:
    """Return a small photo as a file."""
    file = io.BytesIO()
    Image.new("RGB", (40, 20), "red").save(file, form, **more)
    return file.getvalue()


def send(
    world: World,
    participant: uuid.UUID,
    *,
    file: Any = None,
    headers: dict[str, str] | None = None,
    **fields: Any,
) -> Response:
    """Send a piece as Iida, or as somebody else; a field that is None is left out."""
    parts: list[tuple[str, Any]] = [
        (name, (None, value))
        for name, value in {"badge": BADGE, "agreed": "true", **fields}.items()
        if value is not None
    ]
    if file is not None:
        parts.append(("file", file if isinstance(file, tuple) else ("liisa meikalainen.jpg", file)))
    return world.client.post(address(participant), files=parts, headers=headers or world.as_iida())


def events(world: World) -> list[EventRow]:
    """Return the events about evidence."""
    with world.rooms.database.read() as session:
        rows = session.exec(select(EventRow).order_by(col(EventRow.number))).all()
    return [row for row in rows if row.action.startswith("evidence.")]


def test_it_works(world: World) -> None:
    """A text, a photo and a file are kept, listed without what they hold, read back and deleted."""
    participant = new_participant(world)
    pieces: list[dict[str, Any]] = [
        {"kind": "text", "text": WORDS},
        {"kind": "photo", "file": photo()},
        {"kind": "file", "file": PDF},
        {"kind": "file", "file": WORDS.encode()},
    ]
    kept = []
    for piece in pieces:
        kept.append(send(world, participant, **piece))
        world.clock.move(seconds=1)
    assert [answer.status_code for answer in kept] == [201] * 4, [answer.text for answer in kept]
    first = kept[0].json()
    assert first == {
        "id": first["id"],
        "badge": BADGE,
        "kind": "text",
        "media_type": "text/plain; charset=utf-8",
        "size": len(WORDS.encode()),
        "created_at": "2026-11-21T12:00:00Z",
        "delete_on": "2028-11-21",
        "warnings": [],
    }
    listed = world.client.get(address(participant), headers=world.as_iida())
    assert [one["id"] for one in listed.json()["evidence"]] == [answer.json()["id"] for answer in kept]
    assert listed.headers["cache-control"] == "no-store"
    contents = [world.client.get(address(participant, one.json()["id"]), headers=world.as_iida()) for one in kept]
    assert [one.headers["content-type"] for one in contents] == [
        "text/plain; charset=utf-8",
        "image/jpeg",
        "application/pdf",
        "text/plain; charset=utf-8",
    ]
    assert contents[0].text == WORDS
    assert Image.open(io.BytesIO(contents[1].content)).size == (40, 20)
    assert contents[2].content == PDF
    deleted = world.client.delete(address(participant, first["id"]), headers=world.as_iida())
    assert deleted.status_code == 204
    assert world.client.get(address(participant, first["id"]), headers=world.as_iida()).status_code == 404


def test_what_it_holds_is_a_file_to_save(world: World) -> None:
    """A browser neither shows it, nor guesses what it is, nor keeps it; what it was called is not known."""
    participant = new_participant(world)
    piece = send(world, participant, kind="photo", file=photo()).json()
    answer = world.client.get(address(participant, piece["id"]), headers=world.as_iida())
    assert answer.headers["content-disposition"] == f'attachment; filename="evidence-{piece["id"]}.jpg"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_it_is_sealed(world: World) -> None:
    """The database holds no readable word of it, no name of a file, and a piece does not open as another."""
    participant = new_participant(world)
    for words in (WORDS, "Toinen"):
        send(world, participant, kind="text", text=words)
    with world.rooms.database.read() as session:
        first, second = session.exec(select(EvidenceRow).order_by(col(EvidenceRow.id))).all()
    assert b"salasanan" not in first.sealed_content
    assert "liisa" not in str(first)

    def swap(connection: Any) -> None:
        from sqlalchemy import update  # noqa: PLC0415 - used here only

        connection.execute(update(EvidenceRow).values(sealed_content=second.sealed_content))

    world.rooms.writer.write(swap)
    answer = world.client.get(address(participant, first.id), headers=world.as_iida())
    assert answer.status_code == 503
    assert "Toinen" not in answer.text


def test_each_change_is_one_event_without_words(world: World) -> None:
    """Keeping and deleting are one event each: badge, kind and size, and never what it holds."""
    participant = new_participant(world)
    piece = send(world, participant, kind="text", text=WORDS).json()
    for status in (204, 404):
        answer = world.client.delete(address(participant, piece["id"]), headers=world.as_iida())
        assert answer.status_code == status
    added, deleted = events(world)
    assert (added.action, deleted.action) == ("evidence.added", "evidence.deleted")
    assert added.subject == deleted.subject == f"evidence:{piece['id']}"
    assert json.loads(added.details) == {"badge": BADGE, "kind": "text", "size": len(WORDS.encode())}
    assert json.loads(deleted.details) == {}
    with world.rooms.database.read() as session:
        assert session.exec(select(EvidenceRow)).all() == []


def test_something_happened_with_the_participant(world: World) -> None:
    """Their last event is kept current."""
    participant = new_participant(world)
    world.clock.move(hours=2)
    send(world, participant, kind="text", text=WORDS)
    with world.rooms.database.read() as session:
        assert session.get_one(ParticipantRow, participant).last_event_at == world.clock()


def test_a_photo_says_nothing_of_where_it_was_taken(world: World) -> None:
    """Place and camera are gone from what is kept, whatever the sender calls the file."""
    exif = Image.Exif()
    exif[0x010F] = "SECRET-CAMERA"
    exif.get_ifd(0x8825).update({1: "N", 2: (66.0, 30.0, 12.5)})
    participant = new_participant(world)
    named = ("photo.pdf", photo("PNG", exif=exif), "application/pdf")
    piece = send(world, participant, kind="photo", file=named).json()
    assert piece["media_type"] == "image/jpeg"
    content = world.client.get(address(participant, piece["id"]), headers=world.as_iida()).content
    assert dict(Image.open(io.BytesIO(content)).getexif()) == {}
    assert b"SECRET" not in content


@pytest.mark.parametrize(
    ("kind", "file", "code"),
    [
        ("photo", b"no photo", "photo-unreadable"),
        ("photo", PDF, "photo-unreadable"),
        ("photo", photo()[:100], "photo-unreadable"),
        ("photo", b"GIF89a", "photo-unreadable"),
        ("photo", b"", "evidence-empty"),
        ("file", b"", "evidence-empty"),
        ("file", photo(), "file-type"),
        ("file", b"PK\x03\x04", "file-type"),
        ("file", b"\x7fELF", "file-type"),
        ("file", b"words \x00 words", "file-type"),
        ("file", b"latin \xe4", "file-type"),
        ("file", b"%PDF-1.7 cut off \xff", "file-type"),
        ("file", b"<html>\x1b[0m", "file-type"),
    ],
)
def test_what_it_is_follows_from_its_bytes(world: World, kind: str, file: bytes, code: str) -> None:
    """What is no photo, no PDF and no plain text is refused, whatever it says of itself."""
    named = (
        "good.jpg" if kind == "photo" else "good.pdf",
        file,
        "image/jpeg" if kind == "photo" else "application/pdf",
    )
    answer = send(world, new_participant(world), kind=kind, file=named)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, code, "file")
    assert events(world) == []


def test_html_as_a_text_file_is_only_text(world: World) -> None:
    """Nothing that a browser would run comes back as anything but a plain text to save."""
    participant = new_participant(world)
    page = b"<script>alert(1)</script>"
    piece = send(world, participant, kind="file", file=("x.html", page, "text/html")).json()
    answer = world.client.get(address(participant, piece["id"]), headers=world.as_iida())
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment")


def test_it_is_not_too_large(world: World) -> None:
    """5 MiB are taken and a byte more is not; far beyond, the body is not even read to its end."""
    participant = new_participant(world)
    largest = b"x" * MOST_BYTES
    assert send(world, participant, kind="file", file=largest).status_code == 201
    over = send(world, participant, kind="file", file=largest + b"x")
    assert (over.status_code, over.json()["code"]) == (413, "file-too-large")
    far_over = send(world, participant, kind="file", file=largest + bytes(200_000))
    assert (far_over.status_code, far_over.json()["code"]) == (413, "body-too-large")
    long = send(world, participant, kind="text", text="å" * LONGEST_TEXT)
    assert long.status_code == 201
    longer = send(world, participant, kind="text", text="å" * (LONGEST_TEXT + 1))
    assert (longer.status_code, longer.json()["code"]) == (422, "text-too-long")


def test_other_addresses_take_no_more_than_before(world: World) -> None:
    """Only the one address takes a body of this size, and only with an access key."""
    large = b"x" * (100 * 1024)
    participant = new_participant(world)
    for path in (
        address(participant, uuid.uuid4()),
        f"/v1/participants/{participant}/evidence/x/evidence",
        "/v1/participants/evidence",
        "/v1/credentials",
    ):
        answer = world.client.post(path, content=large, headers=world.as_iida())
        assert answer.status_code in (404, 405, 413, 422), path
    assert world.client.post("/v1/credentials", content=large, headers=world.as_iida()).status_code == 413
    without_key = world.client.post(address(participant), files={"file": large})
    assert without_key.status_code == 401


@pytest.mark.parametrize(
    ("fields", "file", "field"),
    [
        ({"kind": "text"}, None, "text"),
        ({"kind": "text", "text": "x"}, b"x", "text"),
        ({"kind": "photo", "text": "x"}, None, "file"),
        ({"kind": "photo", "text": "x"}, b"x", "file"),
        ({"kind": "film"}, b"x", "kind"),
        ({}, b"x", "kind"),
        ({"kind": "text", "text": "x", "badge": None}, None, "badge"),
        ({"kind": "text", "text": "x", "badge": "no-such-badge"}, None, "badge"),
        ({"kind": "text", "text": "x", "badge": "x" * 65}, None, "badge"),
        ({"kind": "text", "text": "x", "badge": "x\0"}, None, "badge"),
        ({"kind": "text", "text": "x", "name": "Liisa"}, None, "name"),
        ({"kind": "text", "text": " \n"}, None, "text"),
        ({"kind": "text", "text": "a\0b"}, None, "text"),
        ({"kind": "text", "text": "a\u202eb"}, None, "text"),
    ],
)
def test_what_is_wrong_is_named(world: World, fields: dict[str, Any], file: bytes | None, field: str) -> None:
    """A form that makes no sense is refused with the field at fault."""
    answer = send(world, new_participant(world), file=file, **fields)
    assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text
    assert events(world) == []


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{}", "application/json", 422),
        (b"", "multipart/form-data", 400),
        (b"", "multipart/form-data; boundary=x", 422),
        (b"--x\r\n", "multipart/form-data; boundary=x", 422),
        (b"--x\r\n\r\nwords\r\n--x--", "multipart/form-data; boundary=x", 400),
        (b"no form", "multipart/form-data; boundary=x", 400),
        (
            b'--x\r\nContent-Disposition: form-data; name="badge"\r\n\r\n\xff\xfe\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
            422,
        ),
        (
            b'--x\r\nContent-Disposition: form-data; name="\xed\xa0\x80"\r\n\r\n\xed\xa0\x80\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
            422,
        ),
        *(
            (
                b'--x\r\nContent-Disposition: form-data; name="\\ud800"\r\n\r\n\\ud800\r\n--x--\r\n',
                f"multipart/form-data; boundary=x; charset={charset}",
                422,
            )
            for charset in ("unicode_escape", "punycode", "utf-7", "no-such")
        ),
        (
            b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n' + b"x" * 70_000 + b"\r\n--x--\r\n",
            "multipart/form-data; boundary=x",
            400,
        ),
        (
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * 50 + b"--x--\r\n",
            "multipart/form-data; boundary=x",
            400,
        ),
        (
            b'--x\r\nContent-Disposition: form-data; name="badge"; filename="a"\r\n\r\n1\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
            422,
        ),
        (
            (
                b'--x\r\nContent-Disposition: form-data; name="badge"\r\n\r\ndigi-turva\r\n'
                b'--x\r\nContent-Disposition: form-data; name="kind"\r\n\r\nfile\r\n'
                b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nno file name\r\n--x--\r\n'
            ),
            "multipart/form-data; boundary=x",
            422,
        ),
        (
            b'--x\r\nContent-Disposition: form-data; name="badge"\r\n\r\n1\r\n' * 2 + b"--x--\r\n",
            "multipart/form-data; boundary=x",
            422,
        ),
        (
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n1\r\n' * 2 + b"--x--\r\n",
            "multipart/form-data; boundary=x",
            400,
        ),
    ],
)
def test_a_broken_form_is_refused(world: World, body: bytes, content_type: str, status: int) -> None:
    """What is no form, or more than one piece, is a problem of the sender."""
    headers = {**world.as_iida(), "Content-Type": content_type}
    answer = world.client.post(address(new_participant(world)), content=body, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_it_is_for_those_who_lead(world: World) -> None:
    """An administrator is told that it is not for them; whoever takes the group over sees it, and its old leader does not."""
    group = new_group(world)
    participant = new_participant(world, group)
    piece = send(world, participant, kind="text", text=WORDS).json()
    paths = (("GET", address(participant)), ("GET", address(participant, piece["id"])))
    for method, path in (*paths, ("DELETE", address(participant, piece["id"]))):
        answer = world.client.request(method, path, headers=world.as_aino())
        assert (answer.status_code, answer.json()["code"]) == (403, "leaders-only")
    assert send(world, participant, kind="text", text=WORDS, headers=world.as_aino()).status_code == 403
    oiva = new_member(world)
    as_oiva = world.key((), role=Role.INSTRUCTOR, member_id=oiva)
    pass_on(world, group, oiva)
    for method, path in paths:
        assert world.client.request(method, path, headers=as_oiva).status_code == 200
        assert world.client.request(method, path, headers=world.as_iida()).status_code == 404


def test_others_do_not_even_see_the_participant(world: World) -> None:
    """Somebody who leads another group, and another organisation, get the same 404 as for nobody."""
    participant = new_participant(world)
    piece = send(world, participant, kind="text", text=WORDS).json()
    for stranger in (as_somebody_else(world), as_somebody_else(world, organisation="ranua")):
        for method, path in (
            ("GET", address(participant)),
            ("GET", address(participant, piece["id"])),
            ("DELETE", address(participant, piece["id"])),
        ):
            answer = world.client.request(method, path, headers=stranger)
            assert (answer.status_code, answer.json()["code"]) == (404, "unknown-participant"), method
        assert send(world, participant, kind="text", text=WORDS, headers=stranger).status_code == 404
    assert len(events(world)) == 1


def test_each_role_without_the_scope_is_refused(world: World) -> None:
    """Teachers, auditors, programs of partners and narrower keys have no business here."""
    participant = new_participant(world)
    narrow = world.key([Scope.GROUPS], role=Role.INSTRUCTOR, member_id=world.keys.iida_id)
    for caller in (world.as_tuula(), world.as_audrey(), world.as_partner(), narrow):
        assert send(world, participant, kind="text", text="x", headers=caller).status_code == 403
        for method, path in (
            ("GET", address(participant)),
            ("GET", address(participant, uuid.uuid4())),
            ("DELETE", address(participant, uuid.uuid4())),
        ):
            assert world.client.request(method, path, headers=caller).status_code == 403


def test_a_piece_of_somebody_else_is_not_found(world: World) -> None:
    """Through one's own participant nobody reaches what belongs to another; ids that are none are refused in words."""
    group = new_group(world)
    sani, toni = new_participant(world, group), new_participant(world, group, "Toni")
    piece = send(world, sani, kind="text", text=WORDS).json()["id"]
    for method in ("GET", "DELETE"):
        answer = world.client.request(method, address(toni, piece), headers=world.as_iida())
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown-evidence")
        assert world.client.request(method, address(sani, "x"), headers=world.as_iida()).status_code == 422
    assert world.client.get(address(sani, piece), headers=world.as_iida()).text == WORDS


def test_the_list_comes_in_pages(world: World) -> None:
    """Page by page, each piece once; one badge alone if asked."""
    participant = new_participant(world)
    ids = sorted(send(world, participant, kind="text", text=str(number)).json()["id"] for number in range(5))
    send(world, participant, kind="text", text="x", badge="digi-laite")
    seen: list[str] = []
    after = None
    for _ in range(3):
        params: dict[str, Any] = {"badge": BADGE, "limit": 2, **({"after": after} if after else {})}
        page = world.client.get(address(participant), params=params, headers=world.as_iida()).json()
        seen += [one["id"] for one in page["evidence"]]
        after = page["next"]
    assert (seen, after) == (ids, None)
    for wrong in ({"limit": 0}, {"limit": 201}, {"after": "x"}):
        assert world.client.get(address(participant), params=wrong, headers=world.as_iida()).status_code == 422


def test_there_is_an_end_to_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody fills the disk with one participant."""
    monkeypatch.setattr(evidence_room, "MOST_PIECES", 2)
    participant = new_participant(world)
    answers = [send(world, participant, kind="text", text="x") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 409]
    assert answers[2].json()["code"] == "evidence-full"
    assert len(events(world)) == 2


def test_words_that_disclose_only_warn(world: World) -> None:
    """A text that could tell why somebody was there is kept, and the answer says which word to think about."""
    answer = send(world, new_participant(world), kind="text", text="Kuntoutuksen jälkeen onnistui")
    assert answer.status_code == 201
    assert "Kuntoutuksen" in answer.json()["warnings"][0]
