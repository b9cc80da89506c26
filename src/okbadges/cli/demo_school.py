"""The school of the demo: a college with an issuer of its own and a teacher, and a student whose link shows every badge of one area.

The teacher decides about Työelämässä toimiminen; the student's passport shows what was recognised.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, select

from okbadges.errors import NotFound
from okbadges.issuing.links import Links
from okbadges.issuing.order import Order, Purpose
from okbadges.organisations.consents import How
from okbadges.organisations.issuers import create_issuer, find_issuer
from okbadges.organisations.members import create_member, members_of
from okbadges.organisations.roles import Role
from okbadges.organisations.workshops import create_organisation, find_organisation
from okbadges.passport.accepting import Decision, decide
from okbadges.passport.cards import card_token, issue_card
from okbadges.passport.holder import holder_of_card
from okbadges.passport.own_links import USUAL_DAYS, WantedLink, make_link, own_links
from okbadges.progress.observation import Observation
from okbadges.recognition.providers import note_provider
from okbadges.storage.tables import CardRow, CredentialRow, ParticipantRow

if TYPE_CHECKING:
    import uuid
    from datetime import date

    from okbadges.edge.rooms import Rooms
    from okbadges.organisations.callers import Caller
    from okbadges.passport.holder import Holder

ACTOR = "demo"
SLUG, NAME, TEACHER = "demo-ammattiopisto", "DEMO Ammattiopisto", "DEMO Opettaja"
PROVIDER_OID, INSTITUTION_OID = "1.2.246.562.10.00000000001", "1.2.246.562.10.00000000002"
"""Nobody's: numbers in the right shape."""
SMALL = ("tyo-pelisaannot", "tyo-ohjeesta-valmiiksi", "tyo-oikeudet", "tyo-ala-tutuksi", "vuoro-ryhma-ja-palaute")
SUMMARY = "kooste-tyoelamassa-toimiminen"
"""The badges of Työelämässä toimiminen (YTTT), and the one that collects them."""


@dataclass(frozen=True, slots=True)
class Student:
    """A student of the demo: their passport's address, and the link that they show to a teacher."""

    passport: str
    link: str


def found_school(rooms: Rooms) -> None:
    """Make the college, its issuer and its teacher, whatever of it is not there yet."""
    stamp = rooms.stamp(ACTOR)
    try:
        with rooms.database.read() as session:
            issuer = find_issuer(session, SLUG)
    except NotFound:
        issuer = create_issuer(
            rooms.writer,
            stamp,
            slug=SLUG,
            name=NAME,
            url=f"{rooms.base_url}/badges",
            description="DEMO: a made-up school for trying okbadges; what it signs proves nothing.",
            base_url=rooms.base_url,
        )
    with rooms.database.read() as session:
        rooms.keyring.add_first_keys(session, rooms.writer, stamp, issuer)
    try:
        with rooms.database.read() as session:
            school = find_organisation(session, SLUG)
    except NotFound:
        school = create_organisation(rooms.writer, stamp, issuer_id=issuer.id, slug=SLUG, name=NAME)
    note_provider(rooms.writer, stamp, school, provider_oid=PROVIDER_OID, institution_oid=INSTITUTION_OID)
    with rooms.database.read() as session:
        is_there = any(one.role is Role.TEACHER for one in members_of(session, rooms.secrets, school))
    if not is_there:
        create_member(rooms.writer, stamp, rooms.secrets, organisation=school, role=Role.TEACHER, name=TEACHER)


def teach(rooms: Rooms, caller: Caller, day: date) -> uuid.UUID:
    """Let the student have every badge of the area by that ``day``, and return who it is; ``caller`` issues."""
    participant: uuid.UUID | None = None
    for badge in (*SMALL, SUMMARY):
        order = _order(badge, participant, day)
        participant = rooms.issuing.issue(order, caller=caller, repeat_key=f"demo-student-{badge}").participant
    if participant is None:
        raise AssertionError("an order without a participant makes one")
    return participant


def show(rooms: Rooms, caller: Caller, student: uuid.UUID) -> Student:
    """Let the student open a passport, take every badge, and make a link for a teacher, or find what an earlier demo made of it."""
    card_id = _card(rooms, caller, student)
    with rooms.database.read() as session:
        holder = holder_of_card(session, card_id)
        theirs = select(CredentialRow.id).where(CredentialRow.participant_id == student)
        badges = tuple(session.exec(theirs.order_by(col(CredentialRow.id))))
    if holder is None:
        raise AssertionError("a card that was just found opens its passport")
    for badge in badges:
        decide(
            rooms.writer,
            rooms.stamp(ACTOR),
            Decision.ACCEPT,
            credential=badge,
            participants=holder.participants,
            how=How.PASSPORT,
        )
    return Student(f"{rooms.base_url}/p/{card_token(rooms.secrets, card_id)}", _link(rooms, holder, badges))


def _card(rooms: Rooms, caller: Caller, student: uuid.UUID) -> uuid.UUID:
    with rooms.database.read() as session:
        known = session.exec(
            select(CardRow.id)
            .join(ParticipantRow, col(ParticipantRow.passport_id) == CardRow.passport_id)
            .where(ParticipantRow.id == student, col(CardRow.ended_at).is_(None))
        ).one_or_none()
    if known is not None:
        return known
    made = issue_card(
        rooms.writer,
        rooms.stamp(ACTOR),
        rooms.secrets,
        base_url=rooms.base_url,
        organisation=caller.organisation("demo-kemi"),
        participant_id=student,
    )
    return made.id


def _link(rooms: Rooms, holder: Holder, badges: tuple[uuid.UUID, ...]) -> str:
    links = Links(rooms.secrets, rooms.base_url)
    with rooms.database.read() as session:
        open_ones = own_links(session, holder.participants, now=rooms.now())
    known = next((one.id for one in open_ones if one.purpose is Purpose.STUDY_PLAN and one.badges), None)
    if known is None:
        last_day = rooms.now().date() + timedelta(days=USUAL_DAYS[Purpose.STUDY_PLAN])
        wanted = WantedLink(Purpose.STUDY_PLAN, badges, frozenset(), None, last_day)
        known = make_link(rooms.writer, rooms.stamp(ACTOR), links, holder, wanted)
    return links.share_link(known)


def _order(badge: str, participant: uuid.UUID | None, day: date) -> Order:
    return Order(
        badge=badge,
        organisation="demo-kemi",
        workshop="kahvila",
        participant=participant,
        language="fi",
        awarded_on=day,
        observation=Observation(
            "instructor", ("observation", "work-sample"), 3, observed_from=day - timedelta(days=60), observed_until=day
        ),
        criteria_met=True,
    )
