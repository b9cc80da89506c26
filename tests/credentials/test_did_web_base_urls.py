"""The did:web of a base URL that a person has written into a setting: right, or refused with its code, whatever it says."""

from __future__ import annotations

import pytest

from okbadges.credentials.dids import did_web_from_base
from okbadges.errors import CredentialError


@pytest.mark.parametrize(
    "base_url",
    [
        "https://[a.example/",  # half of an IPv6 address: the parser of URLs itself gives up
        "https://a.example:70000000/",
        "https://a.example:port/",
        "https://user@a.example/",
        "https://a.example/?q",
        "https://a.example/#f",
        "ftp://a.example/",
        "http://a.example/",
        "https://",
        "",
    ],
)
def test_a_base_url_that_is_no_place_of_an_issuer_is_refused(base_url: str) -> None:
    """Every fault has the same code, and none ends in an exception of the parser."""
    with pytest.raises(CredentialError) as refused:
        did_web_from_base(base_url)
    assert refused.value.code == "did-malformed"


@pytest.mark.parametrize(
    ("base_url", "did"),
    [
        ("https://a.example", "did:web:a.example"),
        ("https://a.example:443/", "did:web:a.example"),
        ("https://a.example:8443/x", "did:web:a.example%3A8443:x:issuers"),
        ("http://localhost:8000", "did:web:localhost%3A8000:issuers"),
        ("http://localhost:80", "did:web:localhost:issuers"),
    ],
)
def test_the_port_is_named_only_when_it_is_another(base_url: str, did: str) -> None:
    """The usual port of the scheme is left out, any other is part of the name."""
    assert did_web_from_base(base_url, *(["issuers"] if did.endswith("issuers") else [])) == did
