"""Nothing that has to stay secret is in the logs, the database, a backup, the second place, the journal or an error page.

What is planted: private keys, access keys, claim and share links, labels, names, notes, evidence, an e-mail address and a personal
identity code that somebody typed where it does not belong. Each is looked for as it is, in base64 and in hex.
"""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING, Any

import orjson
import pytest
import structlog
from sqlmodel import select

from okbadges.operations.backup import make_backup
from okbadges.operations.second_place import copy_new
from okbadges.organisations.roles import Role, Scope
from okbadges.storage.journal_reading import event_line, every_event
from okbadges.storage.rows import all_rows, kept_tables, snapshot
from okbadges.storage.tables import ShareLinkRow, SigningKeyRow
from support.leaks import places_of, traces, unpacked
from support.learners import new_group, new_participant
from support.world import SECRET, order

if TYPE_CHECKING:
    import uuid
    from pathlib import Path

    from support.world import World

LABEL, NAME = "Sanelma P", "Iivari Ohjaajainen"
STEP_NOTE, REVOCATION_NOTE = "Kertoi rauhassa miten toimi", "Merkki meni vahingossa toiselle"
EVIDENCE = "Laski kassan itse ja huomasi virheen"
EMAIL, IDENTITY_CODE = "otto.opiskelija@posti.example", "131052-308T"


@pytest.fixture
def lived(world: World) -> tuple[World, dict[str, bytes], dict[str, bytes]]:
    """Let people use every door, also wrongly; return the world, what was planted, and what was logged and refused."""
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    logging.getLogger().addHandler(handler)
    with structlog.testing.capture_logs() as logged:
        planted, refusals = _live(world)
    logging.getLogger().removeHandler(handler)
    return world, planted, {"log": repr(logged).encode() + said.getvalue().encode(), "refusals": refusals}


def _live(world: World) -> tuple[dict[str, bytes], bytes]:
    group = new_group(world)
    participant = new_participant(world, group, LABEL)
    ask, iida = world.client.post, world.as_iida()
    here = f"/v1/participants/{participant}"
    tick = {"observed_by": "instructor", "method": "observation", "observed_on": "2026-11-20", "note": STEP_NOTE}
    piece = {"badge": "digi-turva", "kind": "text", "text": EVIDENCE, "agreed": "true"}
    answers = [
        ask("/v1/members", json={"organisation": "kemi", "role": "instructor", "name": NAME}, headers=world.as_aino()),
        ask(f"{here}/progress/digi-turva/1", json=tick, headers=iida),
        ask(f"{here}/evidence", files=[(name, (None, said)) for name, said in piece.items()], headers=iida),
    ]
    share = {"purpose": "study-plan", "expires_on": "2026-12-21"}
    issued = world.issue(participant=str(participant), share=share)
    revoke = {"reason": "wrong-participant", "note": REVOCATION_NOTE}
    answers.append(ask(f"/v1/credentials/{issued['id']}/revoke", json=revoke, headers=iida))
    assert [answer.status_code // 100 for answer in answers] == [2, 2, 2, 2], [answer.text for answer in answers]
    key = world.key((), role=Role.ADMINISTRATOR)["Authorization"].removeprefix("Bearer ")
    refusals = _go_wrong(world, participant, group.id, issued, key)
    return {
        **_private_keys(world),
        "secret": SECRET.encode(),
        "access key": key.rpartition("_")[2].encode(),
        "claim link": issued["claim_link"].rpartition("/")[2].encode(),
        "share link": issued["share_link"].rpartition("/")[2].encode(),
        "code of the share link": _code_of_the_link(world).encode(),
        "label": LABEL.encode(),
        "name": NAME.encode(),
        "note on a step": STEP_NOTE.encode(),
        "note on a revocation": REVOCATION_NOTE.encode(),
        "evidence": EVIDENCE.encode(),
        "e-mail address": EMAIL.encode(),
        "identity code": IDENTITY_CODE.encode(),
    }, refusals


def _go_wrong(world: World, participant: uuid.UUID, group: uuid.UUID, issued: dict[str, Any], key: str) -> bytes:
    """Make every mistake that a person makes with something secret in hand; return what was answered."""
    iida, client = world.as_iida(), world.client
    here = f"/v1/participants/{participant}"
    answers = [
        client.post(f"/v1/groups/{group}/participants", json={"labels": [EMAIL]}, headers=iida),
        client.post(f"{here}/label", json={"group": str(group), "label": IDENTITY_CODE}, headers=iida),
        client.post("/v1/labels/check", json={"label": EMAIL}, headers=iida),
        client.post(f"{here}/progress/digi-turva/2", json={"note": EMAIL}, headers=iida),
        client.post("/v1/credentials", json={**order(), "name": NAME, "email": EMAIL}, headers=iida),
        client.post("/v1/credentials", json=order(badge=EMAIL), headers=iida),
        client.get("/v1/credentials/urn:uuid:1", headers={"Authorization": f"Bearer {key}x"}),
        client.get(f"/v1/credentials/{issued['id']}?api_key={key}"),
        client.get(issued["claim_link"] + "x"),
        client.get(issued["share_link"] + "x", headers={"Accept": "text/html"}),
        client.get(issued["claim_link"] + "/nothing"),
        client.get(f"/v1/{EMAIL}"),
        client.post("/v1/verify", content=EMAIL.encode() * 10, headers={"Content-Type": "application/json"}),
    ]
    assert all(answer.status_code >= 400 for answer in answers[:2]), "a label that is no label was taken"
    # a refusal may repeat what this very request said, to the one who sent it; what it must not hold is anything else
    mistyped = [f"{issued[link].rpartition('/')[2]}x".encode() for link in ("claim_link", "share_link")]
    own = {EMAIL.encode(), IDENTITY_CODE.encode(), NAME.encode(), *mistyped}
    text = b"\n".join(answer.content for answer in answers if answer.status_code >= 400)
    for one in own:
        text = text.replace(one, b"")
    return text


def _code_of_the_link(world: World) -> str:
    with world.rooms.database.read() as session:
        link = session.exec(select(ShareLinkRow.id)).one()
    return world.rooms.secrets.link_code(link.hex)


def _private_keys(world: World) -> dict[str, bytes]:
    with world.rooms.database.read() as session:
        rows = session.exec(select(SigningKeyRow)).all()
    assert rows
    return {
        f"private key {row.number}": world.rooms.secrets.unseal(row.sealed_private_key or b"", bound_to=row.id.hex)
        for row in rows
    }


def test_they_are_not_in_the_log(lived: tuple[World, dict[str, bytes], dict[str, bytes]]) -> None:
    """Neither the log nor what is answered to mistakes tells a secret."""
    _, planted, told = lived
    assert len(told["log"]) > 1000
    assert places_of(planted, told) == []


def test_they_are_not_in_the_database(lived: tuple[World, dict[str, bytes], dict[str, bytes]], tmp_path: Path) -> None:
    """A dump of the database, and its very files, hold them sealed or hashed only."""
    world, planted, _ = lived
    with snapshot(world.rooms.database) as connection:
        rows = repr([row for table in kept_tables() for row in all_rows(connection, table)]).encode()
    texts = {"rows": rows}
    for file in tmp_path.glob("okbadges.sqlite3*"):
        texts[file.name] = file.read_bytes()
    assert len(rows) > 10_000
    assert places_of(planted, texts) == []


def test_they_are_not_in_a_backup(lived: tuple[World, dict[str, bytes], dict[str, bytes]], tmp_path: Path) -> None:
    """Whoever finds a backup, or the disk of the second place, finds nothing that opens anything or names anybody."""
    world, planted, _ = lived
    rooms = world.rooms
    second = tmp_path / "second"
    second.mkdir()
    copy_new(rooms.database, rooms.secrets, second, now=rooms.now(), random_bytes=rooms.random_bytes)
    make_backup(rooms.database, tmp_path / "backup.okb", now=rooms.now())
    texts = dict(unpacked(tmp_path / "backup.okb"))
    texts |= {f"second place: {file.name}": file.read_bytes() for file in second.rglob("*") if file.is_file()}
    assert len(texts) > 10
    assert places_of(planted, texts) == []


def test_they_are_not_in_the_journal(lived: tuple[World, dict[str, bytes], dict[str, bytes]]) -> None:
    """An exported journal and the metrics name nobody and open nothing."""
    world, planted, _ = lived
    with world.rooms.database.read() as session:
        journal = b"\n".join(event_line(event) for event in every_event(session))
    metrics = world.client.get("/metrics", headers=world.as_audrey()).content
    assert b"okbadges" in metrics
    assert places_of(planted, {"journal": journal, "metrics": metrics}) == []


@pytest.mark.parametrize("before", ["", "x", "xy", "xyz"])
@pytest.mark.parametrize("form", ["raw", "base64", "base64url", "hex"])
def test_what_is_looked_for_would_be_found(before: str, form: str) -> None:
    """The search finds a secret in every form, whatever stands before and after it."""
    import base64  # noqa: PLC0415 - used here only

    secret = "Sanelma ÿ? P>>".encode()
    inside = before.encode() + secret + b"!!"
    hidden = {
        "raw": inside,
        "base64": base64.b64encode(inside),
        "base64url": base64.urlsafe_b64encode(inside),
        "hex": inside.hex().encode(),
    }[form]
    assert places_of({"label": secret}, {"here": b'{"a":"' + hidden + b'"}'}) == ["label in here"]
    assert all(len(trace) >= 8 for trace in traces(secret))


def test_scopes_of_the_planted_key(world: World) -> None:
    """The planted access key is one that could do harm."""
    headers = world.key((), role=Role.ADMINISTRATOR)
    answer = world.client.get("/v1/access-keys", headers=headers)
    assert answer.status_code == 200
    assert Scope.ADMINISTER in orjson.loads(answer.content)["access_keys"][-1]["scopes"]
