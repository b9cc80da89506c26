"""Keys in a token (SoftHSM): made inside it, never outside; what goes wrong is said in words."""

from __future__ import annotations

import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson
import pkcs11
import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from okbadges.app import create_app
from okbadges.credentials.selective import derive
from okbadges.errors import ConfigurationError, Unavailable
from okbadges.issuing.forms import Form
from okbadges.keys import tokens
from okbadges.keys.kinds import KeyKind
from okbadges.keys.rotation import mark_compromised
from okbadges.keys.tokens import Token
from okbadges.organisations.issuers import find_issuer
from okbadges.settings import load_settings
from okbadges.storage.tables import SigningKeyRow
from support.softhsm import LABEL, OTHER_LABEL, PIN, SoftHsm, set_up_token
from support.world import BASE_URL, SECRET, Clock, World, order

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from okbadges.keys.keyring import AddedKey
    from support.world import Prepared

pytestmark = pytest.mark.softhsm


@pytest.fixture(scope="module")
def softhsm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoftHsm]:
    """Set up one token for this module: the library reads where its tokens are once for a process."""
    token = set_up_token(tmp_path_factory.mktemp("token"))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SOFTHSM2_CONF", str(token.configuration))
        yield token


@pytest.fixture
def token(softhsm: SoftHsm) -> Token:
    """Return the token, with no session yet."""
    return Token(softhsm.module, LABEL, PIN)


@pytest.fixture
def held(ground: tuple[str, Prepared], softhsm: SoftHsm) -> Iterator[World]:
    """Return an installation whose settings name the token."""
    settings = load_settings(
        base_url=BASE_URL,
        database_url=ground[0],
        secret=SECRET,
        rate_per_key="off",
        rate_per_address="off",
        pkcs11_module=softhsm.module,
        pkcs11_token=LABEL,
        pkcs11_pin_file=softhsm.pin_file,
    )
    clock = Clock()
    app = create_app(settings, now=clock)
    with TestClient(app, base_url=BASE_URL, raise_server_exceptions=False) as client:
        yield World(app, client, clock, ground[1])


def add(world: World, kind: KeyKind) -> AddedKey:
    """Make a key in the token, and wait until it signs."""
    with world.rooms.database.read() as session:
        issuer = find_issuer(session, "ok")
    added = world.rooms.keyring.add_key(world.rooms.writer, world.rooms.stamp("test"), issuer, kind, in_token=True)
    world.clock.move(minutes=10)
    return added


@pytest.mark.parametrize(("kind", "public"), [("ed25519", "ed25519"), ("p256", "p-256"), ("rsa3072", "rsa")])
def test_it_works(token: Token, kind: str, public: str) -> None:
    """A key of each kind is made inside and signs what its public half verifies, from another session too; it never comes out."""
    key = token.make_key(kind, f"test-{kind}")
    assert key.kind == public
    for session in (token, Token(token._module, LABEL, PIN)):
        signer = session.signer(f"test-{kind}", key)
        assert key.verify(signer.sign(b"message"), b"message")
        assert not key.verify(signer.sign(b"message"), b"massage")
    assert repr(signer) == f"TokenSigner(test-{kind})"
    private = token._session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=f"test-{kind}")
    assert private[pkcs11.Attribute.SENSITIVE]
    assert not private[pkcs11.Attribute.EXTRACTABLE]


def test_many_threads_share_the_session(token: Token) -> None:
    """Every signature of sixteen threads is a good one."""
    key = token.make_key("p256", "test-threads")
    signer, good = token.signer("test-threads", key), list[bool]()

    def sign(number: int) -> None:
        good.extend(
            key.verify(signer.sign(message), message) for message in [b"%d-%d" % (number, i) for i in range(20)]
        )

    threads = [threading.Thread(target=sign, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert good == [True] * 320


def test_an_issuer_signs_with_keys_in_a_token(held: World) -> None:
    """Credential, status list, JWT and base: signed in the token, valid for everybody; the database holds no private half."""
    for kind in KeyKind:
        add(held, kind)
    issued = held.issue()
    assert issued["credential"]["proof"]["verificationMethod"].endswith("#key-3")
    jwt = held.rooms.forms.get(issued["id"], Form.VC_JWT, actor="test")
    base = orjson.loads(held.rooms.forms.get(issued["id"], Form.SELECTIVE_BASE, actor="test"))
    held.clock.move(seconds=2)
    for document in (orjson.dumps(issued["credential"]), jwt, orjson.dumps(derive(base, reveal=[]))):
        assert held.rooms.verify(document).verdict == "VALID"
    with held.rooms.database.read() as session:
        rows = session.exec(select(SigningKeyRow).where(SigningKeyRow.number > 2)).all()
        assert [row.sealed_private_key for row in rows] == [None] * 3
        assert all(row.token_label == f"okbadges-{row.id.hex}" for row in rows)
        assert list(held.rooms.keyring.check(session)) == []


def test_the_successor_of_a_compromised_key_is_made_in_the_token_too(held: World) -> None:
    """A key that was in a token is not replaced by one in a file."""
    rsa = add(held, KeyKind.RSA3072)
    rooms = held.rooms
    with rooms.database.read() as session:
        issuer = find_issuer(session, "ok")
    since = held.clock()
    done = mark_compromised(
        rooms.keyring, rooms.database, rooms.writer, rooms.stamp("test"), issuer, rsa.number, since=since
    )
    assert done.replaced_by is not None
    with rooms.database.read() as session:
        row = session.exec(select(SigningKeyRow).where(SigningKeyRow.number == done.replaced_by.number)).one()
    assert row.token_label is not None


def test_without_the_token_nothing_is_signed_and_the_reason_is_told(held: World, ground: tuple[str, Prepared]) -> None:
    """An installation that is started without its token answers 503 with the settings that are missing; nothing is stored."""
    add(held, KeyKind.ED25519)
    settings = load_settings(
        base_url=BASE_URL, database_url=ground[0], secret=SECRET, rate_per_key="off", rate_per_address="off"
    )
    app = create_app(settings, now=held.clock)
    with TestClient(app, base_url=BASE_URL, raise_server_exceptions=False) as client:
        answer = client.post("/v1/credentials", json=order(), headers=held.as_iida())
        assert (answer.status_code, answer.json()["code"]) == (503, "no-token")
        assert "OKBADGES_PKCS11_MODULE" in answer.json()["detail"]
        with app.state.rooms.database.read() as session:
            (words,) = app.state.rooms.keyring.check(session)
    assert words.startswith("key 3 of the issuer ok: This key is in a token")
    assert held.issue()


def test_a_wrong_pin_is_tried_once(softhsm: SoftHsm, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token locks itself after a few wrong ones, so the process does not try again."""
    token = Token(softhsm.module, OTHER_LABEL, "000000")
    assert PIN not in repr(Token(softhsm.module, LABEL, PIN))
    for _ in range(2):
        with pytest.raises(ConfigurationError) as refused:
            token.make_key("p256", "never")
        assert refused.value.code == "token-pin"
        monkeypatch.setattr(pkcs11, "lib", lambda _: pytest.fail("tried again"))


def test_a_token_that_is_not_there_is_told(softhsm: SoftHsm, token: Token) -> None:
    """No such token, no such library, no such key: each in its own words."""
    with pytest.raises(Unavailable) as refused:
        Token(softhsm.module, "elsewhere", PIN).make_key("p256", "never")
    assert refused.value.code == "token-unavailable"
    key = token.make_key("p256", "test-there")
    with pytest.raises(ConfigurationError) as absent:
        token.signer("test-not-there", key)
    assert absent.value.code == "no-token-key"


def test_a_library_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path that leads nowhere, and a package that is not installed."""
    with pytest.raises(ConfigurationError) as refused:
        Token(tmp_path / "nothing.so", LABEL, PIN).make_key("p256", "never")
    assert refused.value.code == "token-module"
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    with pytest.raises(ConfigurationError, match=r"okbadges\[hsm\]"):
        tokens._library()


@dataclass
class Broken:
    """Something that stands for a session of a device that was pulled."""

    def get_key(self, **_: object) -> None:
        """Say what a pulled device says."""
        raise pkcs11.DeviceRemoved

    def close(self) -> None:
        """Say it again."""
        raise pkcs11.DeviceRemoved


def test_a_session_that_is_gone_is_opened_again(token: Token) -> None:
    """After a token was pulled and plugged in again, the next signature is made as if nothing had happened."""
    key = token.make_key("p256", "test-again")
    token._session = Broken()
    signer = token.signer("test-again", key)
    token._session = Broken()
    assert key.verify(signer.sign(b"m"), b"m")
    assert not isinstance(token._session, Broken)


def test_a_token_without_such_keys_says_so(token: Token) -> None:
    """Not every token makes Ed25519 keys; then another kind is asked for."""

    def refuse(_: object) -> None:
        raise pkcs11.MechanismInvalid

    with pytest.raises(ConfigurationError) as refused:
        token._do(refuse)
    assert refused.value.code == "token-kind"
