"""``/v1/organisations/{organisation}/education-provider``: an administrator notes the OIDs of their school."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from okbadges.organisations.workshops import find_organisation
from okbadges.recognition.providers import provider_of
from okbadges.recognition.record import Process
from support.college import INSTITUTION_OID, PROVIDER_OID
from support.corrections import events

if TYPE_CHECKING:
    from httpx2 import Response

    from support.world import World

ADDRESS = "/v1/organisations/kemi/education-provider"
CODES = [f"osaamisentodentamisenprosessi_000{number}" for number in (3, 1, 2)]


def note(world: World, headers: dict[str, str] | None = None, **body: Any) -> Response:
    """Note a school, as Aino unless the headers say otherwise."""
    answer: Response = world.client.put(ADDRESS, json=body, headers=headers or world.as_aino())
    return answer


def test_it_works(world: World) -> None:
    """What is noted is answered, found again, and what decisions and exports use; a repeat is no event."""
    assert world.client.get(ADDRESS, headers=world.as_aino()).json()["code"] == "not-a-school"
    for _ in range(2):
        answer = note(world, provider_oid=PROVIDER_OID, institution_oid=INSTITUTION_OID, process_codes=CODES)
        assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "organisation": "kemi",
        "provider_oid": PROVIDER_OID,
        "institution_oid": INSTITUTION_OID,
        "process_codes": CODES,
    }
    assert world.client.get(ADDRESS, headers=world.as_aino()).json() == answer.json()
    with world.rooms.database.read() as session:
        found = provider_of(session, find_organisation(session, "kemi"))
    assert found.process_code(Process.BY_ASSESSORS) == CODES[1]
    assert len(events(world, "education-provider.noted")) == 1


def test_codes_that_were_noted_by_mistake_are_taken_away(world: World) -> None:
    """Without them exports leave the code to be filled in."""
    note(world, provider_oid=PROVIDER_OID, process_codes=CODES)
    assert note(world, provider_oid=PROVIDER_OID).json()["process_codes"] == []
    assert note(world, provider_oid=PROVIDER_OID).json()["institution_oid"] is None


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid-field"),
        ({"provider_oid": "1.2.3"}, "oid"),
        ({"provider_oid": PROVIDER_OID, "institution_oid": "x"}, "oid"),
        ({"provider_oid": PROVIDER_OID, "process_codes": CODES[:2]}, "process-codes"),
        ({"provider_oid": PROVIDER_OID, "process_codes": [CODES[0]] * 3}, "process-codes"),
        ({"provider_oid": PROVIDER_OID, "process_codes": ["x", *CODES[:2]]}, "process-codes"),
        ({"provider_oid": PROVIDER_OID, "more": 1}, "invalid-field"),
    ],
)
def test_what_is_no_school_is_refused(world: World, body: dict[str, Any], code: str) -> None:
    """A mistyped OID would end in eHOKS and Koski."""
    answer = note(world, **body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert events(world, "education-provider.noted") == []


def test_only_an_administrator_of_it_may(world: World) -> None:
    """No other role, and no other organisation."""
    for headers in (world.as_iida(), world.as_tuula(), world.as_partner(), world.as_audrey()):
        assert note(world, headers, provider_oid=PROVIDER_OID).status_code == 403
    other = world.client.put(
        ADDRESS.replace("kemi", "ranua"), json={"provider_oid": PROVIDER_OID}, headers=world.as_aino()
    )
    assert (other.status_code, other.json()["code"]) == (404, "unknown-organisation")
