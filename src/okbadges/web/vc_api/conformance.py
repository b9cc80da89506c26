"""``/vc-api`` in the profile ``any``: any W3C credential, in any form, signed with keys that are made for conformance runs alone."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response
from fastapi.security import HTTPAuthorizationCredentials  # noqa: TC002 - FastAPI reads the annotation at run time

from okbadges.credentials.strict_json import dumps
from okbadges.edge.access import ACCESS_KEY, caller
from okbadges.edge.problems import responses
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - the same
from okbadges.edge.strict_requests import StrictRoute
from okbadges.errors import NotFound
from okbadges.issuing.conformance.issue import Conformance
from okbadges.issuing.conformance.wanted import FORMS, Wanted
from okbadges.organisations.access_keys import Scope
from okbadges.web.vc_api.answers import issued, refused_as_malformed
from okbadges.web.vc_api.bodies import DeriveBody, DeriveOptions, IssueAnswer, IssueBody, IssueOptions

router = APIRouter(prefix="/vc-api", tags=["vc-api"], route_class=StrictRoute)

_REFUSALS = responses(400, 401, 403, 413, 422, 503)


def _conformance(
    rooms: RoomsOf, shown: Annotated[HTTPAuthorizationCredentials | None, Depends(ACCESS_KEY)]
) -> Conformance:
    """Return what issues in conformance runs, to whom may use it. Raises `NotAuthenticated` and `NotAllowed`."""
    if rooms.vc_api.conformance is None:
        raise NotFound("not-found", "There is nothing at this address.")
    if rooms.vc_api.needs_key:
        caller(rooms, shown).require(Scope.VC_API)
    return rooms.vc_api.conformance


_ConformanceOf = Annotated[Conformance, Depends(_conformance)]


@router.post(
    "/credentials/issue",
    status_code=201,
    summary="Issue a credential",
    response_model=IssueAnswer,
    responses=_REFUSALS,
)
def issue_credential(body: IssueBody, conformance: _ConformanceOf) -> Response:
    """Sign a credential; the form follows from ``options.cryptosuite``, else from the key of the issuer (scope ``vc-api:issue``)."""
    return _issued(body, conformance, form=None)


@router.post(
    "/{form}/credentials/issue",
    status_code=201,
    summary="Issue a credential in one form",
    response_model=IssueAnswer,
    responses=_REFUSALS | responses(404),
)
def issue_in_form(
    form: Annotated[str, Path(examples=list(FORMS)[:1])], body: IssueBody, conformance: _ConformanceOf
) -> Response:
    """Sign a credential in the form that the address names (scope ``vc-api:issue``)."""
    if form not in FORMS:
        raise NotFound("unknown-form", f"There are the forms {', '.join(FORMS)}.")
    return _issued(body, conformance, form=form)


@router.post(
    "/credentials/derive",
    status_code=201,
    summary="Derive a credential",
    response_model=IssueAnswer,
    responses=_REFUSALS,
)
def derive_credential(body: DeriveBody, conformance: _ConformanceOf) -> Response:
    """Disclose parts of an ecdsa-sd-2023 credential, as its holder (scope ``vc-api:issue``)."""
    options = body.options or DeriveOptions()
    with refused_as_malformed():
        return issued(dumps(conformance.derive(body.verifiableCredential, options.selectivePointers)))


@router.get("/status/{kind}", summary="Status list", responses=responses(404, 503))
def status_list(kind: Annotated[str, Path(examples=["ed25519"])], rooms: RoomsOf) -> Response:
    """Return the signed status list of one key of conformance runs; nothing of them is ever revoked."""
    if rooms.vc_api.conformance is None:
        raise NotFound("not-found", "There is nothing at this address.")
    signed = rooms.vc_api.conformance.lists.signed_list(kind)
    # as JSON: the suites' loaders do not look at a body that calls itself application/vc
    return Response(signed, media_type="application/json", headers={"Access-Control-Allow-Origin": "*"})


def _issued(body: IssueBody, conformance: Conformance, *, form: str | None) -> Response:
    options = body.options or IssueOptions()
    wanted = Wanted(
        form=form or options.cryptosuite,
        mandatory=tuple(options.mandatoryPointers),
        challenge=options.challenge,
        domain=options.domain,
        status=options.credentialStatus,
    )
    with refused_as_malformed():
        return issued(dumps(conformance.issue(body.credential, wanted)))
