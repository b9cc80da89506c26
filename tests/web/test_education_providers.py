"""``/v1/organisations/{organisation}/education-provider``: an administrator reads what the operator noted of their school."""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.organisations.workshops import find_organisation
from okbadges.recognition.providers import note_provider
from support.college import INSTITUTION_OID, PROVIDER_OID
from support.corrections import events

if TYPE_CHECKING:
    from support.world import World

ADDRESS = "/v1/organisations/kemi/education-provider"
CODES = [f"osaamisentodentamisenprosessi_000{number}" for number in (3, 1, 2)]


def test_it_works(world: World) -> None:
    """Nothing at first, then what was noted."""
    assert world.client.get(ADDRESS, headers=world.as_aino()).json()["code"] == "not-a-school"
    rooms = world.rooms
    with rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
    note_provider(
        rooms.writer,
        rooms.stamp("operator"),
        kemi,
        provider_oid=PROVIDER_OID,
        institution_oid=INSTITUTION_OID,
        process_codes=CODES,
    )
    assert world.client.get(ADDRESS, headers=world.as_aino()).json() == {
        "organisation": "kemi",
        "provider_oid": PROVIDER_OID,
        "institution_oid": INSTITUTION_OID,
        "process_codes": CODES,
    }


def test_nobody_declares_themselves_a_school(world: World) -> None:
    """A workshop could take the OIDs of a college and decide in its name: no access key can."""
    for headers in (world.as_aino(), world.as_iida(), world.as_tuula(), world.as_partner(), world.as_audrey()):
        answer = world.client.put(ADDRESS, json={"provider_oid": PROVIDER_OID}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")
    assert events(world, "education-provider.noted") == []


def test_only_an_administrator_of_it_reads_it(world: World) -> None:
    """No other role, and no other organisation."""
    for headers in (world.as_iida(), world.as_tuula(), world.as_partner(), world.as_audrey()):
        assert world.client.get(ADDRESS, headers=headers).status_code == 403
    other = world.client.get(ADDRESS.replace("kemi", "ranua"), headers=world.as_aino())
    assert (other.status_code, other.json()["code"]) == (404, "unknown-organisation")
