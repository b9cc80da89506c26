"""Programs in tests: one that a holder allowed something, with its token, put straight into the database; how a client gets there is told elsewhere."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import update
from sqlmodel import col, select

from okbadges.partners.grants import HolderScope
from okbadges.partners.tokens import RestsOn, TokenKind, keep_token, new_token
from okbadges.storage.tables import OAuthClientRow, OAuthGrantRow, ParticipantRow
from okbadges.storage.writer import add
from support.passport import new_card

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from support.world import World

API = "/ims/ob/v3p0"
ALL = frozenset(HolderScope) - {HolderScope.OFFLINE}


@dataclass(frozen=True, slots=True)
class Program:
    """A program with a grant: the keys of its rows, and its access token."""

    client_row_id: uuid.UUID
    grant_id: uuid.UUID
    passport_id: uuid.UUID
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """Return the header with which it calls."""
        return {"Authorization": f"Bearer {self.token}"}


def passport_of(world: World, participant: uuid.UUID) -> uuid.UUID:
    """Return the passport of a participant, who is given a card where they have none."""
    found = _passport(world, participant)
    if found is None:
        new_card(world, participant)
        found = _passport(world, participant)
    assert found is not None
    return found


def allowed(
    world: World,
    participant: uuid.UUID,
    scopes: Iterable[HolderScope] = ALL,
    *,
    lasts: timedelta = timedelta(hours=1),
    name: str = "Reppu",
) -> Program:
    """Let a participant allow a program to call the Open Badges API, and return the program with its token."""
    stamp = world.rooms.stamp("test")
    passport_id = passport_of(world, participant)
    client_row_id, grant_id = stamp.row_id(), stamp.row_id()
    token = new_token(TokenKind.ACCESS, world.rooms.random_bytes)
    wanted = sorted(scopes)
    client = OAuthClientRow(
        id=client_row_id,
        client_id=f"client-{client_row_id.hex}",
        secret_hash=client_row_id.bytes,
        registration=json.dumps({"client_name": name, "client_uri": "https://backpack.example"}),
        registered_at=stamp.now,
    )
    grant = OAuthGrantRow(
        id=grant_id,
        client_row_id=client_row_id,
        passport_id=passport_id,
        scopes=" ".join(wanted),
        granted_at=stamp.now,
        code_hash=grant_id.bytes,
        code_challenge="c" * 43,
        redirect_uri="https://backpack.example/back",
        code_expires_at=stamp.now + timedelta(minutes=10),
        code_used_at=stamp.now,
    )

    def change(connection: Connection) -> None:
        add(connection, client, grant)
        rests_on = RestsOn(grant_id=grant_id)
        keep_token(connection, stamp, token, kind=TokenKind.ACCESS, scopes=wanted, rests_on=rests_on, lasts=lasts)

    world.rooms.writer.write(change)
    return Program(client_row_id, grant_id, passport_id, token)


def take_back(world: World, program: Program) -> None:
    """Let the holder take back what they allowed."""
    its = update(OAuthGrantRow).where(col(OAuthGrantRow.id) == program.grant_id)
    world.rooms.writer.write(lambda connection: connection.execute(its.values(ended_at=world.clock())) and None)


def _passport(world: World, participant: uuid.UUID) -> uuid.UUID | None:
    with world.rooms.database.read() as session:
        return session.exec(select(ParticipantRow.passport_id).where(ParticipantRow.id == participant)).one()
