"""Which URLs and addresses may be asked."""

from __future__ import annotations

import pytest

from okbadges.credentials.fetching import FetchError
from okbadges.integrations.addresses import allowed_target, is_allowed_address

NOT_ALLOWED = [
    "",
    "/status/1",
    "//169.254.169.254/s",
    "http://good.example/s",
    "http://good.example:8443/s",
    "ftp://good.example/s",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "jar:https://good.example!/x",
    "https://",
    "https:///s",
    "https://localhost/s",
    "https://intranet/s",
    "https://db.internal/s",
    "https://printer.local/s",
    "https://x.localhost/s",
    "https://1.0.0.127.in-addr.arpa/",
    "https://127.0.0.1/s",
    "https://127.1/s",
    "https://0/s",
    "https://2130706433/s",
    "https://0x7f000001/s",
    "https://0x7f.1/s",
    "https://1.2.3.0x4/s",
    "https://93.184.215.14/s",
    "https://[::1]/s",
    "https://[::ffff:127.0.0.1]/s",
    "https://[fe80::1%25eth0]/s",
    "https://[64:ff9b::7f00:1]/s",
    "https://good.example@127.0.0.1/s",
    "https://user:word@good.example/s",
    "https://good.example\\@evil.example/s",
    "https://good.example:22/s",
    "https://good.example:0/s",
    "https://good.example:65536/s",
    "https://good.example:/s",
    "https://good.example./s",
    "https://.good.example/s",
    "https://good..example/s",
    "https://-good.example/s",
    "https://good_.example/s",
    "https://góod.example/s",
    "https://\uff11\uff12\uff17\u3002\uff10\u3002\uff10\u3002\uff11/s",
    "https://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460/s",
    "https://good.example/a b",
    "https://good.example/\n",
    " https://good.example/",
    "https://good.example/\x00",
    "https://" + "a" * 64 + ".example/",
    "https://good.example/" + "a" * 2_000,
]


@pytest.mark.parametrize("url", NOT_ALLOWED)
def test_only_https_to_public_names_is_allowed(url: str) -> None:
    """Everything but https, a public name and an ordinary port is refused before anything is looked up."""
    with pytest.raises(FetchError) as refused:
        allowed_target(url)
    assert refused.value.code == "url-not-allowed"


@pytest.mark.parametrize(
    ("url", "authority", "path"),
    [
        ("https://good.example", "good.example", "/"),
        ("https://GOOD.example/a/b?c=d#fragment", "good.example", "/a/b?c=d"),
        ("https://good.example?x=1", "good.example", "/?x=1"),
        ("https://good.example:443/", "good.example", "/"),
        ("https://good.example:8443/did.json", "good.example:8443", "/did.json"),
        ("https://xn--gd-fka.example/%C3%B6", "xn--gd-fka.example", "/%C3%B6"),
    ],
)
def test_an_allowed_url_is_taken_apart(url: str, authority: str, path: str) -> None:
    """The host is in lower case, the fragment is dropped and the scheme's own port is not repeated."""
    target = allowed_target(url)
    assert (target.authority, target.path) == (authority, path)
    assert str(target) == f"https://{authority}{path}"


@pytest.mark.parametrize(
    "url", ["http://localhost:8000/x", "http://127.0.0.1:80/", "http://[::1]:1/", "https://localhost/"]
)
def test_loopback_is_open_only_where_it_was_asked_for(url: str) -> None:
    """Development opens this machine's own names, also by http, and closes nothing else."""
    assert allowed_target(url, loopback=True).is_loopback
    with pytest.raises(FetchError):
        allowed_target(url)


@pytest.mark.parametrize(
    "url", ["http://good.example/", "https://127.0.0.2/", "https://10.0.0.1/", "http://localhost:70000/"]
)
def test_loopback_opens_nothing_beside_it(url: str) -> None:
    """With loopback open, other inside addresses and plain http to the world stay closed."""
    with pytest.raises(FetchError):
        allowed_target(url, loopback=True)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104 - an address that is refused
        "10.0.0.5",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "168.63.129.16",
        "169.254.169.254",
        "172.31.255.255",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.19.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:10.0.0.5",
        "::ffff:93.184.215.14",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "2606:2800:21f:cb07::1%eth0",
        "fec0::1",
        "ff02::1",
        "not an address",
        "",
    ],
)
def test_addresses_that_lead_inside_are_refused(address: str) -> None:
    """Private, local, reserved, translated and metadata addresses are refused in both families."""
    assert not is_allowed_address(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "172.32.0.1", "2606:2800:21f:cb07::1", "2a00:1450::1"])
def test_public_addresses_are_allowed(address: str) -> None:
    """A global unicast address may be connected to."""
    assert is_allowed_address(address)


def test_loopback_addresses_are_the_only_ones_for_a_loopback_name() -> None:
    """A loopback name that answers with a public or private address is not asked."""
    assert is_allowed_address("127.0.0.1", loopback=True)
    assert is_allowed_address("::1", loopback=True)
    assert not is_allowed_address("10.0.0.1", loopback=True)
    assert not is_allowed_address("93.184.215.14", loopback=True)
