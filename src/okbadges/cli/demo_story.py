"""What has happened in the demo: an issuer, two organisations under it, and credentials, each issued at its own time.

Otto has a card that opens his passport: one badge that he took, one that is new, and one on its way. Who works there, and who else is in
his group: `okbadges.cli.demo_people`. A school that decides, and a student who shows it a whole area: `okbadges.cli.demo_school`.

Every step goes through the same functions as in earnest. The days are counted from the day the demo began, so that telling the
story again orders the very same credentials, and the idempotency keys give back those that are there.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from sqlmodel import col, select

from okbadges.cli.demo_people import administrator_of, gather
from okbadges.cli.demo_school import found_school, show, teach
from okbadges.corrections.revoke import Reason, revoke
from okbadges.errors import NotFound
from okbadges.issuing.order import Order, Purpose, Share, latest_share_day
from okbadges.organisations.access_keys import WantedKey, create_access_key
from okbadges.organisations.callers import Caller
from okbadges.organisations.issuers import create_issuer, find_issuer
from okbadges.organisations.roles import Role, Scope
from okbadges.organisations.workshops import (
    Organisation,
    RecognitionRecord,
    create_organisation,
    create_workshop,
    find_organisation,
    find_workshop,
    recognition_records,
    record_recognition,
)
from okbadges.passport.cards import card_token, issue_card, written
from okbadges.progress.observation import Observation
from okbadges.progress.ticking import Sighting, find_step, tick_step
from okbadges.storage.tables import CardRow, ParticipantRow

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Iterator

    from sqlmodel import Session

    from okbadges.cli.demo_school import Student
    from okbadges.edge.rooms import Rooms
    from okbadges.issuing.answers import Issued
    from okbadges.organisations.issuers import Issuer

T = TypeVar("T")
ACTOR = "demo"
SCOPES = (Scope.ISSUE, Scope.READ, Scope.REVOKE)
ORGANISATIONS = {
    "demo-kemi": ("DEMO Kemin taitopaja", "kahvila", "DEMO Kahvila ja keittiö"),
    "demo-rovaniemi": ("DEMO Rovaniemen taitopaja", "puutyo", "DEMO Puutyö ja korjaus"),
}
OTTOS_STEPS = ("digi-laite", (1, 2, 3))
RECOGNISED = tuple(f"ammatillisenoppiaineet_{area}" for area in ("vvtd", "vvtd26", "yttt", "yttt26"))


@dataclass(frozen=True, slots=True)
class Story:
    """What the demo shows: three share links, what stands on Otto's card, and two keys that were just made."""

    valid: str
    revoked: str
    expired: str
    passport: str
    code: str
    access_key: str
    administrators_key: str
    student: Student
    today: date
    in_a_month: date


def tell(open_rooms: Callable[[datetime], Rooms], *, anchor: datetime, now: datetime) -> Story:
    """Make everything that is not there yet; ``open_rooms(time)`` gives the rooms with the clock set to that time."""
    # in the order in which it happened: the journal takes nothing that is dated before what is there
    long_ago, lately = anchor - timedelta(days=300), anchor
    with _at(open_rooms, long_ago) as rooms:
        organisations = _organisations(rooms, began=anchor)
        found_school(rooms)
    caller = _caller(organisations)
    expired = _issue(open_rooms, caller, long_ago, _expired_order(long_ago.date()), "demo-expired")
    valid = _issue(open_rooms, caller, lately, _valid_order(lately.date()), "demo-valid")
    revoked = _issue(open_rooms, caller, lately, _revoked_order(lately.date()), "demo-revoked")
    with _at(open_rooms, lately) as rooms:
        student = teach(rooms, caller, lately.date())
    _issue(open_rooms, caller, now, _new_order(lately.date(), valid.participant), "demo-new")
    with _at(open_rooms, now) as rooms:
        revoke(rooms.writer, rooms.stamp(ACTOR), revoked.credential_id, Reason.ISSUED_IN_ERROR)
        _tick(rooms, caller, valid.participant, lately.date())
        passport, code = _card(rooms, caller, valid.participant)
        gather(rooms, caller, organisations[0], valid.participant, day=lately.date())
        shown = show(rooms, caller, student)
        ends = now + timedelta(days=30)
        key = _key(rooms, WantedKey("DEMO", organisations, SCOPES, ends))
        aino = administrator_of(rooms, organisations[0])
        ainos = WantedKey("DEMO administrator", organisations[:1], (), ends, Role.ADMINISTRATOR, aino)
        administrators_key = _key(rooms, ainos)
    return Story(
        valid=_link(valid),
        revoked=_link(revoked),
        expired=_link(expired),
        passport=passport,
        code=code,
        access_key=key,
        administrators_key=administrators_key,
        student=shown,
        today=now.date(),
        in_a_month=ends.date(),
    )


def _key(rooms: Rooms, wanted: WantedKey) -> str:
    return create_access_key(rooms.writer, rooms.stamp(ACTOR), rooms.secrets, wanted)


def _organisations(rooms: Rooms, *, began: datetime) -> list[Organisation]:
    """Find or make the issuer, its keys, the organisations and their workshops: an interrupted demo goes on where it stopped."""
    stamp = rooms.stamp(ACTOR)
    issuer = _found_or_made(
        rooms,
        lambda session: find_issuer(session, "demo"),
        lambda: create_issuer(
            rooms.writer,
            stamp,
            slug="demo",
            name="DEMO OK! osaamismerkit",
            url=f"{rooms.base_url}/badges",
            description="DEMO: a made-up issuer for trying okbadges; its badges prove nothing.",
            base_url=rooms.base_url,
        ),
    )
    with rooms.database.read() as session:
        rooms.keyring.add_first_keys(session, rooms.writer, stamp, issuer)
    return [_organisation(rooms, issuer, slug, began=began) for slug in ORGANISATIONS]


def _organisation(rooms: Rooms, issuer: Issuer, slug: str, *, began: datetime) -> Organisation:
    name, workshop_slug, workshop_name = ORGANISATIONS[slug]
    stamp, writer = rooms.stamp(ACTOR), rooms.writer
    organisation = _found_or_made(
        rooms,
        lambda session: find_organisation(session, slug),
        lambda: create_organisation(writer, stamp, issuer_id=issuer.id, slug=slug, name=name),
    )
    workshop = _found_or_made(
        rooms,
        lambda session: find_workshop(session, organisation, workshop_slug),
        lambda: create_workshop(writer, stamp, organisation=organisation, slug=workshop_slug, name=workshop_name),
    )
    with rooms.database.read() as session:
        known = {record.target_uri for record in recognition_records(session, workshop.id)}
    for target in (each for each in RECOGNISED if each not in known):
        record = RecognitionRecord(
            report_id="DEMO-2025-1",
            report_url=None,
            target_uri=target,
            recognised_by="DEMO Opettaja, DEMO Ammattiopisto",
            valid_from=began.date() - timedelta(days=700),
            valid_until=began.date() + timedelta(days=1400),
        )
        record_recognition(writer, stamp, organisation=organisation, workshop=workshop, record=record)
    return organisation


def _found_or_made(rooms: Rooms, find: Callable[[Session], T], make: Callable[[], T]) -> T:
    try:
        with rooms.database.read() as session:
            return find(session)
    except NotFound:
        return make()


def _caller(organisations: list[Organisation]) -> Caller:
    owners = {organisation.slug: organisation for organisation in organisations}
    return Caller(ACTOR, owners, frozenset({Scope.ISSUE}), Role.ADMINISTRATOR, None)


def _issue(
    open_rooms: Callable[[datetime], Rooms], caller: Caller, at: datetime, order: Order, repeat_key: str
) -> Issued:
    """Issue with the clock at ``at``, or find what an earlier demo issued."""
    with _at(open_rooms, at) as rooms:
        return rooms.issuing.issue(order, caller=caller, repeat_key=repeat_key)


def _link(issued: Issued) -> str:
    if issued.share_link is None:
        raise AssertionError("the order asked for a share link")
    return issued.share_link


def _tick(rooms: Rooms, caller: Caller, otto: uuid.UUID, day: date) -> None:
    """Let Otto have shown the steps of a badge that he has not got yet."""
    badge, numbers = OTTOS_STEPS
    for number in numbers:
        with rooms.database.read() as session:
            step = find_step(session, caller, otto, badge, number)
        tick_step(rooms.writer, rooms.stamp(ACTOR), rooms.secrets, step, Sighting("instructor", "observation", day))


def _card(rooms: Rooms, caller: Caller, otto: uuid.UUID) -> tuple[str, str]:
    """Return the address and the code of Otto's card, an earlier demo's too. In earnest a card is never shown again."""
    with rooms.database.read() as session:
        card_id = session.exec(
            select(CardRow.id)
            .join(ParticipantRow, col(ParticipantRow.passport_id) == CardRow.passport_id)
            .where(ParticipantRow.id == otto, col(CardRow.ended_at).is_(None))
        ).one_or_none()
    if card_id is not None:
        address = f"{rooms.base_url}/p/{card_token(rooms.secrets, card_id)}"
        return address, written(rooms.secrets.spoken_code(card_id.hex))
    made = issue_card(
        rooms.writer,
        rooms.stamp(ACTOR),
        rooms.secrets,
        base_url=rooms.base_url,
        organisation=caller.organisation("demo-kemi"),
        participant_id=otto,
    )
    return made.address, made.code


@contextmanager
def _at(open_rooms: Callable[[datetime], Rooms], time: datetime) -> Iterator[Rooms]:
    rooms = open_rooms(time)
    try:
        yield rooms
    finally:
        rooms.writer.close()
        rooms.database.close()


def _seen(day: date) -> Observation:
    return Observation(
        "instructor", ("observation", "work-sample"), 3, observed_from=day - timedelta(days=40), observed_until=day
    )


def _valid_order(day: date) -> Order:
    return Order(
        badge="digi-turva",
        organisation="demo-kemi",
        workshop="kahvila",
        participant=None,
        language="fi",
        awarded_on=day,
        share=Share(Purpose.STUDY_PLAN, day + timedelta(days=360), agreed=True),
        observation=_seen(day),
        criteria_met=True,
    )


def _new_order(day: date, otto: uuid.UUID) -> Order:
    return Order(
        badge="kasi-keittio",
        organisation="demo-kemi",
        workshop="kahvila",
        participant=otto,
        language="fi",
        awarded_on=day,
        observation=_seen(day),
        criteria_met=True,
    )


def _revoked_order(day: date) -> Order:
    return Order(
        badge="vuoro-asiakas",
        organisation="demo-kemi",
        workshop="kahvila",
        participant=None,
        language="fi",
        awarded_on=day,
        share=Share(Purpose.WORKPLACE, day + timedelta(days=360), agreed=True),
        observation=_seen(day),
        criteria_met=True,
    )


def _expired_order(day: date) -> Order:
    return Order(
        badge="hyva-ensiapu-ja-palo",
        organisation="demo-rovaniemi",
        workshop="puutyo",
        participant=None,
        language="fi",
        awarded_on=day,
        valid_until=day + timedelta(days=270),
        share=Share(Purpose.STUDY_PLAN, latest_share_day(day), agreed=True),
        observation=_seen(day),
        criteria_met=True,
    )
