"""The access keys that there are: listed by prefix, noted when they are used, revoked. And who may make which through the API."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import or_, update
from sqlmodel import col, select

from okbadges.errors import Conflict, InvalidInput, NotAllowed, NotFound, Unavailable
from okbadges.organisations.access_keys import KeyCaller, chain_of_key
from okbadges.organisations.roles import Role, Scope, scopes_for
from okbadges.storage import journal
from okbadges.storage.since import at_or_after
from okbadges.storage.tables import AccessKeyOrganisationRow, AccessKeyRow, MemberRow, OrganisationRow

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from concurrent.futures import Future
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection
    from sqlmodel import Session

    from okbadges.organisations.access_keys import WantedKey
    from okbadges.organisations.callers import Caller
    from okbadges.storage.journal import Stamp
    from okbadges.storage.writer import Writer

NOTED_EVERY = timedelta(hours=1)
_PEOPLE = (Role.ADMINISTRATOR, Role.INSTRUCTOR, Role.TEACHER)


class KeyState(StrEnum):
    """Whether a key opens anything, and if not, why."""

    VALID = "valid"
    ENDED = "ended"
    REVOKED = "revoked"
    MEMBER_LEFT = "member-left"


@dataclass(frozen=True, slots=True)
class KnownKey:
    """All that can be known of an access key after it was made. ``organisations`` are slugs: those that whoever asks may know."""

    id: uuid.UUID
    prefix: str
    label: str
    role: Role
    scopes: tuple[Scope, ...]
    organisations: tuple[str, ...]
    member_id: uuid.UUID | None
    state: KeyState
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


def check_may_make(caller: Caller, wanted: WantedKey) -> None:
    """Raise unless an administrator may make this key through the API: nobody gives what they have not.

    `NotAllowed` (``scope-not-yours``) for a scope that the caller's own key does not have. ``vc-api:issue`` is never among those: it
    signs whatever is handed in, and such a key is made at the command line. Deciding about credit is a teacher's and of no administrator,
    who names the teachers: that scope can be given without having it. `InvalidInput` (``member-missing``) for a person's role
    without the person. That the organisations are the caller's own is seen to by whoever looks them up (`Caller.organisation`).
    """
    if wanted.role in _PEOPLE and wanted.member_id is None:
        raise InvalidInput(
            "member-missing", f"A key of the role {wanted.role} is a member's: say whose.", field="member"
        )
    beyond = sorted(scopes_for(wanted.role, wanted.scopes) - caller.scopes - {Scope.RECOGNISE})
    if Scope.VC_API in beyond:
        raise NotAllowed(
            "scope-not-yours",
            f"A key with {Scope.VC_API} signs whatever is handed in; whoever runs the service makes it with: okbadges access-key create",
            field="scopes",
        )
    if beyond:
        raise NotAllowed(
            "scope-not-yours",
            f"Your own access key does not have {', '.join(beyond)} and cannot give it; name other scopes.",
            field="scopes",
        )


def list_access_keys(
    session: Session,
    *,
    now: datetime,
    caller: Caller | None = None,
    since: datetime | None = None,
    after: uuid.UUID | None = None,
    limit: int | None = None,
) -> list[KnownKey]:
    """Return the keys that act for an organisation of the caller's (or all), in the order in which they were made; ``since``: or revoked."""
    changed = at_or_after(since, AccessKeyRow.created_at, AccessKeyRow.revoked_at)
    page = select(AccessKeyRow).where(*_acting_for(caller), changed).order_by(col(AccessKeyRow.id)).limit(limit)
    if after is not None:
        page = page.where(col(AccessKeyRow.id) > after)
    return _known(session, session.exec(page).all(), now=now, caller=caller)


def find_access_key(session: Session, prefix: str, *, now: datetime, caller: Caller | None = None) -> KnownKey:
    """Return the key with this prefix. Raises `NotFound`, also when it acts for none of the caller's organisations."""
    rows = session.exec(select(AccessKeyRow).where(AccessKeyRow.prefix == prefix, *_acting_for(caller))).all()
    if not rows:
        raise _unknown(prefix)
    return _known(session, rows, now=now, caller=caller)[0]


def revoke_access_key(writer: Writer, stamp: Stamp, prefix: str, *, caller: Caller | None = None) -> None:
    """Revoke the access key with this prefix, at once and for good; revoking it again changes nothing.

    An administrator may revoke every key that acts for one of their organisations, whatever else it is for. Raises `NotFound` for any
    other key, and `Conflict` (``own-access-key``) for the one that is calling.
    """
    if isinstance(caller, KeyCaller) and caller.prefix == prefix:
        raise Conflict("own-access-key", "This is the access key that is calling; revoke it with another one.")

    def change(connection: Connection) -> None:
        its = select(AccessKeyRow.id, AccessKeyRow.revoked_at).where(
            AccessKeyRow.prefix == prefix, *_acting_for(caller)
        )
        found = connection.execute(its).one_or_none()
        if found is None:
            raise _unknown(prefix)
        if found.revoked_at is not None:
            return
        connection.execute(update(AccessKeyRow).where(col(AccessKeyRow.id) == found.id).values(revoked_at=stamp.now))
        event = journal.Event(
            chain=chain_of_key(connection, found.id), action="access-key.revoked", subject=f"access-key:{prefix}"
        )
        journal.append(connection, stamp, event)

    writer.write(change)


class LastUse:
    """Notes when each key was used last: once an hour, without anybody waiting for it. It is no change of state and leaves no event."""

    def __init__(self, writer: Writer) -> None:
        """Note it through ``writer``."""
        self._writer = writer
        self._on_its_way: set[uuid.UUID] = set()
        self._noted: dict[uuid.UUID, datetime] = {}

    def note(self, caller: KeyCaller, *, now: datetime) -> None:
        """Note that the key was used now. What cannot be noted is noted at the next call."""
        key_id = caller.access_key_id
        # who is remembered (`okbadges.storage.edition`) does not hear of it
        noted = self._noted.get(key_id) or caller.last_used_at
        if key_id in self._on_its_way or (noted is not None and now - noted < NOTED_EVERY):
            return
        self._on_its_way.add(key_id)
        earlier = or_(col(AccessKeyRow.last_used_at).is_(None), col(AccessKeyRow.last_used_at) < now)
        used = update(AccessKeyRow).where(col(AccessKeyRow.id) == key_id, earlier).values(last_used_at=now)

        def change(connection: Connection) -> None:
            connection.execute(used)

        def done(written: Future[None]) -> None:
            if written.exception() is None:
                self._noted[key_id] = now
            self._on_its_way.discard(key_id)

        try:
            self._writer.submit(change).add_done_callback(done)
        except Unavailable:
            self._on_its_way.discard(key_id)


def _acting_for(caller: Caller | None) -> tuple[ColumnElement[bool], ...]:
    """Return the condition that a key acts for an organisation of the caller's; none for whoever runs the service."""
    if caller is None:
        return ()
    own = [organisation.id for organisation in caller.organisations.values()]
    acting = select(AccessKeyOrganisationRow.access_key_id).where(
        col(AccessKeyOrganisationRow.organisation_id).in_(own)
    )
    return (col(AccessKeyRow.id).in_(acting),)


def _known(session: Session, rows: Sequence[AccessKeyRow], *, now: datetime, caller: Caller | None) -> list[KnownKey]:
    slugs = defaultdict(list)
    owners = (
        select(AccessKeyOrganisationRow.access_key_id, OrganisationRow.slug)
        .join(OrganisationRow, col(OrganisationRow.id) == AccessKeyOrganisationRow.organisation_id)
        .where(col(AccessKeyOrganisationRow.access_key_id).in_([row.id for row in rows]))
        .order_by(col(OrganisationRow.slug))
    )
    for key_id, slug in session.exec(owners):
        if caller is None or slug in caller.organisations:
            slugs[key_id].append(slug)
    members = [row.member_id for row in rows if row.member_id]
    left = set(
        session.exec(select(MemberRow.id).where(col(MemberRow.id).in_(members), col(MemberRow.left_at).is_not(None)))
    )
    return [
        KnownKey(
            id=row.id,
            prefix=row.prefix,
            label=row.label,
            role=Role(row.role),
            scopes=tuple(Scope(scope) for scope in row.scopes.split()),
            organisations=tuple(slugs[row.id]),
            member_id=row.member_id,
            state=_state(row, now=now, has_left=row.member_id in left),
            created_at=row.created_at,
            expires_at=row.expires_at,
            last_used_at=row.last_used_at,
            revoked_at=row.revoked_at,
        )
        for row in rows
    ]


def _state(row: AccessKeyRow, *, now: datetime, has_left: bool) -> KeyState:
    if row.revoked_at is not None:
        return KeyState.REVOKED
    if has_left:
        return KeyState.MEMBER_LEFT
    return KeyState.ENDED if row.expires_at <= now else KeyState.VALID


def _unknown(prefix: str) -> NotFound:
    return NotFound("unknown-access-key", f"There is no access key {prefix}; the list of access keys shows them.")
