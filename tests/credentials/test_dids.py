"""DIDs: names read strictly, and the place of their documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okbadges.credentials.dids import DidUrl, did_key, did_web_from_base, did_web_to_url
from okbadges.credentials.signers import Ed25519Signer
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Callable

DID = "did:web:badges.example:issuers:ok"


def _code(call: Callable[..., object], *args: object, **kwargs: object) -> str:
    with pytest.raises(CredentialError) as refused:
        call(*args, **kwargs)
    return refused.value.code


def test_it_works() -> None:
    """A did:key is made of a key, and a did:web leads to one address."""
    key = Ed25519Signer(bytes(range(32))).public_key
    assert did_key(key) == f"did:key:{key.multibase()}"
    assert did_web_to_url(DID) == "https://badges.example/issuers/ok/did.json"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (DID, DidUrl(DID, "web", "badges.example:issuers:ok")),
        (f"{DID}#key-1", DidUrl(DID, "web", "badges.example:issuers:ok", "key-1")),
        ("did:example:a%20b:c", DidUrl("did:example:a%20b:c", "example", "a%20b:c")),
    ],
)
def test_did_urls_are_read(text: str, expected: DidUrl) -> None:
    """A DID URL falls into DID, method, identifier and fragment."""
    assert DidUrl.parse(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "did:",
        "did:web",
        "did:web:",
        "DID:web:a.example",
        "did:Web:a.example",
        "did:web:a.example:",
        "did:web:a.example/path",
        "did:web:a.example?query",
        "did:web:a.example;version=1",
        "did:web:a.example#",
        "did:web:a.example#a#b",
        "did:web:a.example#a b",
        "did:web:a.example\n",
        " did:web:a.example",
        "did:web:a%2",
        "did:web:a%zz",
        "did:web:gооd.example",  # noqa: RUF001 - the o is Cyrillic, which is the point
        "did:web:" + "a" * 3000,
    ],
)
def test_malformed_dids_are_refused(text: str) -> None:
    """Nothing but the characters of DID Core, and no path, query or parameter."""
    assert _code(DidUrl.parse, text) == "did-malformed"


@pytest.mark.parametrize(
    ("did", "url"),
    [
        ("did:web:badges.example", "https://badges.example/.well-known/did.json"),
        (DID, "https://badges.example/issuers/ok/did.json"),
        ("did:web:badges.example%3A8443:a", "https://badges.example:8443/a/did.json"),
        ("did:web:badges.example%3a443", "https://badges.example:443/.well-known/did.json"),
        ("did:web:xn--smns-loac.example:a_b.c-d", "https://xn--smns-loac.example/a_b.c-d/did.json"),
    ],
)
def test_did_web_says_where_its_document_is(did: str, url: str) -> None:
    """The method's own rule: colons are slashes, without a path the document is at the well-known place."""
    assert did_web_to_url(did) == url


@pytest.mark.parametrize(
    "did",
    [
        "did:web:badges.example%2Fevil",
        "did:web:badges.example:..:evil",
        "did:web:badges.example:.:evil",
        "did:web:badges.example:%2e%2e:u",
        "did:web:badges.example:a%2Fb",
        "did:web:badges.example::a",
        "did:web:badges.example%00.evil.example",
        "did:web:badges.example.",
        "did:web:.badges.example",
        "did:web:badges..example",
        "did:web:Badges.example",
        "did:web:-badges.example",
        "did:web:bad_ges.example",
        "did:web:user%40badges.example",
        "did:web:badges.example%3A",
        "did:web:badges.example%3A22",
        "did:web:badges.example%3A0443",
        "did:web:badges.example%3A65536",
        "did:web:badges.example%3A443%3A1",
        "did:web:" + "a" * 64 + ".example",
        "did:web:" + "a." * 130 + "example",
        "did:web:127.0.0.1",
        "did:web:10.0.0.1%3A8000",
        "did:web:2130706433",
        "did:web:0x7f.1",
        "did:web:a.0x7f000001",
        "did:web:1.2.3.example.7",
        "did:web:%5B%3A%3A1%5D",
        "did:web:localhost",
        "did:web:localhost%3A8000",
        "did:web:a.localhost",
        "did:web:intranet",
        "did:web:badges.example#key-1",
        "did:key:z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi",
    ],
)
def test_did_web_is_read_strictly(did: str) -> None:
    """Second spellings, tricks with the path, addresses, inner hosts and odd ports are refused."""
    assert _code(did_web_to_url, did) == "did-malformed"


@pytest.mark.parametrize(
    ("did", "url"),
    [
        ("did:web:localhost%3A8000:issuers:ok", "http://localhost:8000/issuers/ok/did.json"),
        ("did:web:127.0.0.1%3A80", "http://127.0.0.1:80/.well-known/did.json"),
        ("did:web:localhost", "http://localhost/.well-known/did.json"),
        (DID, "https://badges.example/issuers/ok/did.json"),
    ],
)
def test_loopback_hosts_are_read_over_http_when_allowed(did: str, url: str) -> None:
    """A demo on one's own machine has no certificate; any other host keeps https."""
    assert did_web_to_url(did, loopback_http=True) == url


@pytest.mark.parametrize("did", ["did:web:10.0.0.1", "did:web:localhost%3A70000", "did:web:127.1"])
def test_loopback_is_exactly_two_names(did: str) -> None:
    """Allowing the loopback host opens nothing else."""
    assert _code(did_web_to_url, did, loopback_http=True) == "did-malformed"


@pytest.mark.parametrize(
    ("base_url", "path", "did"),
    [
        ("https://badges.example", (), "did:web:badges.example"),
        ("https://Badges.example/", ("issuers", "ok"), DID),
        ("https://badges.example:443", ("a",), "did:web:badges.example:a"),
        ("https://badges.example:8443/x/", ("issuers", "ok"), "did:web:badges.example%3A8443:x:issuers:ok"),
        ("http://localhost:8000", ("issuers", "ok"), "did:web:localhost%3A8000:issuers:ok"),
    ],
)
def test_a_did_web_is_made_from_where_it_is_served(base_url: str, path: tuple[str, ...], did: str) -> None:
    """The name leads back to the place."""
    assert did_web_from_base(base_url, *path) == did
    assert did_web_to_url(did, loopback_http=True).endswith("/".join((*path, "did.json")))


@pytest.mark.parametrize(
    ("base_url", "path"),
    [
        ("http://badges.example", ()),
        ("https://localhost:8000", ()),
        ("https://user@badges.example", ()),
        ("https://badges.example?x=1", ()),
        ("https://badges.example#x", ()),
        ("https://badges.example:http", ()),
        ("ftp://badges.example", ()),
        ("https://[::1]:8443", ()),
        ("badges.example", ()),
        ("https://badges.example", ("a/b",)),
        ("https://badges.example", ("..",)),
        ("https://badges.example", ("å",)),
        ("https://badges.example", ("",)),
    ],
)
def test_a_base_that_makes_no_good_did_is_refused(base_url: str, path: tuple[str, ...]) -> None:
    """Plain http to a public host, anything beside host and path, and odd path segments are refused."""
    assert _code(did_web_from_base, base_url, *path) == "did-malformed"


@given(st.text(max_size=40))
def test_any_text_is_either_a_did_web_or_refused(text: str) -> None:
    """No text leads to another exception, and none leads away from https."""
    try:
        url = did_web_to_url("did:web:" + text)
    except CredentialError as error:
        assert error.code == "did-malformed"  # noqa: PT017 - both ways are right, only their outcome is checked
    else:
        assert url.startswith("https://")
        assert url.endswith("/did.json")
