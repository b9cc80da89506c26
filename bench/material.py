"""What is signed and verified: real badges of the catalogue, issued by a whole installation of the product, and nothing made up.

The installation is made once for a run, in a temporary folder, as the tests make theirs. Peers get the very same credentials, context
documents, keys, did document and status list.
"""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from sqlmodel import select

from okbadges.building import build_rooms
from okbadges.cli.operator import operator_of
from okbadges.credentials.data_integrity import sign
from okbadges.credentials.strict_json import dumps
from okbadges.credentials.vocabulary import BADGE_CONTEXTS, context_document
from okbadges.issuing.named import named_by
from okbadges.issuing.order import Order
from okbadges.issuing.prepare import Wanted, prepare
from okbadges.issuing.signing import Signing
from okbadges.issuing.status_indices import StatusSlot
from okbadges.progress.observation import Observation
from okbadges.storage.edition import Remembered
from okbadges.storage.tables import StatusListRow
from okbadges.verification import Fetched, FetchError
from support import world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from okbadges.edge.rooms import Rooms
    from okbadges.issuing.prepare import Prepared

BASE_URL: Final = "https://badges.example.org"
NOW: Final = world.NOW
ORDER: Final = Order(
    badge="digi-turva",
    organisation="kemi",
    workshop="kahvila",
    participant=None,
    language="fi",
    awarded_on=NOW.date(),
    observation=Observation("instructor", ("observation",), 2),
    criteria_met=True,
)
_LISTED: Final = 131_072


signed = Signing().signed_document
"""Sign one credential from badge and participant, as the product does when it issues: the only way from here to there."""


@contextmanager
def installation(database_url: str, base_url: str = BASE_URL) -> Iterator[Rooms]:
    """Set up a whole installation in an empty database and give its rooms, until the end of the block."""
    world.prepare(database_url, base_url=base_url)
    with opened(database_url, base_url) as rooms:
        yield rooms


@contextmanager
def opened(database_url: str, base_url: str = BASE_URL) -> Iterator[Rooms]:
    """Give the rooms of an installation that is there, until the end of the block."""
    rooms = build_rooms(world.settings_for(database_url, base_url=base_url), demo=False, now=lambda: NOW)
    try:
        yield rooms
    finally:
        rooms.writer.close()
        rooms.database.close()


@dataclass(frozen=True, slots=True)
class Material:
    """A badge and a key that are ready to sign with, and what a verifier asks for."""

    prepared: Prepared
    slot: StatusSlot
    documents: Mapping[str, bytes]
    """The issuer's did document and its status list, by address."""

    def sign_next(self, number: int) -> Callable[[], bytes]:
        """Return a function that signs so many credentials, one after the other, each for somebody else, and then the same again.

        Ids and places are drawn before: a peer gets them in a document that is ready to be signed.
        """
        somebody = cycle([self._for_somebody(one) for one in range(1, number + 1)])

        def sign_one() -> bytes:
            slot, credential_id, subject_id = next(somebody)
            return signed(self.prepared, slot, credential_id=credential_id, subject_id=subject_id)

        return sign_one

    def _for_somebody(self, number: int) -> tuple[StatusSlot, str, str]:
        slot = replace(self.slot, index=number % _LISTED)
        return slot, f"urn:uuid:{_uuid(2 * number)}", f"urn:uuid:{_uuid(2 * number + 1)}"

    def seen(self, number: int) -> list[bytes]:
        """Return so many credentials of one badge, as they are stored and served."""
        sign_one = self.sign_next(number)
        return [sign_one() for _ in range(number)]

    def unseen(self, number: int) -> list[bytes]:
        """Return so many credentials, each of another badge: other ids, another name, the same length.

        They are made in a fork, so that this process has really never met them.
        """
        return _elsewhere(lambda: [self._of_another_badge(one, place) for place, one in enumerate(self.seen(number))])

    def unsigned(self, number: int) -> list[dict[str, Any]]:
        """Return so many credentials of one badge without a proof."""
        bodies = [json.loads(document) for document in self.seen(number)]
        for body in bodies:
            del body["proof"]
        return bodies

    def fetch(self, url: str) -> Fetched:
        """Answer with a document from memory."""
        if url not in self.documents:
            raise FetchError("unreachable", "no answer")
        return Fetched(200, {"content-type": "application/json"}, self.documents[url])

    def for_node(self) -> dict[str, Any]:
        """Return what the peers in Node start from."""
        key = self.prepared.key
        seed = key.signer._private_key._seed  # type: ignore[attr-defined]  # noqa: SLF001 - the peer signs with the same key
        documents = {url: json.loads(body) for url, body in self.documents.items()}
        did = self.prepared.issuer.did
        document = next(one for one in documents.values() if one["id"] == did)
        return {
            "contexts": contexts(),
            "documents": {did: document, **documents},
            "now": NOW.isoformat(),
            "ed25519": {
                "type": "Multikey",
                "id": key.verification_method,
                "controller": did,
                "publicKeyMultibase": key.published_key.multibase(),
                "secretKeyMultibase": _secret_multibase(seed),
            },
            "texts": {},
        }

    def _of_another_badge(self, document: bytes, place: int) -> bytes:
        body = json.loads(document)
        del body["proof"]
        about = json.dumps(body["credentialSubject"]["achievement"], ensure_ascii=False)
        another = json.loads(about.replace(f"/{ORDER.badge}/", f"/{place:0>{len(ORDER.badge)}}/"))
        another["name"] = f"{another['name'][:-6]}{place:06}"
        body["name"], body["credentialSubject"]["achievement"] = another["name"], another
        key = self.prepared.key
        return dumps(
            sign(
                body,
                signer=key.signer,
                verification_method=key.verification_method,
                published_key=key.published_key,
            )
        )


def contexts() -> dict[str, Any]:
    """Return the context documents that okbadges has compiled, by address, as JSON-LD processors take them."""
    return {url: context_document(url) for url in BADGE_CONTEXTS}


@lru_cache(maxsize=1)
def material() -> Material:
    """Return the material of this run; made once, in a folder that is gone when this returns."""
    with tempfile.TemporaryDirectory() as folder, installation(f"sqlite:///{Path(folder) / 'bench.sqlite3'}") as rooms:
        caller = operator_of(rooms)
        rooms.issuing.issue(ORDER, caller=caller)
        with rooms.database.read() as session:
            page, named = Remembered().page(session), named_by(session, [ORDER])
            prepared = prepare(session, page, named, Wanted(ORDER, caller), keyring=rooms.keyring, now=NOW)
            row = session.exec(select(StatusListRow)).one()
            slot = StatusSlot(row.id, row.number, 0)
        return Material(prepared, slot, _published(rooms, prepared, slot))


def _published(rooms: Rooms, prepared: Prepared, slot: StatusSlot) -> dict[str, bytes]:
    home = f"{prepared.issuer.home_url}/issuers/{prepared.issuer.slug}"
    found = {
        url: rooms.publishing.own_document(url) for url in (f"{home}/did.json", f"{home}/status/{slot.list_number}")
    }
    return {url: answer.body for url, answer in found.items() if answer is not None}


def _elsewhere(make: Callable[[], list[bytes]]) -> list[bytes]:
    """Return the lines that ``make`` makes in a fork of this process. Raises RuntimeError when it fails there."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        status = 1
        try:
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(b"".join(line + b"\n" for line in make()))
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        made = pipe.read().splitlines()
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0:
        raise RuntimeError("the badges could not be made")
    return made


def _uuid(number: int) -> UUID:
    """Return a UUID of version 4 that is always the same for a number, and spread like random ones."""
    return UUID(int=number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % (1 << 128), version=4)


def _secret_multibase(seed: bytes) -> str:
    from okbadges.credentials.multibase import encode_multibase_base58  # noqa: PLC0415 - for peers only

    return encode_multibase_base58(b"\x80\x26" + seed)
