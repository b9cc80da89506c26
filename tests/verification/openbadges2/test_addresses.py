"""How addresses are read: one meaning each, or none."""

from __future__ import annotations

import pytest

from okbadges.verification.openbadges2.addresses import in_scope, same_address, web_address


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("https://a.example", "https://a.example/"),
        ("https://A.Example/B?c=D#e", "https://a.example/B?c=D"),
        ("http://a.example/b", "https://a.example/b"),
        ("http://a.example:80/b", "https://a.example/b"),
        ("https://a.example:443/b", "https://a.example/b"),
        ("https://a.example:8443/b", "https://a.example:8443/b"),
        ("http://a.example:8080/b", "http://a.example:8080/b"),
        ("http://localhost:8080/b", "http://localhost:8080/b"),
        ("http://localhost/b", "http://localhost/b"),
        ("https://[2001:db8::1]/b", "https://[2001:db8::1]/b"),
        ("https://a.example/..b/.well-known/c..", "https://a.example/..b/.well-known/c.."),
    ],
)
def test_what_is_asked(text: str, asked: str) -> None:
    """Http becomes https where the port is the usual one; fragments are not sent; ways of writing a host are one."""
    address = web_address(text)
    assert address is not None
    assert address.url == asked


@pytest.mark.parametrize(
    "value",
    [
        "",
        "a.example",
        "//a.example/",
        "ftp://a.example/",
        "https:///b",
        "https://u@a.example/",
        "https://a.example:/",
        "https://a.example/ b",
        "https://a.example/\n",
        "https://a.example\\b",
        "https://a.example/ä",
        "https://ä.example/",
        "https://a.example/../b",
        "https://a.example/b/%2E%2e",
        "https://a.example/./b",
        "https://a.example/" + "a" * 2000,
        "HTTPS://a.example/",
        None,
        7,
        ["https://a.example/"],
    ],
)
def test_what_is_no_address(value: object) -> None:
    """Users, dot segments, other characters and other schemes are refused rather than tidied up."""
    assert web_address(value) is None


def test_the_same_address() -> None:
    """Two spellings that are asked in the same way name the same thing; a fragment names another."""
    assert same_address("http://a.example", "https://a.example/")
    assert same_address("urn:uuid:1", "urn:uuid:1")
    assert not same_address("https://a.example/#x", "https://a.example/")
    assert not same_address("https://a.example/a", "https://a.example/A")
    assert not same_address("urn:uuid:1", "urn:uuid:2")
    assert not same_address(None, None)
    assert not same_address("x", "y")


def test_what_is_nowhere_is_out_of_scope() -> None:
    """A badge without a web address is hosted nowhere, and an issuer without one has no origin."""
    assert not in_scope("urn:uuid:1", {"id": "https://a.example/", "verification": {"startsWith": "urn:"}})
    assert not in_scope("https://a.example/", {"id": "urn:uuid:1"})
    assert in_scope("https://a.example/x", {"id": "https://a.example/", "verification": "hosted"})
