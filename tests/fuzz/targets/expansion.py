"""JSON-LD expansion and canonicalisation: any document becomes the same sorted lines twice, or is refused for a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fuzz.finding import files, refusals
from okbadges.credentials.canonical import canonical_nquads
from okbadges.credentials.expansion import to_quads
from okbadges.credentials.rdfc import canonicalise
from okbadges.credentials.strict_json import dumps, loads
from verification.making import Maker, credential

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def target(data: bytes) -> None:
    """Canonicalise; the order of the members does not matter."""
    with refusals():
        document = loads(data)
        if isinstance(document, dict):
            lines = canonical_nquads(document)
            assert lines == canonical_nquads(dict(reversed(document.items())))
            # what is known from documents before changes nothing
            assert lines == canonicalise(to_quads(document)).nquads
            assert lines.splitlines() == sorted(lines.splitlines())


def seeds(shared: Path | None) -> Iterator[bytes]:
    """Yield credentials of several makers."""
    yield dumps(credential(Maker.by_key().did))
    yield from files(shared, "interop/samples/good-*.json", "standards/data/vectors/w3c-vcdm2-input/*-ok.json")
