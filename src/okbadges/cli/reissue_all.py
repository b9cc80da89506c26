"""`okbadges issuer reissue-all`: issue everything anew that a compromised key signed. Interrupted, it goes on where it stopped."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotation at run time
from typing import TYPE_CHECKING, Annotated, Final

import typer

from okbadges.cli.opened import open_rooms
from okbadges.cli.operator import operator_of
from okbadges.cli.private_files import write_private
from okbadges.corrections.reissue import Correction, Reissuing
from okbadges.corrections.revoke import Reason
from okbadges.errors import Conflict, InvalidInput
from okbadges.keys.rotation import to_reissue
from okbadges.organisations.issuers import find_issuer
from okbadges.spreadsheets import write_rows

if TYPE_CHECKING:
    from okbadges.edge.rooms import Rooms

_COLUMNS: Final = ("credential", "organisation", "issued_anew", "claim_link", "refused")


def reissue_all(
    slug: Annotated[str, typer.Argument(help="Slug of the issuer")],
    csv: Annotated[Path, typer.Option(help="A new file for the claim links, which have to reach the participants")],
) -> None:
    """Issue everything anew that a compromised key signed, and revoke what it takes the place of."""
    if csv.exists():
        raise InvalidInput("file-exists", f"{csv} is there and not overwritten; name a new file.", field="csv")
    with open_rooms() as rooms:
        rows = _reissued(rooms, slug)
    write_private(csv, write_rows(_COLUMNS, rows))
    done = sum(1 for row in rows if row["issued_anew"])
    print(f"{done} credentials were issued anew, {len(rows) - done} could not be; their claim links are in {csv}")


def _reissued(rooms: Rooms, slug: str) -> list[dict[str, str]]:
    with rooms.database.read() as session:
        waiting = list(to_reissue(session, find_issuer(session, slug)))
    operator = operator_of(rooms)
    reissuing = Reissuing(rooms.database, rooms.secrets, rooms.issuing)
    as_it_was = Correction(Reason.KEY_COMPROMISED, None, lambda order: order)
    rows = []
    for one in waiting:
        row = {"credential": one.credential_id, "organisation": one.organisation, "issued_anew": ""}
        try:
            issued = reissuing.reissue(one.credential_id, as_it_was, caller=operator)
            row |= {"issued_anew": issued.credential_id, "claim_link": issued.claim_link}
        except (Conflict, InvalidInput) as refused:
            row["refused"] = f"{refused.code}: {refused.detail}"
        rows.append(row)
    return rows
