"""Preparing: what an order means in this database, all of it found and allowed, or the field that is at fault."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from babel import Locale

from okbadges.catalogue.published import PublishedBadge
from okbadges.catalogue.shelf import latest_row
from okbadges.errors import InvalidInput, NotFound
from okbadges.issuing.order import check_agreed, check_dates
from okbadges.issuing.standing import standing_of
from okbadges.organisations.issuers import issuer_by_id
from okbadges.organisations.workshops import find_workshop
from okbadges.storage.tables import BadgeVersionRow

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlmodel import Session

    from okbadges.issuing.award import Follows, Repeat
    from okbadges.issuing.named import Named
    from okbadges.issuing.order import Order
    from okbadges.issuing.standing import Standing
    from okbadges.keys.keyring import Keyring, SigningKey
    from okbadges.organisations.callers import Caller
    from okbadges.organisations.issuers import Issuer
    from okbadges.organisations.workshops import Organisation, Workshop
    from okbadges.storage.edition import Page


@dataclass(frozen=True, slots=True)
class Wanted:
    """One credential that somebody wants issued: what was ordered, by whom, and how the request is known again.

    That the caller has the scope was looked at before. ``as_of`` is the edition at which the caller was known, where that is not sure to be
    the present one (`okbadges.organisations.key_holders.KeyHolders.recall`).
    """

    order: Order
    caller: Caller
    repeat: Repeat | None = None
    follows: Follows | None = None
    as_of: int | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """An order with everything it names."""

    order: Order
    organisation: Organisation
    workshop: Workshop
    issuer: Issuer
    badge: PublishedBadge
    badge_row_id: uuid.UUID
    key: SigningKey
    standing: Standing


@dataclass(frozen=True, slots=True)
class _Known:
    """A badge version as it is remembered."""

    row_id: uuid.UUID
    is_retired: bool
    badge: PublishedBadge

    @classmethod
    def of(cls, row: BadgeVersionRow) -> _Known:
        return cls(row.id, row.retired_at is not None, PublishedBadge.model_validate_json(row.definition))


def prepare(session: Session, page: Page, named: Named, wanted: Wanted, *, keyring: Keyring, now: datetime) -> Prepared:
    """Find everything an order names, and why the badge may be awarded; of a credential that follows another that is known.

    ``named`` tells of participants. What seldom changes is remembered on ``page``, the one of now (`okbadges.storage.edition`).
    Raises `NotAllowed` for the organisation, `InvalidInput` with the field at fault. Nothing is made and nothing stored.
    """
    order, caller, follows = wanted.order, wanted.caller, wanted.follows
    organisation = caller.organisation(order.organisation)
    check_agreed(order)
    check_dates(order, today=now.date())
    workshop, known = _named(session, page, order, organisation)
    if follows is None:
        _refuse_retired(order, known)
    elif follows.badge_row_id is not None:
        known = _badge_of_row(session, page, follows.badge_row_id)
    _check_badge(order, known.badge)
    _check_participant(named, order, organisation)
    issuer = page.remembered(("issuer", organisation.issuer_id), lambda: issuer_by_id(session, organisation.issuer_id))
    standing = follows.standing if follows else None
    if standing is None:
        who = caller.member_id
        standing = standing_of(session, order, known.badge, organisation, named=named, member_id=who, now=now)
    return Prepared(
        order=order,
        organisation=organisation,
        workshop=workshop,
        issuer=issuer,
        badge=known.badge,
        badge_row_id=known.row_id,
        key=keyring.signing_key(session, issuer, page=page),
        standing=standing,
    )


def _named(session: Session, page: Page, order: Order, organisation: Organisation) -> tuple[Workshop, _Known]:
    try:
        workshop = page.remembered(
            ("workshop", organisation.id, order.workshop), lambda: find_workshop(session, organisation, order.workshop)
        )
        return workshop, page.remembered(
            ("latest badge", order.badge), lambda: _Known.of(latest_row(session, order.badge))
        )
    except NotFound as unknown:
        # the address of the request was right, a field of it was not
        raise InvalidInput(unknown.code, unknown.detail, field=unknown.field) from None


def _badge_of_row(session: Session, page: Page, row_id: uuid.UUID) -> _Known:
    return page.remembered(("badge", row_id), lambda: _Known.of(session.get_one(BadgeVersionRow, row_id)))


def _refuse_retired(order: Order, known: _Known) -> None:
    if known.is_retired:
        raise InvalidInput(
            "badge-retired",
            f"The badge {order.badge} is retired: what was issued stays valid, but it is not issued any more.",
            field="badge",
        )


def _check_badge(order: Order, badge: PublishedBadge) -> None:
    if order.language not in badge.artwork:
        there_are = ", ".join(sorted(badge.artwork))
        raise InvalidInput(
            "badge-language", f"The badge {order.badge} exists in these languages: {there_are}.", field="language"
        )
    if badge.records_language and order.award_language is None:
        raise InvalidInput(
            "award-language-missing",
            f"The badge {order.badge} records which language was used: give award_language, for example sv or en.",
            field="award_language",
        )
    if badge.records_language and order.award_language not in Locale("en").languages:
        raise InvalidInput(
            "award-language-unknown",
            f"award_language must be the code of a language, for example sv or en, not {order.award_language!r}.",
            field="award_language",
        )
    if not badge.records_language and order.award_language is not None:
        raise InvalidInput(
            "award-language-unasked",
            f"The badge {order.badge} does not record a language; leave award_language out.",
            field="award_language",
        )


def _check_participant(named: Named, order: Order, organisation: Organisation) -> None:
    if order.participant is not None and named.organisations.get(order.participant) != organisation.id:
        raise InvalidInput(
            "unknown-participant",
            f"{organisation.slug} has no such participant; leave the field out for somebody new.",
            field="participant",
        )
