"""The report as JSON: stable names, nothing missing, times in UTC."""

from __future__ import annotations

import orjson

from okbadges.verification import REPORT_VERSION, to_json
from verification.making import Maker, check, credential

MAKER = Maker.by_key()


def test_it_works() -> None:
    """A valid badge has every member of the report, and it can be written as JSON."""
    written = orjson.loads(orjson.dumps(to_json(check(MAKER.badge(), recognised=lambda _: True))))
    assert list(written) == [
        "report_version",
        "verdict",
        "checked_at",
        "form",
        "document_hash",
        "checks",
        "issuer",
        "credential",
        "recipient_match",
        "endorsements",
        "kind",
        "proofs",
        "status",
        "credentials",
        "holder",
        "refreshed",
    ]
    assert (written["report_version"], written["verdict"], written["form"]) == (REPORT_VERSION, "VALID", "json")
    assert written["checked_at"] == "2026-11-02T12:00:00Z"
    assert written["credential"]["valid_from"] == "2026-10-01T00:00:00Z"
    assert written["credential"]["alignments"][0]["code"] == "U1"
    assert written["issuer"] == {
        "id": MAKER.did,
        "name": "Course House",
        "url": "https://issuer.example/",
        "recognised": True,
    }


def test_every_check_has_the_same_members() -> None:
    """A program reads every check the same way, passed or not."""
    for document in (MAKER.badge(), credential(MAKER.did), {}):
        for written in to_json(check(document))["checks"]:  # type: ignore[union-attr]
            assert list(written) == ["id", "outcome", "required", "code", "message", "detail", "clause"]  # type: ignore[arg-type]


def test_an_unreadable_file_has_a_report_too() -> None:
    """Members that say nothing are null, not absent."""
    written = to_json(check(b""))
    assert (written["verdict"], written["issuer"], written["credential"]) == ("REJECTED", None, None)
    assert "document" not in written
