"""What an issuer publishes for verifiers, and how our own verification gets it without asking the network."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import orjson
import pytest
from sqlalchemy import update
from sqlmodel import col

from okbadges.building_verification import own_first
from okbadges.errors import Conflict, InvalidInput
from okbadges.issuing.status_indices import StatusIndices
from okbadges.organisations.issuers import create_issuer, find_issuer
from okbadges.storage.tables import IssuerRow, SigningKeyRow
from okbadges.verification import Fetched, verify
from support.world import BASE_URL

if TYPE_CHECKING:
    from okbadges.credentials.strict_json import Json
    from okbadges.verification import Fetch
    from support.world import World


def fetch_of(world: World) -> Fetch:
    """Return the service's own fetch with nothing outside: whoever is asked there fails the test."""

    def outside(url: str) -> Fetched:
        raise AssertionError(f"asked outside: {url}")

    return own_first(world.rooms.database, world.rooms.publishing, outside, base_url=BASE_URL, now=world.clock)


def list_url(world: World) -> str:
    """Issue a badge and return the address of its status list."""
    url: str = world.issue()["credential"]["credentialStatus"]["statusListCredential"]
    return url


def test_a_did_document_is_made_anew_when_a_key_changed(world: World) -> None:
    """Whoever changed the key, be it another process or somebody by hand: the next answer says so, and has another entity tag."""
    before = world.rooms.publishing.did_document("ok")
    assert world.rooms.publishing.did_document("ok") is before, "it is not made again while nothing changes"
    with world.rooms.database.engine.begin() as connection:
        connection.execute(update(SigningKeyRow).values(compromised_since=datetime(2026, 11, 1, tzinfo=UTC)))
    after = world.rooms.publishing.did_document("ok")
    assert b"2026-11-01T00:00:00Z" in after.body
    assert after.etag != before.etag


def test_what_is_ours_is_so_when_it_is_asked(world: World) -> None:
    """Another process hands an issuer over, and its domain is not ours any more: not a second later, but for whoever asks next."""
    rooms = world.rooms
    made = create_issuer(
        rooms.writer,
        rooms.stamp("test"),
        slug="saatio",
        name="Säätiö",
        url="https://saatio.example",
        description=None,
        base_url=BASE_URL,
        domain="badges.saatio.example",
    )
    assert made.did in rooms.publishing.issuer_ids()
    assert rooms.publishing.homes() == {BASE_URL, "https://badges.saatio.example"}
    with rooms.database.engine.begin() as connection:
        connection.execute(
            update(IssuerRow).where(col(IssuerRow.slug) == "saatio").values(handed_over_at=world.clock())
        )
    assert rooms.publishing.homes() == {BASE_URL}


def test_a_list_is_not_too_new_for_a_check_that_began_before_it_was_signed(world: World) -> None:
    """A check whose clock was read a moment before the list was signed still finds the badge VALID."""
    credential = orjson.dumps(world.issue()["credential"])
    began = world.clock()
    world.clock.move(seconds=1.1)
    report = verify(credential, fetch=fetch_of(world), now=began)
    assert report.verdict == "VALID"


def test_a_list_is_signed_again_only_when_a_bit_changed(world: World) -> None:
    """An unchanged list is served as it was signed, however much later."""
    url = list_url(world)
    first = fetch_of(world)(url).body
    world.clock.move(days=30)
    assert fetch_of(world)(url).body == first


def test_a_list_holds_since_a_little_before_it_was_signed(world: World) -> None:
    """Verifiers whose clocks are some minutes behind accept the list."""
    listed = orjson.loads(fetch_of(world)(list_url(world)).body)
    since = datetime.fromisoformat(listed["validFrom"])
    assert (datetime(2026, 11, 21, 12, 0, tzinfo=UTC) - since).total_seconds() == 300


@pytest.mark.parametrize("path", ["/issuers/nobody/did.json", "/issuers/ok/status/77", "/s/nothing"])
def test_what_is_ours_and_not_there_is_not_asked_outside(world: World, path: str) -> None:
    """A missing document of our own is a 404 of our own."""
    assert fetch_of(world)(f"http://localhost:8000{path}").status == 404


def with_domain(world: World, domain: str) -> None:
    """Make an issuer that has a domain of its own."""
    rooms = world.rooms
    made = create_issuer(
        rooms.writer,
        rooms.stamp("test"),
        slug="saatio",
        name="Säätiö",
        url="https://saatio.example",
        description=None,
        base_url=rooms.base_url,
        domain=domain,
    )
    with rooms.database.read() as session:
        rooms.keyring.add_first_keys(session, rooms.writer, rooms.stamp("test"), made)


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("https://badges.saatio.example/.well-known/did.json", 200),
        ("https://BADGES.saatio.example:443/.well-known/did.json", 200),
        ("https://badges.saatio.example/issuers/saatio/did.json", 200),
        ("https://badges.saatio.example/issuers/saatio/status/9", 404),
        ("https://badges.saatio.example/s/nothing", 404),
        ("http://localhost:8000/.well-known/did.json", 404),
    ],
)
def test_an_issuers_own_domain_is_ours_too(world: World, url: str, status: int) -> None:
    """Nobody outside is asked for what we publish there; another name or scheme is somebody else's."""
    with_domain(world, "badges.saatio.example")
    assert fetch_of(world)(url).status == status
    for foreign in ("http://badges.saatio.example/.well-known/did.json", "https://saatio.example/x", "https://[/"):
        with pytest.raises(AssertionError, match="asked outside"):
            fetch_of(world)(foreign)


def test_the_status_lists_of_such_an_issuer_are_at_its_domain(world: World) -> None:
    """A list names itself by the domain, and is proven by a key of the DID of the domain."""
    with_domain(world, "badges.saatio.example")
    with world.rooms.database.read() as session:
        issuer = find_issuer(session, "saatio")
    number = StatusIndices(world.rooms.writer, now=world.clock, random_bytes=bytes).take(issuer).list_number
    listed = orjson.loads(fetch_of(world)(f"https://badges.saatio.example/issuers/saatio/status/{number}").body)
    assert listed["id"] == f"https://badges.saatio.example/issuers/saatio/status/{number}"
    assert listed["proof"]["verificationMethod"] == "did:web:badges.saatio.example#key-1"


def test_the_lists_at_its_domain_are_not_for_partners_to_choose(world: World) -> None:
    """A badge that is handed in cannot name a place in them, as it cannot in those under the base URL."""
    with_domain(world, "badges.saatio.example")
    entry: Json = {"statusListCredential": "https://badges.saatio.example/issuers/saatio/status/1"}
    with pytest.raises(InvalidInput) as refused:
        world.rooms.handed_in._check({"type": ["OpenBadgeCredential"], "credentialStatus": entry})
    assert refused.value.code == "status-list-ours"


@pytest.mark.parametrize(
    "domain",
    [
        "",
        "Badges.example.org",
        "https://badges.example.org",
        "badges.example.org/x",
        "badges.example.org:8443",
        "badges.example.org%3A8443",
        "badges.example.org:issuers",
        "badges",
        "127.0.0.2",
        "a b.example",
        "ä.example",
        "-a.example",
        "x" * 300 + ".example",
        "badges.example.org\x00",
    ],
)
def test_a_domain_is_plainly_written(world: World, domain: str) -> None:
    """Whatever could be spelled in two ways, or is no public name, is refused by name."""
    with pytest.raises(InvalidInput) as refused:
        with_domain(world, domain)
    assert (refused.value.code, refused.value.field) == ("domain", "domain")


def test_one_domain_has_one_document_however_it_is_written(world: World) -> None:
    """Strangers who write the host in many ways get what was made for the first, and fill no memory."""
    with_domain(world, "badges.saatio.example")
    found = world.rooms.publishing.did_document_at("badges.saatio.example")
    for host in ("Badges.Saatio.example", "BADGES.SAATIO.EXAMPLE:443"):
        assert world.rooms.publishing.did_document_at(host) is found


def test_a_domain_has_one_issuer(world: World) -> None:
    """A second issuer at one domain would be the same issuer; a port is for trying it out on this machine."""
    with_domain(world, "localhost:9000")
    with pytest.raises(Conflict) as refused:
        create_issuer(
            world.rooms.writer,
            world.rooms.stamp("test"),
            slug="other",
            name="x",
            url="https://x.example",
            description=None,
            base_url=BASE_URL,
            domain="localhost:9000",
        )
    assert refused.value.code == "domain-taken"
    assert fetch_of(world)("http://localhost:9000/.well-known/did.json").status == 200
