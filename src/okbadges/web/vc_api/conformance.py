"""``/vc-api`` in the profile ``any``: any W3C credential, in any form, signed with keys that are made for conformance runs alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Path, Request, Response
from fastapi.security import HTTPAuthorizationCredentials

from okbadges.credentials.strict_json import dumps
from okbadges.edge.access import ACCESS_KEY, caller
from okbadges.edge.problems import responses
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - the same
from okbadges.edge.routing import Router
from okbadges.edge.strict_requests import StrictRoute
from okbadges.errors import InvalidInput, NotFound
from okbadges.issuing.conformance.issue import Conformance
from okbadges.issuing.conformance.wanted import FORMS, PRESENTATION_FORMS, Wanted
from okbadges.organisations.roles import Scope
from okbadges.web.vc_api.answers import signed
from okbadges.web.vc_api.bodies import (
    DeriveBody,
    DeriveOptions,
    IssueAnswer,
    IssueBody,
    IssueOptions,
    PresentAnswer,
    PresentBody,
    PresentOptions,
)

router = Router(prefix="/vc-api", tags=["VC-API"], route_class=StrictRoute)

_REFUSALS = responses(400, 401, 403, 409, 413, 422, 503)


def _conformance(
    request: Request, rooms: RoomsOf, shown: Annotated[HTTPAuthorizationCredentials | None, Depends(ACCESS_KEY)]
) -> Conformance:
    """Return what issues in conformance runs, to whom may use it. Raises `NotAuthenticated` and `NotAllowed`."""
    if rooms.vc_api.conformance is None:
        raise NotFound("not-found", "There is nothing at this address.")
    if rooms.vc_api.needs_key:
        caller(request, rooms, shown).require(Scope.VC_API)
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
    return signed(
        lambda: dumps(conformance.derive(body.verifiableCredential, options.selectivePointers)),
        answer="verifiableCredential",
        sent="verifiableCredential",
    )


@router.post(
    "/presentations",
    status_code=201,
    summary="Sign a presentation",
    response_model=PresentAnswer,
    responses=_REFUSALS,
)
def create_presentation(body: PresentBody, conformance: _ConformanceOf) -> Response:
    """Sign a presentation as its holder, for ``options.challenge`` and ``options.domain`` (scope ``vc-api:issue``).

    The form follows from ``options.cryptosuite``, else from the key of the holder.
    """
    return _presented(body, conformance, form=None)


@router.post(
    "/{form}/presentations",
    status_code=201,
    summary="Sign a presentation in one form",
    response_model=PresentAnswer,
    responses=_REFUSALS | responses(404),
)
def create_presentation_in_form(
    form: Annotated[str, Path(examples=list(PRESENTATION_FORMS)[:1])], body: PresentBody, conformance: _ConformanceOf
) -> Response:
    """Sign a presentation in the form that the address names, also as ``vp+jwt`` (scope ``vc-api:issue``)."""
    if form not in PRESENTATION_FORMS:
        raise NotFound("unknown-form", f"There are the forms {', '.join(PRESENTATION_FORMS)}.")
    return _presented(body, conformance, form=form)


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
    wanted = replace(
        _wanted(options, form), mandatory=tuple(options.mandatoryPointers), status=options.credentialStatus
    )
    return signed(
        lambda: dumps(conformance.issue(body.credential, wanted)), answer="verifiableCredential", sent="credential"
    )


def _presented(body: PresentBody, conformance: Conformance, *, form: str | None) -> Response:
    wanted = _wanted(body.options or PresentOptions(), form)
    return signed(
        lambda: dumps(conformance.present(body.presentation, wanted)),
        answer="verifiablePresentation",
        sent="presentation",
    )


def _wanted(options: PresentOptions, form: str | None) -> Wanted:
    if form is not None and options.cryptosuite not in (None, form):
        raise InvalidInput(
            "unknown-form", f"This address signs with {form} and nothing else.", field="options.cryptosuite"
        )
    return Wanted(
        form=form or options.cryptosuite,
        challenge=options.challenge,
        domain=options.domain,
        proof_id=options.proofId,
        previous=tuple(options.previousProof or ()),
    )
