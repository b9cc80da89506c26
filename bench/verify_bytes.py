"""Verifying from the bytes that somebody sends, of a badge that this process has met before and of one that it has not."""

from __future__ import annotations

import secrets
from itertools import cycle
from typing import TYPE_CHECKING

from nacl.signing import SigningKey

import peer_processes as peers
from material import NOW, material
from measures import Measure, alternating, beside, timed, warming_and
from okbadges.credentials.data_integrity import only_proof, verify_proof
from okbadges.credentials.strict_json import loads
from okbadges.verification import verify as verify_whole
from okbadges.verification.proven import Proven

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from material import Material
    from measures import Effort, Row, Spent

_MESSAGE = bytes(range(64))
_TARGETS = {"unseen": 0.20, "seen": 0.32}


def verify(effort: Effort) -> Iterator[Row]:
    """Measure the whole report (keys, proof, dates, status list, from memory) and, apart, reading and proof alone.

    The reports share what is remembered between them, as those of the service do; no credential comes twice.
    """
    given = material()
    times = effort.count(_TIMES) * warming_and(effort.turns) * 2
    sets = {"seen": given.seen(max(times, _TEXTS)), "unseen": given.unseen(times)}
    node_material = given.for_node()
    node_material["texts"] = {name: [one.decode() for one in documents[:_TEXTS]] for name, documents in sets.items()}
    with peers.node(node_material) as node, peers.openbadgeslib(node_material) as library:
        took = alternating(_contenders(effort, given, sets, node, library), effort)
    for name, target in _TARGETS.items():
        for what, like in (("whole report", "verify-status"), ("reading and proof", "verify")):
            ours = took[f"{what} {name}"]
            title, note = f"verify, {name} badge: {what}", f"{ours.wall:.0f} µs wall"
            yield beside(title, "libsodium", ours, took["libsodium"], target=target, note=note)
            theirs = took.get(f"{like} {name}")
            yield beside(title, "Node", ours, theirs, target=25, note=_like(like) if theirs else peers.NO_NODE)
    theirs = took.get("openbadgeslib")
    told = "proof and dates" if theirs else peers.NO_OPENBADGESLIB
    ours = took["reading and proof seen"]
    yield beside("verify, seen badge: reading and proof", "openbadgeslib", ours, theirs, note=told)


_TEXTS = 50
_TIMES = 40


def _contenders(
    effort: Effort,
    given: Material,
    sets: dict[str, list[bytes]],
    node: peers.Peer | None,
    library: peers.Peer | None,
) -> dict[str, Callable[[], Spent]]:
    sodium = SigningKey(secrets.token_bytes(32))
    signature, key = sodium.sign(_MESSAGE).signature, sodium.verify_key
    contenders = {"libsodium": timed(lambda: key.verify(_MESSAGE, signature), effort.count(200))}
    # every credential comes once, and an unseen badge is one that this process verifies for the first time: each of the two ways
    # has credentials of its own
    given_to = {
        name: (documents[: len(documents) // 2], documents[len(documents) // 2 :]) for name, documents in sets.items()
    }
    for name, (for_report, for_proof) in given_to.items():
        times = effort.count(_TIMES)
        contenders[f"whole report {name}"] = timed(_reporting(given, for_report), times)
        contenders[f"reading and proof {name}"] = timed(_proving(given, for_proof), times)
        if node is not None:
            for operation in ("verify", "verify-status"):
                contenders[f"{operation} {name}"] = node.repetition(operation, name, effort.count(8))
    if library is not None:
        contenders["openbadgeslib"] = library.repetition("verify", "seen", effort.count(2))
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
