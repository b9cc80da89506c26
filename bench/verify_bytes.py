"""Verifying from the bytes that somebody sends, of a badge that this process has met before and of one that it has not."""

from __future__ import annotations

import secrets
from itertools import cycle
from typing import TYPE_CHECKING

from nacl.signing import SigningKey

import peer_processes as peers
from material import NOW, material
from measures import Measure, Row, alternating, timed
from okbadges.credentials.data_integrity import only_proof, verify_proof
from okbadges.credentials.strict_json import loads
from okbadges.verification import verify as verify_whole
from okbadges.verification.proven import Proven

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from material import Material
    from measures import Effort, Spent

_MESSAGE = bytes(range(64))
_TARGETS = {"unseen": 0.20, "seen": 0.32}


def verify(effort: Effort) -> Iterator[Row]:
    """Measure the whole report (keys, proof, dates, status list, from memory) and, apart, reading and proof alone.

    The reports share what is remembered between them, as those of the service do; no credential comes twice.
    """
    given = material()
    times = effort.count(_UNSEEN) * (effort.rounds + 1) * 2
    sets = {"seen": given.seen(max(times, _TEXTS)), "unseen": given.unseen(times)}
    node_material = given.for_node()
    node_material["texts"] = {name: [one.decode() for one in documents[:_TEXTS]] for name, documents in sets.items()}
    with peers.node(node_material) as node, peers.openbadgeslib(node_material) as library:
        took = alternating(_contenders(effort, given, sets, node, library), effort.rounds)
    for name, target in _TARGETS.items():
        for what, like in (("whole report", "verify-status"), ("reading and proof", "verify")):
            ours = took[f"{what} {name}"]
            title, note = f"verify, {name} badge: {what}", f"{ours.wall:.0f} µs wall"
            yield Row(title, "libsodium", ours.cpu, took["libsodium"].cpu, target=target, note=note)
            theirs = took.get(f"{like} {name}")
            told = _like(like) if theirs else peers.NO_NODE
            yield Row(title, "Node", ours.cpu, theirs.cpu if theirs else None, target=25, note=told)
    theirs = took.get("openbadgeslib")
    told = "proof and dates" if theirs else peers.NO_OPENBADGESLIB
    ours = took["reading and proof seen"]
    yield Row(
        "verify, seen badge: reading and proof", "openbadgeslib", ours.cpu, theirs.cpu if theirs else None, note=told
    )


_TEXTS = 50
_UNSEEN = 60


def _contenders(
    effort: Effort,
    given: Material,
    sets: dict[str, list[bytes]],
    node: peers.Peer | None,
    library: peers.Peer | None,
) -> dict[str, Callable[[], Spent]]:
    sodium = SigningKey(secrets.token_bytes(32))
    signature, key = sodium.sign(_MESSAGE).signature, sodium.verify_key
    contenders = {"libsodium": timed(lambda: key.verify(_MESSAGE, signature), effort.count(1000))}
    # every credential comes once, and an unseen badge is one that this process verifies for the first time: each of the two ways
    # has credentials of its own
    given_to = {
        name: (documents[: len(documents) // 2], documents[len(documents) // 2 :]) for name, documents in sets.items()
    }
    for name, (for_report, for_proof) in given_to.items():
        times = effort.count(_UNSEEN)
        contenders[f"whole report {name}"] = timed(_reporting(given, for_report), times)
        contenders[f"reading and proof {name}"] = timed(_proving(given, for_proof), times)
        if node is not None:
            for operation in ("verify", "verify-status"):
                contenders[f"{operation} {name}"] = node.repetition(operation, name, effort.count(40))
    if library is not None:
        contenders["openbadgeslib"] = library.repetition("verify", "seen", effort.count(20))
    return contenders


def _reporting(given: Material, documents: Sequence[bytes]) -> Callable[[], None]:
    received, proven = cycle(documents), Proven()

    def report() -> None:
        assert verify_whole(next(received), fetch=given.fetch, now=NOW, proven=proven).verdict == "VALID"

    return report


def _proving(given: Material, documents: Sequence[bytes]) -> Callable[[], None]:
    received, key = cycle(documents), given.prepared.key.published_key

    def prove() -> None:
        document = loads(next(received))
        assert isinstance(document, dict)
        verify_proof(document, only_proof(document), key)

    return prove


def _like(operation: str) -> str:
    return {
        "verify-status": "proof, issuer, dates and status list",
        "verify": "proof, issuer and dates, no status",
    }[operation]


MEASURES = (Measure("verify", verify),)
