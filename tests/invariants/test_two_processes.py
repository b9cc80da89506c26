"""Nothing is kept in one process that another one needs: one installation, asked by turns through two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient

from okbadges.app import create_app
from support.world import BASE_URL, Clock, order, settings_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.world import Prepared


@pytest.fixture
def two(ground: tuple[str, Prepared]) -> Iterator[tuple[TestClient, TestClient, Clock, dict[str, str]]]:
    """Return two processes' doors to one installation, their clock, and Iida's access key."""
    url, keys = ground
    clock = Clock()
    apps = [create_app(settings_for(url), now=clock) for _ in range(2)]
    with TestClient(apps[0], base_url=BASE_URL) as first, TestClient(apps[1], base_url=BASE_URL) as second:
        yield first, second, clock, {"Authorization": f"Bearer {keys.iida}"}


def _path(address: str) -> str:
    return address.removeprefix(BASE_URL)


def _verdict(client: TestClient, path: str) -> str:
    answer: dict[str, Any] = client.get(path, headers={"Accept": "application/json"}).json()
    return str(answer["verdict"])


def test_what_one_does_the_other_knows(two: tuple[TestClient, TestClient, Clock, dict[str, str]]) -> None:
    """A repeat at the other process is the same answer; what one revokes is revoked in both, in the same bytes."""
    first, second, clock, iida = two
    wanted = order(share={"purpose": "workplace", "expires_on": "2026-12-24"})
    repeat = {**iida, "Idempotency-Key": "twice"}
    answer = first.post("/v1/credentials", json=wanted, headers=repeat)
    assert answer.status_code == 201, answer.text
    assert second.post("/v1/credentials", json=wanted, headers=repeat).content == answer.content
    issued = answer.json()
    link, status_list = (
        _path(issued["share_link"]),
        _path(issued["credential"]["credentialStatus"]["statusListCredential"]),
    )
    assert _verdict(first, link) == _verdict(second, link) == "VALID"
    before = first.get(status_list)
    assert second.get(status_list).content == before.content
    clock.move(seconds=2)
    reason = {"reason": "issued-in-error"}
    assert second.post(f"/v1/credentials/{issued['id']}/revoke", json=reason, headers=iida).status_code == 200
    clock.move(seconds=2)
    assert _verdict(first, link) == _verdict(second, link) == "REVOKED"
    after = first.get(status_list)
    assert second.get(status_list).content == after.content != before.content


def test_a_list_never_goes_back(two: tuple[TestClient, TestClient, Clock, dict[str, str]]) -> None:
    """Whichever process is asked: what one of them showed as revoked is never shown as valid again by the other."""
    first, second, clock, iida = two
    seen = []
    for number in range(4):
        asked, other = (first, second) if number % 2 else (second, first)
        issued = asked.post("/v1/credentials", json=order(), headers=iida).json()
        status_list = _path(issued["credential"]["credentialStatus"]["statusListCredential"])
        clock.move(seconds=2)
        other.post(f"/v1/credentials/{issued['id']}/revoke", json={"reason": "issued-in-error"}, headers=iida)
        clock.move(seconds=2)
        documents = {client.get(status_list).content for client in (asked, other)}
        assert len(documents) == 1
        seen.append(documents.pop())
    assert len(set(seen)) == 4
