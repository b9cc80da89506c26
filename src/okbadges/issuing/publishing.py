"""What an issuer publishes for everyone: its did document with every key it ever had, and its signed status lists.

A status list is signed again when a bit changed, lazily and at most once a second; otherwise the stored bytes are served. They are
remembered in this process: to others for a second without asking the database (`recent_status_list`), to our own verification only
after asking it whether they are still those. The same documents answer our own verification, so that we never ask ourselves over the network.
"""

from __future__ import annotations

import hashlib
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy import bindparam, or_, update
from sqlalchemy import select as core_select
from sqlmodel import col, select

from okbadges.credentials.controllers import controller_document
from okbadges.credentials.data_integrity import sign
from okbadges.credentials.fetching import Fetched
from okbadges.credentials.status_list import StatusBits, status_list_credential
from okbadges.credentials.strict_json import dumps
from okbadges.errors import NotFound, Unavailable
from okbadges.issuing.status_indices import revoked_places
from okbadges.keys.keyring import published_keys
from okbadges.organisations.issuers import all_issuers, did_at, find_issuer, homes_of_issuers, issuer_at
from okbadges.storage.edition import Remembered
from okbadges.storage.tables import IssuerRow, StatusListRow

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.keys.keyring import Keyring
    from okbadges.organisations.issuers import Issuer
    from okbadges.storage.database import Database
    from okbadges.storage.writer import Writer

MAX_AGE_SECONDS = 30
_SIGN_AT_MOST_EVERY = timedelta(seconds=1)
# a list says that it holds since a little earlier: a verifier's clock, or a check that began before, must not find it too new
_CLOCKS_DIFFER = timedelta(minutes=5)
_MOST_REMEMBERED = 64
"""Lists of which the bytes are remembered: some 20 kB each, more where many badges were revoked."""


@dataclass(frozen=True, slots=True)
class Published:
    """The bytes of a public document and its entity tag."""

    body: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class _Served:
    """A list as it was served: how it was stored (revision and moment of signing), and until when it may go out unasked."""

    published: Published
    signed: tuple[int, datetime]
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class _Ours:
    """The issuers that are ours, and where their documents are."""

    issuer_ids: frozenset[str]
    homes: frozenset[str]


class Publishing:
    """Serves the public documents of every issuer of this installation."""

    def __init__(
        self,
        *,
        database: Database,
        writer: Writer,
        keyring: Keyring,
        base_url: str,
        now: Callable[[], datetime],
    ) -> None:
        """Publish under ``base_url``, and at the issuers' own domains."""
        self._database = database
        self._writer = writer
        self._keyring = keyring
        self._base_url = base_url
        self._now = now
        self._signing = threading.Lock()
        self._served: dict[tuple[str, int], _Served] = {}
        self._edition = Remembered()

    def did_document(self, slug: str) -> Published:
        """Return an issuer's did document. Raises `NotFound`."""
        return self._did_document(("slug", slug), lambda session: find_issuer(session, slug))

    def did_document_at(self, host: str) -> Published:
        """Return the did document of the issuer whose own domain ``host`` is. Raises `NotFound`."""
        # not by the host as it is written: strangers choose how
        return self._did_document(("did", did_at(host)), lambda session: issuer_at(session, host))

    def _did_document(self, about: tuple[str, str], find: Callable[[Session], Issuer]) -> Published:
        """Return the did document of an issuer, made anew only when an issuer or a key has changed."""
        with self._database.read() as session:
            page = self._edition.page(session)
            return page.remembered(about, lambda: _did_document(session, find(session)))

    def recent_status_list(self, slug: str, number: int) -> Published | None:
        """Return a list that shows every revocation up to a second ago, as far as it can be had without asking the database."""
        found = self._served.get((slug, number))
        return found.published if found is not None and found.since <= self._now() < found.until else None

    def status_list(self, slug: str, number: int) -> Published:
        """Return a signed status list that shows every revocation up to a second ago. Raises `NotFound`."""
        stored = self._stored(slug, number)
        if stored is not None:
            return stored
        with self._signing:
            # somebody may have signed it while we waited; a new session sees what they stored
            stored = self._stored(slug, number)
            if stored is not None:
                return stored
            with self._database.read() as session:
                issuer = find_issuer(session, slug)
                signed = self._sign(session, issuer, _list_row(session, issuer, number))
        # read back as it is kept, so that it is remembered and whoever waits for it has it, too
        return self._stored(slug, number) or signed

    def _stored(self, slug: str, number: int) -> Published | None:
        """Return the stored list unless it has to be signed again (or is not there, which signing will say)."""
        looked_at = self._now()
        with self._database.read() as session:
            state = session.execute(_STATE, {"slug": slug, "number": number}).one_or_none()
            if (
                state is None
                or not state.is_signed
                or self._is_stale(state.revision, state.signed_revision, state.signed_at)
            ):
                return None
            signed, known = (state.signed_revision, state.signed_at), self._served.get((slug, number))
            if known is None or known.signed != signed:
                document = session.execute(_DOCUMENT, {"id": state.id}).scalar_one()
                published = _published(document)
            else:
                published = known.published
        # a change that it does not show yet is shown a second after it was signed, and any other a second from now
        begins = state.signed_at if state.signed_revision != state.revision else looked_at
        self._remember((slug, number), _Served(published, signed, looked_at, begins + _SIGN_AT_MOST_EVERY))
        return published

    def _remember(self, which: tuple[str, int], what: _Served) -> None:
        self._served[which] = what
        while len(self._served) > _MOST_REMEMBERED:
            self._served.pop(next(iter(self._served)), None)

    def issuer_ids(self) -> frozenset[str]:
        """Return the DIDs of the issuers that this installation knows to be its own."""
        return self._ours().issuer_ids

    def homes(self) -> frozenset[str]:
        """Return every base URL under which this installation answers, its own and the issuers' domains."""
        return self._ours().homes

    def _ours(self) -> _Ours:
        """Return what is ours by what is stored now: pages are kept that rest on it, so not even a second may pass."""
        with self._database.read() as session:
            page = self._edition.page(session)
            return page.remembered("ours", lambda: _ours(session, self._base_url))

    def own_document(self, url: str) -> Fetched | None:
        """Answer a request for one of our own public documents; None when the URL is not ours."""
        home = next((home for home in self.homes() if url.startswith(f"{home}/")), None)
        if home is None:
            return None
        path = urlsplit(url).path.removeprefix(urlsplit(home).path)
        try:
            match path.strip("/").split("/"):
                case [".well-known", "did.json"]:
                    found = self.did_document_at(urlsplit(home).netloc)
                case ["issuers", slug, "did.json"]:
                    found = self.did_document(slug)
                case ["issuers", slug, "status", number] if number.isdigit():
                    found = self.status_list(slug, int(number))
                case _:
                    return None
        except NotFound:
            return Fetched(404, {}, b"")
        return Fetched(200, {"content-type": "application/json"}, found.body)

    def _is_stale(self, revision: int, signed_revision: int, signed_at: datetime | None) -> bool:
        now = self._now()
        # a list of the future was signed under a wrong clock: no verifier would take it until then
        if signed_at is None or signed_at > now + _CLOCKS_DIFFER:
            return True
        return signed_revision != revision and now - signed_at >= _SIGN_AT_MOST_EVERY

    def _sign(self, session: Session, issuer: Issuer, row: StatusListRow) -> Published:
        """Build the bits from the rows, sign, and keep the result unless somebody kept a newer one."""
        now = self._now()
        bits = StatusBits(row.size)
        for place in revoked_places(session, row.id):
            bits.set(place)
        key = self._keyring.signing_key(session, issuer)
        unsigned = status_list_credential(
            list_url=f"{issuer.home_url}/issuers/{issuer.slug}/status/{row.number}",
            issuer=issuer.did,
            bits=bits,
            valid_from=(now - _CLOCKS_DIFFER).replace(microsecond=0),
        )
        signed = sign(
            unsigned,
            signer=key.signer,
            verification_method=key.verification_method,
            published_key=key.published_key,
        )
        document = dumps(signed)
        list_id, revision = row.id, row.revision

        def keep(connection: Connection) -> None:
            older = or_(
                col(StatusListRow.signed_revision) < revision, col(StatusListRow.signed_at) > now + _CLOCKS_DIFFER
            )
            connection.execute(
                update(StatusListRow)
                .where(col(StatusListRow.id) == list_id, older)
                .values(document=document, signed_revision=revision, signed_at=now)
            )

        # it says what the rows say, so it may go out also while the database takes no change (a full disk)
        with suppress(Unavailable):
            self._writer.write(keep)
        return _published(document)


_STATE = (
    core_select(
        col(StatusListRow.id),
        col(StatusListRow.revision),
        col(StatusListRow.signed_revision),
        col(StatusListRow.signed_at),
        col(StatusListRow.document).is_not(None).label("is_signed"),
    )
    .join(IssuerRow, col(IssuerRow.id) == col(StatusListRow.issuer_id))
    .where(col(IssuerRow.slug) == bindparam("slug"), col(StatusListRow.number) == bindparam("number"))
)
_DOCUMENT = core_select(col(StatusListRow.document)).where(col(StatusListRow.id) == bindparam("id"))


def _ours(session: Session, base_url: str) -> _Ours:
    ids = frozenset(issuer.did for issuer in all_issuers(session))
    return _Ours(ids, homes_of_issuers(session) | {base_url})


def _did_document(session: Session, issuer: Issuer) -> Published:
    return _published(dumps(controller_document(issuer.did, published_keys(session, issuer))))


def _list_row(session: Session, issuer: Issuer, number: int) -> StatusListRow:
    found = select(StatusListRow).where(StatusListRow.issuer_id == issuer.id, StatusListRow.number == number)
    row = session.exec(found).one_or_none()
    if row is None:
        raise NotFound("unknown-status-list", f"The issuer {issuer.slug} has no status list {number}.")
    return row


def _published(body: bytes) -> Published:
    return Published(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')
