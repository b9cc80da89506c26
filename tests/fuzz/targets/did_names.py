"""DID names and what follows from them: one spelling for a name, an https URL for did:web, a sound document for the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fuzz.finding import refusals
from okbadges.credentials.controllers import document_in_the_name
from okbadges.credentials.dids import DidUrl, did_web_from_base, did_web_to_url
from verification.making import Maker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def target(data: bytes) -> None:
    """Read a name, find its document's place, or make the document."""
    text = data.decode("utf-8", "surrogateescape")
    with refusals():
        name = DidUrl.parse(text)
        fragment = "" if name.fragment is None else f"#{name.fragment}"
        assert f"did:{name.method}:{name.identifier}{fragment}" == text
    with refusals():
        url = did_web_to_url(text)
        assert url.startswith("https://")
        assert url.isascii()
        assert not set(url) & set(" \\@?#%")
    with refusals():
        document = document_in_the_name(text)
        assert document is None or document["id"] == text
    with refusals():
        did_web_to_url(did_web_from_base(text), loopback_http=True)


def seeds(_shared: Path | None) -> Iterator[bytes]:
    """Yield names of all methods."""
    yield Maker.by_key().did.encode()
    yield from (
        b"did:web:issuer.example",
        b"did:web:issuer.example%3A8443:a:b",
        b"did:web:xn--bcher-kva.example:users:~1",
        b"did:jwk:eyJrdHkiOiJPS1AiLCJjcnYiOiJFZDI1NTE5IiwieCI6IjExcVlBWUt4Q3JmVlNfN1R5V1FIT2c3aGN2UGFwaU1scndJYWFQY0hVUm8ifQ",
        b"https://issuer.example:8443/x",
    )
