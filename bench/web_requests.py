"""What is asked of the service in `web.py`: each case with its requests, made beforehand, and what every answer has to say."""

from __future__ import annotations

import http.client
import json
import uuid
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any, Final

from okbadges.building import chance, utc_now
from okbadges.credentials.data_integrity import sign
from okbadges.credentials.dids import did_key
from okbadges.credentials.signers import Ed25519Signer, generate_seed
from okbadges.credentials.strict_json import dumps
from serving import request
from support.world import order

if TYPE_CHECKING:
    from collections.abc import Callable

    from crash.clients import Door

_PARTICIPANTS: Final = 200
_CREATED: Final = 201
_NOT_MODIFIED: Final = 304
_AS_A_BROWSER: Final = ("Accept: text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language: fi")


@dataclass(frozen=True, slots=True)
class Ground:
    """What the requests are about: the door of the service, and what was issued there before."""

    door: Door
    participants: tuple[str, ...]
    document: dict[str, Any]
    """A credential that was issued here, as JSON."""
    share_path: str
    list_path: str
    list_tag: str
    """The entity tag of the status list."""


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to ask for: ``make`` gives so many requests, each answered with this status and with these words in it."""

    name: str
    make: Callable[[Ground, int], list[bytes]]
    expected: str
    status: int = 200
    times: int = 1
    """How many times as often it is asked: what is answered soon has to be asked often to be measured."""
    of_hello: bool = False


def laid_ground(door: Door) -> Ground:
    """Issue what the cases need to a service that runs. Raises RuntimeError when it refuses."""
    agreed = {"purpose": "workplace", "agreed": True, "expires_on": str((utc_now() + timedelta(days=60)).date())}
    shared = _issued(door, share=agreed)
    others = [_issued(door)["participant"] for _ in range(_PARTICIPANTS)]
    list_path = _path(shared["credential"]["credentialStatus"]["statusListCredential"])
    _, head, _ = _asked(door, "GET", list_path)
    return Ground(door, tuple(others), shared["credential"], _path(shared["share_link"]), list_path, head["etag"])


def _issued(door: Door, **changes: object) -> dict[str, Any]:
    content = json.dumps(order(awarded_on=door.awarded_on, **changes)).encode()
    status, _, body = _asked(door, "POST", "/v1/credentials", content)
    if status != _CREATED:
        raise RuntimeError(f"the service refused to issue: {status} {body.decode(errors='replace')[:500]}")
    issued: dict[str, Any] = json.loads(body)
    return issued


def _asked(door: Door, method: str, path: str, content: bytes | None = None) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", door.port, timeout=30)
    headers = {"Authorization": f"Bearer {door.access_key}", "Content-Type": "application/json"}
    connection.request(method, path, content, headers)
    answer = connection.getresponse()
    try:
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def _path(address: str) -> str:
    return "/" + address.split("/", 3)[3]


def _orders(ground: Ground, count: int) -> list[bytes]:
    """Return orders for people who are new here, each with a key of its own."""
    body = json.dumps(order(awarded_on=ground.door.awarded_on)).encode()
    return [_order(ground, body) for _ in range(count)]


def _orders_for_known(ground: Ground, count: int) -> list[bytes]:
    """Return orders for people who have badges already."""
    bodies = [
        json.dumps(order(awarded_on=ground.door.awarded_on, participant=one)).encode() for one in ground.participants
    ]
    return [_order(ground, body) for body in islice(cycle(bodies), count)]


def _order(ground: Ground, body: bytes) -> bytes:
    headers = (f"Authorization: Bearer {ground.door.access_key}", f"Idempotency-Key: {uuid.uuid4()}")
    return request("POST", "/v1/credentials", ground.door.port, *headers, body=body)


def _pages(*headers: str) -> Callable[[Ground, int], list[bytes]]:
    return lambda ground, count: [request("GET", ground.share_path, ground.door.port, *_AS_A_BROWSER, *headers)] * count


def _list(ground: Ground, count: int) -> list[bytes]:
    return [request("GET", ground.list_path, ground.door.port)] * count


def _known_list(ground: Ground, count: int) -> list[bytes]:
    return [request("GET", ground.list_path, ground.door.port, f"If-None-Match: {ground.list_tag}")] * count


def _hello(ground: Ground, count: int) -> list[bytes]:
    return [request("GET", "/", ground.door.port)] * count


def _same_credential(ground: Ground, count: int) -> list[bytes]:
    return [_to_verify(ground, _foreign(ground, *_stranger()))] * count


def _new_credentials(ground: Ground, count: int) -> list[bytes]:
    signer, did = _stranger()
    return [_to_verify(ground, _foreign(ground, signer, did)) for _ in range(count)]


def _new_badges(ground: Ground, count: int) -> list[bytes]:
    signer, did = _stranger()
    return [_to_verify(ground, _foreign(ground, signer, did, f"Badge {number}")) for number in range(count)]


def _stranger() -> tuple[Ed25519Signer, str]:
    signer = Ed25519Signer(generate_seed(chance))
    return signer, did_key(signer.public_key)


def _foreign(ground: Ground, signer: Ed25519Signer, did: str, name: str | None = None) -> bytes:
    """Return a credential as ours are, about somebody else, signed by a stranger who is known by their key alone."""
    ours = {name: value for name, value in ground.document.items() if name not in ("proof", "credentialStatus")}
    subject = {**ours["credentialSubject"], "id": f"urn:uuid:{uuid.uuid4()}"}
    if name is not None:
        subject["achievement"] = {**subject["achievement"], "id": f"urn:uuid:{uuid.uuid4()}", "name": name}
    issuer = {**ours["issuer"], "id": did}
    unsigned = {**ours, "id": f"urn:uuid:{uuid.uuid4()}", "issuer": issuer, "credentialSubject": subject}
    return dumps(sign(unsigned, signer=signer, verification_method=f"{did}#{did.removeprefix('did:key:')}"))


def _to_verify(ground: Ground, document: bytes) -> bytes:
    return request("POST", "/v1/verify", ground.door.port, body=document)


_VALID = '"verdict":"VALID"'
CASES: Final = (
    Case("issue", _orders, '"claim_link":', _CREATED),
    Case("issue-known", _orders_for_known, '"claim_link":', _CREATED),
    Case("share-page-gzip", _pages("Accept-Encoding: gzip"), "content-encoding: gzip"),
    Case("share-page", _pages(), 'class="verdict good"', times=4),
    Case("hello", _hello, "hello", of_hello=True, times=10),
    Case("status-list", _list, '"BitstringStatusListCredential"', times=4),
    Case("status-list-known", _known_list, "etag: ", _NOT_MODIFIED),
    Case("verify-same", _same_credential, _VALID),
    Case("verify-new", _new_credentials, _VALID),
    Case("verify-new-badge", _new_badges, _VALID),
)
