"""The report as JSON: stable names, nothing missing, times in UTC."""

from __future__ import annotations

from dataclasses import replace

import orjson

from okbadges.verification import REPORT_VERSION, ProofFound, to_json
from okbadges.web.verify import ProofJson, ReportJson
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
        "pointer",
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


def test_every_proof_says_what_it_covers() -> None:
    """Everything, what the holder shows of it, or no more than what the host says today."""
    [proof] = orjson.loads(orjson.dumps(to_json(check(MAKER.badge()))))["proofs"]
    assert list(proof) == ["kind", "suite", "verification_method", "created", "selective", "covers"]
    assert proof["covers"] == "everything"
    covered = [
        ProofFound("jwt", "ES256", None).covers,
        ProofFound("data-integrity", "ecdsa-sd-2023", None, selective=True).covers,
        ProofFound("hosted", None, "https://issuer.example/a/1").covers,
    ]
    assert covered == ["everything", "what-is-shown", "what-the-host-says"]


def test_a_report_may_say_where_its_document_stands() -> None:
    """An endorsement or a presented credential is inside another document; the pointer is null for a document of its own."""
    report = check(MAKER.badge())
    assert to_json(report)["pointer"] is None
    assert to_json(replace(report, pointer="/endorsement/0"))["pointer"] == "/endorsement/0"


def test_the_api_describes_every_member() -> None:
    """What is described to clients is what is written."""
    written = orjson.loads(orjson.dumps(to_json(check(MAKER.badge()))))
    assert list(ReportJson.model_fields) == list(written)
    assert list(ProofJson.model_fields) == list(written["proofs"][0])
    assert ReportJson.model_validate(written).proofs[0].covers == "everything"


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
