"""``okbadges member``."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from support.command_line import Operator, operating
from support.groups import get
from support.learners import new_group

if TYPE_CHECKING:
    from support.world import World


@pytest.fixture
def operator(world: World, monkeypatch: pytest.MonkeyPatch) -> Operator:
    """Return the operator of this test's installation."""
    return operating(world, monkeypatch)


def test_it_works(operator: Operator) -> None:
    """A member is added, listed, and leaves; their key opens nothing from then on."""
    said = operator.must("member", "add", "kemi", "--name", "Oiva", "--role", "instructor")
    member = uuid.UUID(said.splitlines()[0])
    assert f"{member}  instructor     Oiva\n" in operator.must("member", "list", "kemi")
    operator.must("member", "leave", "kemi", str(member))
    assert f"{member}  instructor     Oiva  (left " in operator.must("member", "list", "kemi")
    operator.must("member", "leave", "kemi", str(member))


def test_what_cannot_be_is_said(operator: Operator) -> None:
    """A partner is no member, a stranger cannot leave, a leader hands over first and stays."""
    assert operator.run("member", "add", "kemi", "--name", "x", "--role", "partner")[0] == 2
    assert operator.run("member", "add", "nowhere", "--name", "x", "--role", "teacher")[0] == 2
    assert operator.run("member", "leave", "kemi", str(uuid.uuid4()))[0] == 2
    assert operator.run("member", "leave", "ranua", str(operator.world.keys.iida_id))[0] == 2
    new_group(operator.world)
    status, said = operator.run("member", "leave", "kemi", str(operator.world.keys.iida_id))
    assert (status, "aamu" in said) == (2, True)
    assert get(operator.world, "/groups").status_code == 200


def test_links_and_sign_outs(operator: Operator) -> None:
    """A link opens the page on which its member signs in, until they are signed out everywhere."""
    iida = str(operator.world.keys.iida_id)
    said = operator.must("member", "sign-in-link", "kemi", iida)
    address, until = said.splitlines()
    assert until == "Works once, until 2026-11-22 12:00 UTC"
    assert operator.world.client.get(address).status_code == 200
    assert operator.must("member", "sign-out", "kemi", iida) == "Signed out: 0\n"
    assert operator.world.client.get(address).status_code == 410
    for command in ("sign-in-link", "sign-out"):
        assert operator.run("member", command, "ranua", iida)[0] == 2
