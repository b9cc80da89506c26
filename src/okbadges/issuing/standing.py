"""Why a badge may be awarded: what was seen, who says so, and what a summary rests on.

Every step was ticked, or the instructor gives their word; somebody observed it. A summary badge rests on badges that are held and,
where the organisation asks for it, on the word of a second person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from okbadges.errors import InvalidInput
from okbadges.issuing.summary import collected_credentials
from okbadges.organisations.consents import Consenting, consent_withdrawn
from okbadges.progress.confirmations import usable_confirmation

if TYPE_CHECKING:
    import uuid
    from datetime import date, datetime

    from sqlmodel import Session

    from okbadges.catalogue.published import PublishedBadge
    from okbadges.issuing.named import Named
    from okbadges.issuing.order import Order
    from okbadges.organisations.workshops import Organisation
    from okbadges.progress.observation import Observation

STEPS, WORD = "steps", "word"


@dataclass(frozen=True, slots=True)
class Standing:
    """What an award rests on. ``criteria_met_by`` is ``steps`` (each one was ticked) or ``word`` (the instructor's)."""

    criteria_met_by: str
    observation: Observation
    collected: tuple[uuid.UUID, ...] = ()
    confirmation: uuid.UUID | None = None


def standing_of(
    session: Session,
    order: Order,
    badge: PublishedBadge,
    organisation: Organisation,
    *,
    named: Named,
    member_id: uuid.UUID | None,
    now: datetime,
) -> Standing:
    """Return what the award rests on; ``named`` tells of the participant, ``member_id`` is who issues it.

    Raises `Conflict` (``consent-withdrawn``), `InvalidInput`: ``summary-incomplete``, ``steps-not-ticked``, ``observation-missing``, ``second-person-missing``.
    """
    if order.participant in named.withdrew:
        raise consent_withdrawn(Consenting.RECEIVING)
    collected = collected_credentials(session, order.participant, badge, today=now.date())
    criteria_met_by, observed = _steps(named, order, badge)
    observation = order.observation or observed
    if observation is None:
        raise InvalidInput(
            "observation-missing",
            "Say who observed it, how, and on how many occasions: give observation, or tick the steps first.",
            field="observation",
        )
    _require_seen_before(observation, order.awarded_on)
    confirmation = None
    if badge.kind == "summary" and organisation.second_person_for_summary and order.participant is not None:
        _require_member(member_id, organisation)
        confirmation = usable_confirmation(session, order.participant, badge.slug, not_by=member_id, today=now.date())
        if confirmation is None:
            raise InvalidInput(
                "second-person-missing",
                f"{organisation.slug} asks for a second person's word before a summary badge is awarded, and somebody else "
                "than who issues it has to give it: POST /v1/confirmations.",
                field="badge",
            )
    return Standing(criteria_met_by, observation, collected, confirmation)


def _require_member(member_id: uuid.UUID | None, organisation: Organisation) -> None:
    """Refuse a program where two people have to agree: nobody could tell whether it is the second one's."""
    if member_id is None:
        raise InvalidInput(
            "second-person-missing",
            f"{organisation.slug} asks two people about a summary badge, so a member issues it, with an access key of their own.",
            field="badge",
        )


def _require_seen_before(observation: Observation, awarded_on: date) -> None:
    """Refuse an award of a day on which not everything that it rests on was seen yet."""
    last = observation.observed_until or observation.observed_from
    if last is not None and last > awarded_on:
        raise InvalidInput(
            "awarded-before-seen",
            f"The last step was seen on {last}; award the badge on that day or later.",
            field="awarded_on",
        )


def _steps(named: Named, order: Order, badge: PublishedBadge) -> tuple[str, Observation | None]:
    """Return what says that the criteria are met, and what the ticks tell of the observation."""
    missing: tuple[int, ...] = tuple(range(1, len(badge.criteria) + 1))
    observed = None
    if order.participant is not None:
        progress = named.progress(order.participant, badge)
        missing, observed = progress.missing, progress.observation()
    if not missing:
        return STEPS, observed
    if order.criteria_met:
        return WORD, observed
    steps = ", ".join(map(str, missing))
    raise InvalidInput(
        "steps-not-ticked",
        f"Not every step of {badge.slug} is ticked (to come: {steps}). Tick them, or give your word that all criteria are met: "
        "criteria_met: true.",
        field="criteria_met",
    )
