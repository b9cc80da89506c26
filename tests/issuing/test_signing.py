"""Signing by templates and by the walk: the same bytes, for every badge of the catalogue."""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlmodel import select

from okbadges.catalogue.published import PublishedBadge
from okbadges.credentials.template import Template
from okbadges.errors import Unavailable
from okbadges.issuing.order import Order
from okbadges.issuing.prepare import Prepared
from okbadges.issuing.signing import PROVEN_EVERY, Signing
from okbadges.issuing.standing import Standing
from okbadges.issuing.status_indices import StatusSlot
from okbadges.organisations.issuers import find_issuer
from okbadges.organisations.workshops import find_organisation, find_workshop
from okbadges.progress.observation import Observation
from okbadges.storage.tables import BadgeVersionRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from okbadges.catalogue.texts import Language
    from support.world import World


def awards(world: World, *slugs: str, valid_until: date | None = None) -> Iterator[Prepared]:
    """Prepare one award of each badge in each of its languages: of these badges, or of all."""
    with world.rooms.database.read() as session:
        organisation, issuer = find_organisation(session, "kemi"), find_issuer(session, "ok")
        for row in session.exec(select(BadgeVersionRow)).all():
            badge = PublishedBadge.model_validate_json(row.definition)
            for language in badge.artwork if not slugs or badge.slug in slugs else ():
                yield Prepared(
                    order=an_order(badge.slug, language, valid_until),
                    organisation=organisation,
                    workshop=find_workshop(session, organisation, "kahvila"),
                    issuer=issuer,
                    badge=badge,
                    badge_row_id=row.id,
                    key=world.rooms.keyring.signing_key(session, issuer),
                    standing=Standing("word", Observation("instructor", (), 1)),
                )


def an_order(badge: str, language: Language, valid_until: date | None) -> Order:
    """Return an order for somebody new."""
    return Order(badge, "kemi", "kahvila", None, language, date(2026, 2, 28), valid_until)


def signed(signing: Signing, prepared: Prepared, ids: tuple[str, str], index: int) -> bytes:
    """Sign one credential."""
    slot = StatusSlot(uuid.UUID(int=1), 7, index)
    return signing.signed_document(prepared, slot, credential_id=ids[0], subject_id=ids[1])


def new_ids() -> tuple[str, str]:
    """Return the ids of a credential and of its subject."""
    return f"urn:uuid:{uuid.uuid4()}", f"urn:uuid:{uuid.uuid4()}"


@pytest.mark.parametrize("valid_until", [None, date(2027, 12, 31)], ids=["without end", "with an end"])
def test_every_badge_is_the_same_either_way(world: World, valid_until: date | None) -> None:
    """Each badge in each language, filled in three times, has the bytes that the walk gives it."""
    by_template, by_walk = Signing(), Signing(with_templates=False)
    seen = 0
    for prepared in awards(world, valid_until=valid_until):
        for index in (0, 9, 131_071):
            ids = new_ids()
            assert signed(by_template, prepared, ids, index) == signed(by_walk, prepared, ids, index)
            seen += 1
    assert seen > 100


def test_a_wallets_own_id_takes_the_walk(world: World) -> None:
    """A copy is about a wallet's key, whose id is no UUID: it is signed all the same."""
    (prepared, *_), ids = list(awards(world, "digi-turva")), new_ids()
    about_a_key = (ids[0], "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK")
    both = [signed(signing, prepared, about_a_key, 5) for signing in (Signing(), Signing(with_templates=False))]
    assert both[0] == both[1]


def test_one_in_so_many_is_compared_before_it_is_signed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A template that would be wrong after it was made is noticed, and what it made is not signed."""
    (prepared, *_) = awards(world, "digi-turva")
    signing, fill = Signing(), Template._data
    for _ in range(PROVEN_EVERY - 1):
        signed(signing, prepared, new_ids(), 1)
    with monkeypatch.context() as patched:
        patched.setattr(Template, "_data", lambda *given: bytes(32) + fill(*given)[32:])
        with pytest.raises(Unavailable) as refused:
            signed(signing, prepared, new_ids(), 1)
    assert refused.value.code == "signing-failed"
