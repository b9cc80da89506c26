"""A group's participants as CSV, in and out: the columns ``participant`` (the id) and ``label``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.organisations.participants import labels_of
from okbadges.organisations.rosters import RosterRow
from okbadges.organisations.stays import present_in
from okbadges.spreadsheets import read_rows, write_rows

if TYPE_CHECKING:
    import uuid

    from sqlmodel import Session

    from okbadges.organisations.groups import Group
    from okbadges.storage.sealing import Secrets

COLUMNS = ("participant", "label")


def read_roster(data: bytes) -> list[RosterRow]:
    """Return the rows of a file. Raises `InvalidInput` with the place for what is no such spreadsheet (`okbadges.spreadsheets`)."""
    rows = read_rows(data, columns=(), optional=COLUMNS)
    return [RosterRow(row.number, row.values["participant"], row.values["label"]) for row in rows]


def write_roster(session: Session, secrets: Secrets, group: Group, *, member_id: uuid.UUID | None) -> bytes:
    """Return who is in a group now: for its leader in order of label, for anybody else ids without a column for labels."""
    present = [stay.participant_id for stay in present_in(session, group, limit=None)]
    if member_id != group.leader_id:
        return write_rows(COLUMNS[:1], [{"participant": str(one)} for one in present])
    labels = labels_of(session, secrets, member_id=member_id, participants=present)
    rows = [{"participant": str(one), "label": labels.get(one, "")} for one in present]
    return write_rows(COLUMNS, sorted(rows, key=lambda row: (row["label"].casefold(), row["participant"])))
