"""What VC-API answers: 200 for what is verified and for nothing else, 422 where it could not be told, 400 for the rest."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from fastapi import Response

from okbadges.credentials.strict_json import dumps
from okbadges.edge.problems import MOST_LISTED, PROBLEM_TYPE, FieldProblem, Problem
from okbadges.errors import CredentialError, MalformedInput
from okbadges.issuing.mistakes import Mistaken, dotted, sentence
from okbadges.verification import checks
from okbadges.verification.checks import verdict_of
from okbadges.verification.report import Outcome, Verdict
from okbadges.verification.report_json import to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from okbadges.credentials.strict_json import Json
    from okbadges.verification.report import Check, Report

_DATA_MODEL: Final = "https://www.w3.org/TR/vc-data-model#"
_SECURITY: Final = "https://w3id.org/security#"
_STATUS_LIST: Final = "https://www.w3.org/ns/credentials/status-list#"

_PROBLEM_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        checks.READABLE: f"{_DATA_MODEL}PARSING_ERROR",
        checks.SHAPE: f"{_DATA_MODEL}MALFORMED_VALUE_ERROR",
        checks.DATES: f"{_DATA_MODEL}RANGE_ERROR",
        checks.STATUS: f"{_STATUS_LIST}STATUS_VERIFICATION_ERROR",
        checks.CHALLENGE: f"{_SECURITY}INVALID_CHALLENGE_ERROR",
    }
)
"""What the specifications call a failure, by the check that found it; of every other it is the proof that does not hold."""
_OTHERWISE: Final = f"{_SECURITY}PROOF_VERIFICATION_ERROR"
_BY_CODE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "status-unreachable": f"{_STATUS_LIST}STATUS_RETRIEVAL_ERROR",
        "status-list-too-short": f"{_STATUS_LIST}STATUS_LIST_LENGTH_ERROR",
        "status-index-out-of-range": f"{_STATUS_LIST}RANGE_ERROR",
        "undefined-term": f"{_SECURITY}DATA_LOSS_DETECTION_ERROR",
    }
)
_WAITING: Final = "earlier-step"
"""The code of a check that waited for another one: the report has it, but nothing was found wrong there."""
_NO_STORE: Final = MappingProxyType({"Cache-Control": "no-store"})


def signed(make: Callable[[], bytes], *, answer: str, sent: str) -> Response:
    """Answer 201 with what ``make`` has signed as the member ``answer``, its bytes as they were made.

    A document that breaks a rule is 400 and not 422 as elsewhere in our API: VC-API asks for that. ``sent`` is the member of the
    request that it came in; the problem names every field at fault, as dotted paths from there.
    """
    try:
        made = make()
    except CredentialError as refused:
        problem = _refused(refused, sent)
        return Response(problem.model_dump_json(exclude_none=True), 400, dict(_NO_STORE), media_type=PROBLEM_TYPE)
    body = b'{"%s":%s}' % (answer.encode(), made)
    return Response(body, 201, dict(_NO_STORE), media_type="application/json")


def _refused(refused: CredentialError, sent: str) -> Problem:
    fields = None
    if isinstance(refused, Mistaken):
        fields = [
            FieldProblem(field=_field(sent, one.pointer), detail=f"{sentence(one, what=refused.what)}.")
            for one in refused.mistakes[:MOST_LISTED]
        ]
    return Problem(
        title=MalformedInput.title,
        status=400,
        detail=refused.detail,
        code=refused.code,
        field=_field(sent, refused.where),
        errors=fields,
    )


def _field(sent: str, pointer: str) -> str:
    return f"{sent}.{dotted(pointer)}" if pointer else sent


def verified(report: Report) -> Response:
    """Answer with what a verification found."""
    body = _found(report)
    if report.verdict is Verdict.VALID:
        return Response(dumps({"verified": True, **body}), 200, dict(_NO_STORE), media_type="application/json")
    return problem(report, body)


def problem(report: Report, body: dict[str, Json]) -> Response:
    """Answer that it is not verified: a problem document with what was found in it."""
    wrong = _wrong(report)
    status = 422 if report.verdict is Verdict.INDETERMINATE else 400
    stated: dict[str, Json] = {
        "type": _problem_type(wrong[0]) if wrong else _OTHERWISE,
        "title": "Not verified",
        "status": status,
        "detail": wrong[0].message if wrong else "Something that has to be checked was not.",
        "code": (wrong[0].code if wrong else None) or "not-verified",
        "verified": False,
        "problemDetails": [_detail(check) for check in wrong],
    }
    return Response(dumps({**stated, **body}), status, dict(_NO_STORE), media_type=PROBLEM_TYPE)


def _found(report: Report) -> dict[str, Json]:
    noticed = [check for check in report.checks if not check.required and check.outcome is Outcome.FAILED]
    looked_up = {check.id for check in report.checks if check.outcome is not Outcome.NOT_CHECKED}
    made = [("proof", checks.CONTENT_UNALTERED), ("credentialStatus", checks.STATUS)]
    return {
        "checks": [name for name, check_id in made if check_id in looked_up],
        "warnings": [_words(check) for check in noticed],
        "errors": [_words(check) for check in _wrong(report)],
        "report": to_json(report),
    }


def _wrong(report: Report) -> list[Check]:
    """Return the required checks that did not pass, those of the verdict first; not those that only wait for them."""
    wrong = [
        check
        for check in report.checks
        if check.required and check.code != _WAITING and verdict_of(check) is not Verdict.VALID
    ]
    return sorted(wrong, key=lambda check: list(Verdict).index(verdict_of(check)))


def _detail(check: Check) -> dict[str, Json]:
    return {"type": _problem_type(check), "title": check.message, "code": check.code, "detail": check.detail}


def _problem_type(check: Check) -> str:
    return _BY_CODE.get(check.code or "", _PROBLEM_TYPES.get(check.id, _OTHERWISE))


def _words(check: Check) -> str:
    return f"{check.id}: {check.message}"
