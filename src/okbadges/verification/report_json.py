"""A report as JSON, for programs: stable member names, a version, times in UTC with a Z.

Members are only ever added; a change of meaning raises `okbadges.verification.report.REPORT_VERSION`.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from okbadges.verification.report import (
    REPORT_VERSION,
    AlignmentFound,
    Check,
    CredentialFound,
    IssuerFound,
    ProofFound,
    Report,
    StatusFound,
)

if TYPE_CHECKING:
    from datetime import datetime

    from okbadges.credentials.strict_json import Json


def to_json(report: Report) -> dict[str, Json]:
    """Return the report as plain JSON values, without the credential document itself; nothing is left out when it is empty."""
    return {
        "report_version": REPORT_VERSION,
        "verdict": report.verdict.value,
        "checked_at": _time(report.checked_at),
        "form": report.form,
        "document_hash": report.document_hash,
        "checks": [_check(check) for check in report.checks],
        "issuer": _issuer(report.issuer) if report.issuer else None,
        "credential": _credential(report.credential) if report.credential else None,
        "recipient_match": report.recipient_match,
        "endorsements": [to_json(endorsement) for endorsement in report.endorsements],
        "kind": report.kind.value,
        "proofs": [_proof(proof) for proof in report.proofs],
        "status": [_status(status) for status in report.status],
        "credentials": [to_json(credential) for credential in report.credentials],
        "holder": report.holder,
        "refreshed": report.refreshed,
        "pointer": report.pointer,
    }


def _check(check: Check) -> dict[str, Json]:
    return {
        "id": check.id,
        "outcome": check.outcome.value,
        "required": check.required,
        "code": check.code,
        "message": check.message,
        "detail": check.detail,
        "clause": check.clause,
    }


def _proof(proof: ProofFound) -> dict[str, Json]:
    return {
        "kind": proof.kind,
        "suite": proof.suite,
        "verification_method": proof.verification_method,
        "created": _time(proof.created),
        "selective": proof.selective,
        "covers": proof.covers,
    }


def _status(status: StatusFound) -> dict[str, Json]:
    return {
        "type": status.type,
        "purpose": status.purpose,
        "list_url": status.list_url,
        "index": status.index,
        "state": status.state,
        "message": status.message,
    }


def _issuer(issuer: IssuerFound) -> dict[str, Json]:
    return {"id": issuer.id, "name": issuer.name, "url": issuer.url, "recognised": issuer.recognised}


def _credential(credential: CredentialFound) -> dict[str, Json]:
    return {
        "id": credential.id,
        "name": credential.name,
        "achievement_id": credential.achievement_id,
        "achievement_name": credential.achievement_name,
        "description": credential.description,
        "criteria": credential.criteria,
        "criteria_url": credential.criteria_url,
        "image_url": credential.image_url,
        "image_caption": credential.image_caption,
        "language": credential.language,
        "subject_id": credential.subject_id,
        "valid_from": _time(credential.valid_from),
        "valid_until": _time(credential.valid_until),
        "awarded_at": _time(credential.awarded_at),
        "alignments": [_alignment(alignment) for alignment in credential.alignments],
        "has_evidence": credential.has_evidence,
    }


def _alignment(alignment: AlignmentFound) -> dict[str, Json]:
    return {
        "name": alignment.name,
        "url": alignment.url,
        "code": alignment.code,
        "framework": alignment.framework,
        "type": alignment.type,
    }


def _time(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None
