"""`/sign-in/demo`: one click, and somebody made up is signed in. `okbadges.pages.install` adds it to a demo and to nothing else."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, Request, Response
from sqlmodel import col, select

from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.edge.visits import SameSite
from okbadges.errors import NotFound
from okbadges.organisations.roles import Role  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.organisations.sign_ins import begin_sign_in
from okbadges.pages.sign_in.frame import enter
from okbadges.storage.tables import MemberRow

router = Router(include_in_schema=False)


@router.post("/sign-in/demo", dependencies=[SameSite])
def demo_sign_in(request: Request, rooms: RoomsOf, role: Annotated[Role, Form()]) -> Response:
    """Sign the demo's first member in this role in. Raises `NotFound` where it has none."""
    with rooms.database.read() as session:
        theirs = select(MemberRow.id).where(MemberRow.role == role, col(MemberRow.left_at).is_(None))
        member_id = session.exec(theirs.order_by(col(MemberRow.id)).limit(1)).one_or_none()
    if member_id is None:
        raise NotFound("unknown-member", f"This demo has nobody in the role {role}; delete its folder and start again.")
    stamp = rooms.stamp(f"member:{member_id}")
    sign_in = rooms.writer.write(
        lambda connection: begin_sign_in(connection, stamp, member_id, signed_in_with="demo", own_device=False)
    )
    return enter(request, rooms, sign_in, own_device=False)
