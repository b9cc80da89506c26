"""``…/badges/{badge}/evidence``: a photo or a text of the work, kept where the person agreed."""

from __future__ import annotations

import io
import re
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from okbadges.storage.tables import EvidenceRow
from support.groups import Journal, get
from support.learners import new_group, new_participant
from support.work import told, values_of, working
from support.world import on_both_databases

if TYPE_CHECKING:
    from fastapi.testclient import TestClient
    from httpx2 import Response

    from support.world import World

BADGE = "kasi-keittio"
AGREED = {"agreed": "yes"}
HIDDEN = "Kemi 65.7364 N"


def address(participant: uuid.UUID, badge: str = BADGE) -> str:
    """Return where somebody's evidence for a badge is."""
    return f"/workshop/people/{participant}/badges/{badge}/evidence"


def photo(size: tuple[int, int] = (320, 200), **options: Any) -> bytes:
    """Return a photo with something hidden in it."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = HIDDEN
    Image.new("RGB", size, "#b4531a").save(out, "JPEG", exif=exif, **options)
    return out.getvalue()


def send(client: TestClient, path: str, data: bytes | None = b"", /, **fields: str) -> Response:
    """Send the form as a browser does: in parts, with a file that may be none."""
    border = "----okbadges"
    parts = [
        f'--{border}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields.items()
    ]
    if data is not None:
        head = f'--{border}\r\nContent-Disposition: form-data; name="photo"; filename="{"x.jpg" if data else ""}"\r\n'
        parts.append(f"{head}Content-Type: image/jpeg\r\n\r\n".encode() + data + b"\r\n")
    content = b"".join(parts) + f"--{border}--\r\n".encode()
    answer: Response = client.post(
        path, content=content, headers={"Content-Type": f"multipart/form-data; boundary={border}"}
    )
    return answer


def kept(world: World, participant: uuid.UUID) -> list[dict[str, Any]]:
    """Return what the API says of somebody's evidence."""
    found: list[dict[str, Any]] = get(world, f"/participants/{participant}/evidence").json()["evidence"]
    return found


@on_both_databases
@pytest.mark.parametrize(
    ("language", "agreed", "said"),
    [
        ("fi", "Hän sanoi kyllä.", "Työnäyte on tallessa."),
        ("sv", "Svaret var ja.", "Arbetsprovet har sparats."),
        ("en", "They said yes.", "The evidence is kept."),
    ],
)
def test_it_works(world: World, language: str, agreed: str, said: str) -> None:
    """A photo and a text at once, with the consent of the first time; the photo comes back without what was hidden in it."""
    sani, client = new_participant(world), working(world)
    path = f"{address(sani)}?lang={language}"
    page = client.get(path).text
    assert agreed in page
    assert 'accept="image/*" capture="environment"' in page
    journal = Journal(world)
    answer = send(client, path, photo(), text="Leikkasi leipää.", **AGREED)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{address(sani)}?said=kept&lang={language}")
    assert journal.actions() == ["evidence.added", "evidence.added"]
    assert sorted((one["kind"], one["badge"]) for one in kept(world, sani)) == [("photo", BADGE), ("text", BADGE)]
    page = client.get(answer.headers["location"]).text
    assert told(page) == [said]
    assert agreed not in page
    files = re.findall(rf'href="({re.escape(address(sani))}/[0-9a-f-]+)"', page)
    found = {answer.headers["content-type"]: answer for answer in (client.get(file) for file in files)}
    assert found.keys() == {"image/jpeg", "text/plain; charset=utf-8"}
    assert all("attachment" in answer.headers["content-disposition"] for answer in found.values())
    assert HIDDEN.encode() not in found["image/jpeg"].content
    assert found["text/plain; charset=utf-8"].text == "Leikkasi leipää."


def test_consent_is_asked_for_once(world: World) -> None:
    """Without it nothing is kept; after it the next piece needs no word."""
    sani, client = new_participant(world), working(world)
    journal = Journal(world)
    refused = send(client, address(sani), text="Leikkasi leipää.")
    assert refused.status_code == 409
    assert told(refused.text)[0].startswith("Kysy ensin häneltä.")
    assert "Leikkasi leipää.</textarea>" in refused.text
    assert 'id="agreed-mistake"' in refused.text
    assert journal.news() == []
    assert send(client, address(sani), text="Leikkasi leipää.", **AGREED).status_code == 303
    assert send(client, address(sani), text="Siisti pöydän.").status_code == 303


def test_a_word_that_could_tell_something_is_told_of(world: World) -> None:
    """The text is kept, and the page says what to think about."""
    sani, client = new_participant(world), working(world)
    answer = send(client, address(sani), text="Kuntoutuksen jälkeen teki leivän.", **AGREED)
    assert "voi kertoa, miksi hän on pajalla" in told(client.get(answer.headers["location"]).text)[0]


@pytest.mark.parametrize(
    ("data", "text", "field", "says"),
    [
        (b"", "", "photo", "Valitse kuva tai kirjoita teksti."),
        (b"", "   ", "photo", "Valitse kuva tai kirjoita teksti."),
        (None, "", "photo", "Valitse kuva tai kirjoita teksti."),
        (b"no photo", "Teki itse.", "photo", "Tätä kuvaa ei voi lukea."),
        (photo()[:200], "Teki itse.", "photo", "Tätä kuvaa ei voi lukea."),
        (b"", "x" * 5001, "text", "Teksti on liian pitkä."),
        (b"", "a\u202eb", "text", "Tekstissä on jotain, mitä ei voi lukea."),
    ],
)
def test_what_cannot_be_kept_is_refused_whole(
    world: World, data: bytes | None, text: str, field: str, says: str
) -> None:
    """Of a bad photo with a good text neither is kept; the text is still in its field, and so is the consent."""
    sani, client = new_participant(world), working(world)
    journal = Journal(world)
    answer = send(client, address(sani), data, text=text, **AGREED)
    assert answer.status_code == 422
    [sentence] = told(answer.text)
    assert sentence.startswith(says)
    assert f'id="{field}-mistake"' in answer.text
    assert f"{text}</textarea>" in answer.text
    assert re.search(r'name="agreed"[^>]* checked', answer.text)
    assert journal.news() == []


@pytest.mark.parametrize("size", [5 * 1024 * 1024 + 1, 6 * 1024 * 1024])
def test_a_photo_that_is_too_large_is_refused_kindly(world: World, size: int) -> None:
    """Over the limit of a piece, and over what a request may hold at all."""
    sani, client = new_participant(world), working(world)
    answer = send(client, address(sani), b"\xff\xd8" + bytes(size), **AGREED)
    assert answer.status_code == 413
    assert told(answer.text) == ["Kuva on liian iso. Suurin koko on 5 Mt."]


def test_a_phones_photo_goes_through(world: World) -> None:
    """Four megabytes of noise, as from a camera: the path takes as much as the API's."""
    sani, client = new_participant(world), working(world)
    noise = Image.effect_noise((2400, 1800), 90).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=95)
    assert 2 * 1024 * 1024 < len(out.getvalue()) < 5 * 1024 * 1024
    assert send(client, address(sani), out.getvalue(), **AGREED).status_code == 303
    with world.rooms.database.read() as session:
        row = session.get_one(EvidenceRow, uuid.UUID(kept(world, sani)[0]["id"]))
    assert row.sealed_content[:2] != b"\xff\xd8"


def test_a_piece_is_deleted(world: World) -> None:
    """For good; a second time there is nothing to delete, as for any other word in the field."""
    sani, client = new_participant(world), working(world)
    send(client, address(sani), text="Leikkasi leipää.", **AGREED)
    [piece] = values_of(client.get(address(sani)).text, "delete")
    journal = Journal(world)
    answer = send(client, address(sani), None, delete=piece)
    assert told(client.get(answer.headers["location"]).text) == ["Työnäyte on poistettu."]
    assert kept(world, sani) == []
    for gone in (piece, "x", str(uuid.uuid4())):
        assert send(client, address(sani), None, delete=gone).status_code == 404
    assert client.get(f"{address(sani)}/{piece}").status_code == 404
    assert client.get(f"{address(sani)}/x").status_code == 404
    assert journal.actions() == ["evidence.deleted"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"text=x&agreed=yes", "application/x-www-form-urlencoded"),
        (b'{"text": "x"}', "application/json"),
        (b"x", "multipart/form-data"),
        (b"--x", "multipart/form-data; boundary=x"),
        (
            b'--x\r\nContent-Disposition: form-data; name="other"\r\n\r\nx\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
    ],
)
def test_another_form_keeps_nothing(world: World, content: bytes, kind: str) -> None:
    """What the page did not send is answered with the page."""
    sani, client = new_participant(world), working(world)
    journal = Journal(world)
    answer = client.post(address(sani), content=content, headers={"Content-Type": kind})
    assert answer.status_code in (400, 422)
    assert len(told(answer.text)) == 1
    assert journal.news() == []


def test_evidence_is_for_who_leads_them(world: World) -> None:
    """An administrator who does not is refused before the body is read; another badge's word is not there."""
    sani, client = new_participant(world), working(world)
    send(client, address(sani), text="Leikkasi leipää.", **AGREED)
    [piece] = values_of(client.get(address(sani)).text, "delete")
    aino = working(world, world.keys.aino_id)
    for path in (address(sani), f"{address(sani)}/{piece}"):
        assert aino.get(path).status_code == 403
    assert send(aino, address(sani), text="Siisti pöydän.", **AGREED).status_code == 403
    assert client.get(address(sani, "digi-xyz")).status_code == 404
    assert send(client, address(sani, "digi-xyz"), text="x", **AGREED).status_code == 404
    other = new_participant(world, new_group(world, slug="ilta"), "Eino")
    assert client.get(f"{address(other)}/{piece}").status_code == 404
    assert len(kept(world, sani)) == 1
