"""``/vc-api`` and W3C's suite for Bitstring Status List, question by question."""

from __future__ import annotations

import base64
import gzip
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from support.conformance import credential
from support.world import BASE_URL

if TYPE_CHECKING:
    from support.conformance import Run


@pytest.mark.parametrize("kind", ["ed25519", "p-256", "p-384"])
def test_it_works(conformance_run: Run, kind: str) -> None:
    """The plain address adds a status entry whose list is a signed credential of the same issuer, and both are verified."""
    did = conformance_run.conformance.keys[kind].did
    issued = conformance_run.issued(credential(issuer=did, id="urn:uuid:5e5c1ba8-9d0a-4c1d-8fd6-3b7a4f1c2d3e"))
    entry = issued["credentialStatus"]
    assert entry["type"] == "BitstringStatusListEntry"
    assert entry["statusPurpose"] == "revocation"
    assert entry["statusListCredential"] == f"{BASE_URL}/vc-api/status/{kind}"
    assert entry["id"] == f"{entry['statusListCredential']}#{entry['statusListIndex']}"
    assert str(int(entry["statusListIndex"])) == entry["statusListIndex"]
    assert 0 <= int(entry["statusListIndex"]) < 131_072
    answer = conformance_run.client.get(urlsplit(entry["statusListCredential"]).path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    listed = answer.json()
    assert listed["id"] == entry["statusListCredential"]
    assert listed["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]
    assert listed["issuer"] == did
    subject = listed["credentialSubject"]
    assert {"id", "type", "statusPurpose", "encodedList"} == subject.keys()
    assert (subject["type"], subject["statusPurpose"]) == ("BitstringStatusList", "revocation")
    encoded = subject["encodedList"]
    bits = gzip.decompress(base64.urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4)))
    assert encoded[0] == "u"
    assert len(bits) == 16_384
    assert conformance_run.verify(listed).status_code == 200
    found = conformance_run.verify(issued)
    assert found.status_code == 200, found.text
    assert found.json()["report"]["status"][0]["state"] == "clear"


def test_a_status_that_is_brought_along_stays(conformance_run: Run) -> None:
    """A credential that has a status keeps it, and one can be asked for or left out by name."""
    own = {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "7",
        "statusListCredential": "https://elsewhere.example/status/1",
    }
    assert conformance_run.issued(credential(credentialStatus=own))["credentialStatus"] == own
    assert "credentialStatus" not in conformance_run.issued(credential(), credentialStatus=False)
    assert "credentialStatus" in conformance_run.issued(credential(), form="ecdsa-rdfc-2019", credentialStatus=True)


@pytest.mark.parametrize(
    "malformed",
    [
        {"statusEntry": {"type": "BitstringStatusListEntry", "statusListIndex": True}},
        {"credentialStatus": {"statusPurpose": "revocation"}},
        {"credentialStatus": {"type": "BitstringStatusListEntry", "statusListIndex": None}},
        {"credentialStatus": "https://elsewhere.example/status/1"},
    ],
)
def test_a_malformed_entry_is_refused(conformance_run: Run, malformed: dict[str, object]) -> None:
    """A status that is no status is not signed."""
    assert conformance_run.issue(credential(**malformed)).status_code in (400, 422)


def test_an_altered_index_is_refused(conformance_run: Run) -> None:
    """An index that was not signed, or lies outside of the list, is not verified."""
    issued = conformance_run.issued(credential())
    issued["credentialStatus"]["statusListIndex"] = "131073"
    assert conformance_run.verify(issued).status_code == 400
    outside = dict(issued["credentialStatus"])
    brought = conformance_run.issued(credential(credentialStatus=outside))
    answer = conformance_run.verify(brought)
    assert answer.status_code in (400, 422)
    assert answer.json()["type"] == "https://www.w3.org/ns/credentials/status-list#RANGE_ERROR"


def test_an_unknown_list_is_not_there(conformance_run: Run) -> None:
    """A list of no key is 404, and a credential that points there is not verified."""
    assert conformance_run.client.get("/vc-api/status/rsa").status_code == 404
    entry = conformance_run.conformance.lists.entry("rsa")
    answer = conformance_run.verify(conformance_run.issued(credential(credentialStatus=entry)))
    assert answer.status_code in (400, 422)
