"""``/vc-api/credentials/issue`` in the profile ``openbadges``: a partner hands in a badge, our issuer signs it."""

from __future__ import annotations

from fastapi import Response

from okbadges.edge.access import CallerOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.problems import responses
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - the same
from okbadges.edge.routing import Router
from okbadges.edge.strict_requests import StrictRoute
from okbadges.errors import InvalidInput
from okbadges.issuing.handed_in import FORM
from okbadges.web.vc_api.answers import signed
from okbadges.web.vc_api.bodies import IssueAnswer, IssueBody, IssueOptions

router = Router(prefix="/vc-api", tags=["VC-API"], route_class=StrictRoute)


@router.post(
    "/credentials/issue",
    status_code=201,
    summary="Issue a credential",
    response_model=IssueAnswer,
    responses=responses(400, 401, 403, 409, 413, 422, 503),
)
def issue_credential(body: IssueBody, caller: CallerOf, rooms: RoomsOf) -> Response:
    """Sign an OpenBadgeCredential in the name of the organisation's issuer (scope ``vc-api:issue``).

    What our own verifier would not call valid is refused (422), but for its dates; so is every option that asks for another form
    of proof. The same badge again gets the same answer, another one of the same ``id`` 409.
    """
    _refuse_other_forms(body.options or IssueOptions())
    return signed(
        lambda: rooms.handed_in.issue(body.credential, caller=caller),
        answer="verifiableCredential",
        sent="credential",
    )


def _refuse_other_forms(options: IssueOptions) -> None:
    if options.cryptosuite not in (None, FORM):
        raise InvalidInput("unknown-form", f"Badges are signed with {FORM} here.", field="options.cryptosuite")
    if options.mandatoryPointers:
        raise InvalidInput(
            "unknown-form",
            f"Badges are signed with {FORM} here, which discloses everything.",
            field="options.mandatoryPointers",
        )
    for option in ("challenge", "domain", "proofId", "previousProof", "credentialStatus"):
        if getattr(options, option):
            raise InvalidInput(
                "option-not-supported", f"A badge is signed without {option} here.", field=f"options.{option}"
            )
