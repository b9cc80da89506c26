"""How often somebody may call: an allowance that fills up evenly, for each key and each address, in memory that has an end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from pydantic import ValidationError

from okbadges.edge.limits import MOST_REMEMBERED, Allowance, Rate, client_of, read_rate
from okbadges.settings import Settings


class Seconds:
    """A clock that a test moves."""

    def __init__(self) -> None:
        """Begin somewhere."""
        self.now = 1000.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.now


def test_it_works() -> None:
    """Six in a minute: six at once, then one every ten seconds, and after a quiet minute six again."""
    clock = Seconds()
    allowance = Allowance(Rate(6, 60), clock=clock)
    assert [allowance.take("a") for _ in range(7)] == [0, 0, 0, 0, 0, 0, 10]
    assert allowance.take("b") == 0
    clock.now += 9
    assert allowance.take("a") == 1
    clock.now += 1
    assert [allowance.take("a") for _ in range(2)] == [0, 10]
    clock.now += 3600
    assert [allowance.take("a") for _ in range(7)].count(0) == 6


@pytest.mark.parametrize("rate", [Rate(1, 1), Rate(7, 60), Rate(600, 60), Rate(9_999_999, 3600)])
def test_waiting_as_long_as_was_said_is_enough(rate: Rate) -> None:
    """Whoever waits for the seconds that the refusal named is let through."""
    clock = Seconds()
    allowance = Allowance(rate, clock=clock)
    for _ in range(2000):
        wait = allowance.take("a")
        clock.now += wait
        if wait:
            assert allowance.take("a") == 0
    assert wait >= 0


def test_threads_get_no_more_than_the_allowance() -> None:
    """A hundred threads that take at once are let through as often as the rate says."""
    allowance = Allowance(Rate(50, 3600), clock=Seconds())
    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(allowance.take, ["a"] * 200)).count(0) == 50


def test_the_memory_has_an_end() -> None:
    """However many addresses there are, a fixed number is remembered: those that called last."""
    allowance = Allowance(Rate(1, 3600), clock=Seconds())
    for number in range(MOST_REMEMBERED + 500):
        assert allowance.take(str(number)) == 0
    assert len(allowance) == MOST_REMEMBERED
    assert allowance.take(str(MOST_REMEMBERED + 499)) > 0
    assert allowance.take("0") == 0


def test_who_is_refused_is_not_forgotten_for_it() -> None:
    """A caller who is refused again and again uses nothing up by that."""
    clock = Seconds()
    allowance = Allowance(Rate(2, 60), clock=clock)
    for _ in range(100):
        allowance.take("a")
    clock.now += 30
    assert allowance.take("a") == 0


def test_off_is_off() -> None:
    """Without a rate nobody is counted."""
    allowance = Allowance(read_rate("off"))
    assert {allowance.take("a") for _ in range(5000)} == {0}
    assert len(allowance) == 0


@pytest.mark.parametrize(
    ("text", "rate"), [("600/minute", Rate(600, 60)), ("5/second", Rate(5, 1)), ("9000/hour", Rate(9000, 3600))]
)
def test_a_rate_is_read(text: str, rate: Rate) -> None:
    """So many per second, minute or hour."""
    assert read_rate(text) == rate
    assert Settings(rate_per_key=text).rate_per_key == text


@pytest.mark.parametrize(
    "text", ["", "600", "0/minute", "-1/minute", "6/day", "6 / minute", "OFF", "6/minute\n", "1e3/hour"]
)
def test_what_is_no_rate_is_refused(text: str) -> None:
    """A setting that is no rate stops the start."""
    with pytest.raises(ValidationError):
        Settings(rate_per_address=text)


def test_a_conformance_run_is_not_slowed_down() -> None:
    """In the profile any verifying is free, unless the operator sets a rate."""
    assert Settings().verify_rate == "120/minute"
    assert Settings(vc_api_profile="any").verify_rate == "off"
    assert Settings(vc_api_profile="any", rate_per_address="5/minute").verify_rate == "5/minute"


@pytest.mark.parametrize(
    ("host", "who"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
    ],
)
def test_an_address_is_counted_as_its_owner_has_it(host: str, who: str) -> None:
    """An IPv4 address alone, in whatever form it comes; of IPv6 the /64 that one customer has whole."""
    assert client_of({"client": (host, 1234)}) == who


def test_no_address_is_counted_too() -> None:
    """Behind a unix socket there is none; all of those are one."""
    assert client_of({}) == client_of({"client": None}) == "no address"
