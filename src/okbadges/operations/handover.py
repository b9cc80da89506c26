"""Handing an issuer over, whole, to another installation: its keys and DID, status lists, people, credentials and journal.

Here it is frozen first, then written into a file that opens with a key of its own, made for this handover. There, what was sealed
under our secret is sealed under theirs. Addresses and DIDs stay what they are: the host name is pointed to the new installation.
Access keys are not handed over; links that participants hold go on opening.
"""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import func, select, update
from sqlmodel import col

from okbadges.errors import Conflict, InvalidInput, NotFound
from okbadges.operations.backup import manifest_of
from okbadges.operations.dump import DumpWriter, new_file, opened_dump
from okbadges.operations.handed_rows import handed_over_tables, of_issuer, opened, sealed
from okbadges.operations.loose_references import without_what_is_not_there
from okbadges.storage import journal, version
from okbadges.storage.rows import all_rows, put, put_references, snapshot, table_named
from okbadges.storage.tables import BadgeVersionRow, IssuerRow, OrganisationRow, StatusListRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from okbadges.operations.dump import Dump
    from okbadges.storage.database import Database
    from okbadges.storage.journal import Stamp
    from okbadges.storage.rows import Row
    from okbadges.storage.sealing import Secrets
    from okbadges.storage.writer import Writer

KIND = "handover"
HANDED_OVER, TAKEN_OVER = "issuer.handed-over", "issuer.taken-over"
KEY_BYTES = 32
_NONCE_BYTES = 12
_BADGES = ("badge_versions", "badge_images")


@dataclass(frozen=True, slots=True)
class HandedOver:
    """An issuer that was written into a file, or taken over from one. ``in_token`` are keys that a token keeps: they go by hand."""

    slug: str
    did: str
    home_url: str
    credentials: int
    in_token: tuple[int, ...]


class _Locked:
    """A box that one key opens: each line is encrypted and bound to its place, so that none can be altered, moved or left out."""

    def __init__(self, key: bytes, random_bytes: Callable[[int], bytes]) -> None:
        self._cipher = AESGCM(key)
        self._random_bytes = random_bytes

    def lock(self, line: bytes, place: str) -> bytes:
        """Return the line, compressed and encrypted."""
        nonce = self._random_bytes(_NONCE_BYTES)
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, zlib.compress(line), place.encode()))

    def open(self, line: bytes, place: str) -> bytes:
        """Return the line as it was. Raises `InvalidInput` (``handover-key``)."""
        sealed = base64.b64decode(line)
        try:
            return zlib.decompress(self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place.encode()))
        except InvalidTag:
            raise InvalidInput(
                "handover-key",
                "The file does not open with this key, or was altered. Give the key that was written with it.",
            ) from None


def export_issuer(
    database: Database, writer: Writer, stamp: Stamp, secrets: Secrets, slug: str, *, file: Path, key_file: Path
) -> HandedOver:
    """Freeze an issuer and write it, whole, into ``file``; what opens it is written into ``key_file``, to be sent another way.

    A frozen issuer issues and revokes no more, and its did document and status lists are served until this is switched off. Doing it
    again writes a new file. Raises `NotFound` (``unknown-issuer``), `Conflict` (``file-exists``) and `Unavailable`.
    """
    key = stamp.random_bytes(KEY_BYTES)
    with new_file(key_file) as keys, new_file(file) as out:
        keys.write(base64.b64encode(key) + b"\n")
        writer.write(partial(_freeze, stamp=stamp, slug=slug))
        with snapshot(database) as connection:
            return _write(connection, DumpWriter(out, _Locked(key, stamp.random_bytes)), slug, secrets, stamp)


def import_issuer(
    database: Database, writer: Writer, stamp: Stamp, secrets: Secrets, *, file: Path, key_file: Path
) -> HandedOver:
    """Take an issuer over from a file, in one change. Until everything is looked at nothing is written.

    Raises `InvalidInput` (``file-damaged``, ``handover-key``, ``other-version``, …) and `Conflict` for a slug, a DID or a badge version
    that is there already (``issuer-exists``, ``organisation-exists``, ``badge-differs``).
    """
    version.require_current(database)
    with opened_dump(file, KIND, _Locked(read_key(key_file), stamp.random_bytes)) as dump:
        needed = version.NEEDED
        if dump.manifest.revision != needed:
            raise InvalidInput(
                "other-version",
                f"The file was written by okbadges {dump.manifest.okbadges} (database version {dump.manifest.revision}), and this release "
                f"has version {needed}; upgrade the older of the two first.",
            )
        dump.check()
        return writer.write(partial(_take_over, dump=dump, stamp=stamp, secrets=secrets))


def read_key(key_file: Path) -> bytes:
    """Return the key of a handover. Raises `InvalidInput` (``handover-key``)."""
    try:
        key = base64.b64decode(key_file.read_bytes().strip(), validate=True)
    except (OSError, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise InvalidInput("handover-key", f"{key_file} is not the key of a handover; it was written with the file.")
    return key


def _freeze(connection: Connection, *, stamp: Stamp, slug: str) -> None:
    found = connection.execute(
        select(col(IssuerRow.did), col(IssuerRow.handed_over_at)).where(col(IssuerRow.slug) == slug).with_for_update()
    ).one_or_none()
    if found is None:
        raise NotFound("unknown-issuer", f"There is no issuer {slug}; okbadges issuer list shows them.", field="issuer")
    if found.handed_over_at is None:
        # the last event here: from the next line on the journal takes no other of this issuer
        journal.append(connection, stamp, journal.Event(slug, HANDED_OVER, found.did))
        connection.execute(update(IssuerRow).where(col(IssuerRow.slug) == slug).values(handed_over_at=stamp.now))


def _write(connection: Connection, out: DumpWriter, slug: str, secrets: Secrets, stamp: Stamp) -> HandedOver:
    for table in handed_over_tables():
        rows = all_rows(connection, table, of_issuer(table, slug))
        # what a school decided about badges of others goes along; those others do not
        its = without_what_is_not_there(connection, table.name, rows, among=partial(of_issuer, slug=slug))
        out.add(table.name, (opened(table.name, row, secrets) for row in its))
    out.close(manifest_of(connection, KIND, out.tables, now=stamp.now, chain=slug))
    return _summary(connection, slug)


def _take_over(connection: Connection, *, dump: Dump, stamp: Stamp, secrets: Secrets) -> HandedOver:
    _require_free(connection, dump)
    badges = _known_badges(connection, dump)

    def rows(name: str) -> Iterator[Row]:
        for row in dump.rows(name):
            if row.get("badge_version_id" if name == "badge_images" else "id") in badges and name in _BADGES:
                continue
            mine = sealed(name, row, secrets, stamp)
            if "badge_version_id" in mine:
                mine["badge_version_id"] = badges.get(mine["badge_version_id"], mine["badge_version_id"])
            if name == IssuerRow.__tablename__:
                mine["handed_over_at"] = None
            if name == StatusListRow.__tablename__:
                # places that the other side had reserved must never be given here
                mine |= {"closed_at": mine["closed_at"] or stamp.now, "revision": mine["revision"] + 1}
            yield mine

    for table in handed_over_tables():
        put(connection, table, without_what_is_not_there(connection, table.name, rows(table.name)))
        put_references(connection, table, rows(table.name))
    (issuer,) = dump.rows(IssuerRow.__tablename__)
    journal.append(connection, stamp, journal.Event(issuer["slug"], TAKEN_OVER, issuer["did"]))
    return _summary(connection, issuer["slug"])


def _require_free(connection: Connection, dump: Dump) -> None:
    for row in dump.rows(IssuerRow.__tablename__):
        taken = (col(IssuerRow.slug) == row["slug"]) | (col(IssuerRow.did) == row["did"])
        if connection.execute(select(col(IssuerRow.id)).where(taken)).first():
            raise Conflict(
                "issuer-exists",
                f"There is already an issuer {row['slug']} or {row['did']} here; neither is ever used for two.",
            )
    for row in dump.rows(OrganisationRow.__tablename__):
        if connection.execute(select(col(OrganisationRow.id)).where(col(OrganisationRow.slug) == row["slug"])).first():
            raise Conflict("organisation-exists", f"There is already an organisation {row['slug']} here.")


def _known_badges(connection: Connection, dump: Dump) -> dict[Any, Any]:
    """Return for each badge version of the file that is published here too its own row; refuse one with other words."""
    known = {}
    for row in dump.rows(BadgeVersionRow.__tablename__):
        found = connection.execute(
            select(col(BadgeVersionRow.id), col(BadgeVersionRow.content_hash)).where(
                col(BadgeVersionRow.slug) == row["slug"], col(BadgeVersionRow.version) == row["version"]
            )
        ).one_or_none()
        if found is not None and found.content_hash != row["content_hash"]:
            raise Conflict(
                "badge-differs",
                f"The badge {row['slug']} v{row['version']} says something else here than there; a version never changes, "
                "so the issuer needs an installation whose catalogue does not have it.",
            )
        if found is not None:
            known[row["id"]] = found.id
    return known


def _summary(connection: Connection, slug: str) -> HandedOver:
    issuers, keys, credentials = (table_named(name) for name in ("issuers", "signing_keys", "credentials"))
    issuer = connection.execute(select(issuers).where(issuers.c.slug == slug)).mappings().one()
    in_token = select(keys.c.number).where(keys.c.issuer_id == issuer["id"], keys.c.token_label.is_not(None))
    count = select(func.count()).select_from(credentials).where(credentials.c.issuer_id == issuer["id"])
    return HandedOver(
        slug,
        issuer["did"],
        issuer["home_url"],
        connection.execute(count).scalar_one(),
        tuple(connection.scalars(in_token.order_by(keys.c.number))),
    )
