"""Further forms of a credential: made once, verified, stored, sent; the same id and the same place in the status list."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from sqlalchemy import delete, update
from sqlmodel import col, select

from okbadges.credentials.model import check_shape
from okbadges.credentials.selective import derive, open_badges_choices
from okbadges.credentials.vc_jwt import read_jwt
from okbadges.errors import ConfigurationError, Conflict, Gone, NotFound
from okbadges.issuing.forms import Form
from okbadges.keys.kinds import KeyKind
from okbadges.organisations.issuers import find_issuer
from okbadges.storage.tables import CredentialFormRow, CredentialRow, EventRow, SigningKeyRow

if TYPE_CHECKING:
    from okbadges.verification import Report
    from support.world import World

DID = "did:web:localhost%3A8000:issuers:ok"


def get(world: World, issued: dict[str, Any], form: Form) -> bytes:
    """Ask for a form of what was issued."""
    return world.rooms.forms.get(issued["id"], form, actor="test")


def checked(world: World, document: bytes) -> Report:
    """Return our own report, a moment later, so that status lists show what happened."""
    world.clock.move(seconds=2)
    return world.rooms.verify(document)


def without_p256(world: World) -> None:
    """Make the world one from before P-256 keys: its issuer has an Ed25519 key only."""
    gone = delete(SigningKeyRow).where(col(SigningKeyRow.kind) == "p256")
    world.rooms.writer.write(lambda connection: connection.execute(gone) and None)


def test_a_jwt_says_what_the_credential_says(world: World) -> None:
    """ES256 with the P-256 key; every member is as it was signed at issue, and our verifier calls it valid."""
    issued = world.issue()
    jwt = read_jwt(get(world, issued, Form.VC_JWT).decode())
    body = {name: value for name, value in issued["credential"].items() if name != "proof"}
    assert jwt.unverified_credential() == body
    assert (jwt.algorithm, jwt.key_id) == ("ES256", f"{DID}#key-2")
    assert checked(world, get(world, issued, Form.VC_JWT)).verdict == "VALID"


def test_rs256_is_used_where_it_was_switched_on(world: World) -> None:
    """With an RSA key of 3072 bits a JWT is signed with it; one that was there stays as it was."""
    earlier, later = world.issue(), world.issue()
    before = get(world, earlier, Form.VC_JWT)
    with world.rooms.database.read() as session:
        issuer = find_issuer(session, "ok")
    world.rooms.keyring.add_key(world.rooms.writer, world.rooms.stamp("test"), issuer, KeyKind.RSA3072)
    assert read_jwt(get(world, later, Form.VC_JWT).decode()).algorithm == "RS256"
    assert checked(world, get(world, later, Form.VC_JWT)).verdict == "VALID"
    assert get(world, earlier, Form.VC_JWT) == before


def test_the_base_lets_the_holder_show_the_exact_day_or_not(world: World) -> None:
    """What is derived is a valid badge: with the day of the award, or with the month alone. The base itself is nobody's proof."""
    issued = world.issue(awarded_on="2026-11-20")
    base = orjson.loads(get(world, issued, Form.SELECTIVE_BASE))
    assert base["awardedDate"] == "2026-11-20T00:00:00Z"
    assert check_shape({name: value for name, value in base.items() if name != "proof"}) == []
    assert open_badges_choices(base) == ("/awardedDate",)
    month, day = derive(base, reveal=[]), derive(base, reveal=["/awardedDate"])
    assert "awardedDate" not in month
    assert "2026-11-20" not in orjson.dumps(month).decode()
    assert day["awardedDate"] == "2026-11-20T00:00:00Z"
    for shown in (month, day):
        assert shown["id"] == issued["id"]
        assert shown["credentialStatus"] == issued["credential"]["credentialStatus"]
        assert checked(world, orjson.dumps(shown)).verdict == "VALID"
    assert checked(world, orjson.dumps(base)).verdict == "INVALID"


@pytest.mark.parametrize("form", list(Form))
def test_a_form_is_made_once(world: World, form: Form) -> None:
    """The same bytes every time, one row, one event with the hash and nothing else."""
    issued = world.issue()
    made = {get(world, issued, form) for _ in range(3)}
    assert len(made) == 1
    with world.rooms.database.read() as session:
        (row,) = session.exec(select(CredentialFormRow)).all()
        (event,) = session.exec(select(EventRow).where(EventRow.action == "credential.form-made")).all()
    assert {row.document} == made
    assert (event.subject, event.actor) == (issued["id"], "test")
    assert orjson.loads(event.details).keys() == {"form", "document"}


def test_two_who_ask_at_once_get_the_same(world: World) -> None:
    """Eight ask at the same moment for a base, which is never signed twice the same way: one is made."""
    issued, together, made = world.issue(), threading.Barrier(8), list[bytes]()

    def ask() -> None:
        together.wait()
        made.append(get(world, issued, Form.SELECTIVE_BASE))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8
    assert len(set(made)) == 1
    with world.rooms.database.read() as session:
        assert len(session.exec(select(EventRow).where(EventRow.action == "credential.form-made")).all()) == 1


def test_revoking_reaches_every_form(world: World) -> None:
    """All forms have one place in the status list, so what was handed out is revoked with the credential; nothing new is signed of it."""
    issued, other = world.issue(), world.issue()
    jwt, base = get(world, issued, Form.VC_JWT), orjson.loads(get(world, issued, Form.SELECTIVE_BASE))
    for one in (issued, other):
        world.client.post(f"/v1/credentials/{one['id']}/revoke", json={"reason": "replaced"}, headers=world.as_iida())
    assert checked(world, jwt).verdict == "REVOKED"
    assert checked(world, orjson.dumps(derive(base, reveal=[]))).verdict == "REVOKED"
    assert get(world, issued, Form.VC_JWT) == jwt
    with pytest.raises(Conflict) as refused:
        get(world, other, Form.VC_JWT)
    assert refused.value.code == "credential-revoked"
    assert world.rooms.forms.offered(other["id"]) == frozenset()


def test_a_credential_that_is_revoked_meanwhile_gets_no_form(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Revoked between signing and storing: nothing is stored, and nothing that was signed leaves."""
    issued, signed = world.issue(), world.rooms.forms._signed

    def sign_and_revoke(asked: Any) -> bytes:
        made = signed(asked)
        body = {"reason": "replaced"}
        world.client.post(f"/v1/credentials/{issued['id']}/revoke", json=body, headers=world.as_iida())
        return made

    monkeypatch.setattr(world.rooms.forms, "_signed", sign_and_revoke)
    with pytest.raises(Conflict):
        get(world, issued, Form.VC_JWT)
    with world.rooms.database.read() as session:
        assert session.exec(select(CredentialFormRow)).all() == []


def test_what_was_erased_gets_no_form(world: World) -> None:
    """Without the document there is nothing to sign; an unknown id is not found."""
    issued = world.issue()
    erased = update(CredentialRow).values(document=None, erased_at=world.clock())
    world.rooms.writer.write(lambda connection: connection.execute(erased) and None)
    with pytest.raises(Gone) as refused:
        get(world, issued, Form.VC_JWT)
    assert refused.value.code == "erased"
    with pytest.raises(NotFound):
        get(world, {"id": "urn:uuid:00000000-0000-4000-8000-000000000000"}, Form.VC_JWT)


def test_an_issuer_from_before_says_which_key_is_missing(world: World) -> None:
    """A JWT is signed with EdDSA then; for the base the refusal names the command, and nobody is offered it."""
    without_p256(world)
    issued = world.issue()
    assert world.rooms.forms.offered(issued["id"]) == {Form.VC_JWT}
    assert read_jwt(get(world, issued, Form.VC_JWT).decode()).algorithm == "EdDSA"
    assert checked(world, get(world, issued, Form.VC_JWT)).verdict == "VALID"
    with pytest.raises(ConfigurationError, match="okbadges issuer add-key ok --kind p256"):
        get(world, issued, Form.SELECTIVE_BASE)


@pytest.mark.parametrize("changes", [{"valid_until": "2027-11-20"}, {"language": "sv"}, {"badge": "kasi-puu"}])
def test_every_kind_of_award_has_every_form(world: World, changes: dict[str, str]) -> None:
    """With an end, in another language, another badge: both forms verify."""
    issued = world.issue(**changes)
    assert checked(world, get(world, issued, Form.VC_JWT)).verdict == "VALID"
    base = orjson.loads(get(world, issued, Form.SELECTIVE_BASE))
    assert checked(world, orjson.dumps(derive(base, reveal=[]))).verdict == "VALID"
