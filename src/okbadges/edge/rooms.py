"""The rooms of a running service, put together once by `okbadges.app.create_app` and handed to every route."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Protocol, cast

from fastapi import Depends, Request

from okbadges.storage.journal import Stamp
from okbadges.verification.profile import OPEN_BADGES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime
    from pathlib import Path

    from okbadges.catalogue.units import Generations, TuvaPartFacts
    from okbadges.edge.limits import Limits
    from okbadges.edge.metrics import Metrics
    from okbadges.edge.one_maker import OneMaker
    from okbadges.edge.remembered import RememberedPages
    from okbadges.edge.turns import Turns
    from okbadges.integrations.mail import Post
    from okbadges.integrations.providers import Providers
    from okbadges.integrations.webhooks import Receivers
    from okbadges.issuing.batch import Batches
    from okbadges.issuing.conformance.issue import Conformance
    from okbadges.issuing.forms import Forms
    from okbadges.issuing.handed_in import HandedIn
    from okbadges.issuing.issue import Issuing
    from okbadges.issuing.publishing import Publishing
    from okbadges.issuing.together import Together
    from okbadges.keys.keyring import Keyring
    from okbadges.organisations.failures import Failures
    from okbadges.organisations.key_holders import KeyHolders
    from okbadges.organisations.known_keys import LastUse
    from okbadges.organisations.periods import Periods
    from okbadges.progress.photos import Photos
    from okbadges.recognition.endorsing import Endorsing
    from okbadges.recognition.requirements import Requirements
    from okbadges.storage.database import Database
    from okbadges.storage.sealing import Secrets
    from okbadges.storage.state_number import SharedReading
    from okbadges.storage.writer import Writer
    from okbadges.verification import Report
    from okbadges.verification.profile import Profile


class Verifying(Protocol):
    """Verification as this service does it: `okbadges.verification.verify` with our fetch, our clock and our issuers."""

    def __call__(
        self,
        received: bytes,
        *,
        recipient: str | None = None,
        challenge: str | None = None,
        domain: str | None = None,
        profile: Profile = OPEN_BADGES,
    ) -> Report:
        """Return the report on ``received``."""


class VerifyingAtOnce(Protocol):
    """The same verification for what needs no fetch and little time; it never waits, so that the event loop may call it."""

    def __call__(
        self,
        received: bytes,
        *,
        recipient: str | None = None,
        challenge: str | None = None,
        domain: str | None = None,
    ) -> Report | None:
        """Return the report on ``received``; None where that takes somebody else's document, a database, or long."""


@dataclass(frozen=True, slots=True)
class VcApi:
    """How ``/vc-api`` is set up: what it verifies, what issues there in conformance runs, and whether that needs an access key."""

    verifies: Profile = OPEN_BADGES
    conformance: Conformance | None = None
    needs_key: bool = True


@dataclass(frozen=True, slots=True)
class Rooms:
    """Everything a route may use; nothing else is reachable from a route."""

    base_url: str
    demo: bool
    writer: Writer
    secrets: Secrets
    keyring: Keyring
    issuing: Issuing
    together: Together
    """Issues for routes that wait without a thread."""
    batches: Batches
    forms: Forms
    handed_in: HandedIn
    endorsing: Endorsing
    vc_api: VcApi
    publishing: Publishing
    requirements: Requirements
    verify: Verifying
    verify_at_once: VerifyingAtOnce
    verify_turns: Turns
    photos: Photos
    pages: RememberedPages
    """Pages of this process that would be made the same again."""
    one_maker: OneMaker
    """For what all who come at once would make anew."""
    state: SharedReading
    """The number of what is stored, for coroutines."""
    periods: Periods
    contact: str | None
    """Whom people ask about privacy and accessibility: an e-mail address or an https address."""
    accessibility_assessed_on: date | None
    loopback_programs: bool
    """Whether programs of this machine may register by http: in a demo, and where developers work."""
    second_place: Path | None
    providers: Providers
    """With whom members can sign in; none, where the operator named none."""
    post: Post | None
    """The way out for mail; None where the operator set none up, and then holders cannot add an e-mail address."""
    receivers: Receivers
    """The way out to the receivers of webhooks."""
    failures: Failures
    limits: Limits
    last_use: LastUse
    key_holders: KeyHolders
    metrics: Metrics
    now: Callable[[], datetime]
    random_bytes: Callable[[int], bytes]

    @property
    def units(self) -> Generations:
        """Return the common units in every generation, as this release knows them."""
        return self.requirements.units

    @property
    def tuva(self) -> Mapping[str, TuvaPartFacts]:
        """Return the parts of TUVA by their code URI, with their sizes."""
        return self.requirements.tuva

    @property
    def database(self) -> Database:
        """Return the database that the writer writes to, for reading."""
        return self.writer.database

    def close(self) -> None:
        """Finish what was begun and give everything back."""
        self.together.close()
        self.writer.close()
        self.state.close()
        self.database.close()

    def stamp(self, actor: str) -> Stamp:
        """Return the stamp for a change that ``actor`` makes now."""
        return Stamp(actor, self.now(), self.random_bytes)


async def rooms_of_request(request: Request) -> Rooms:
    """Return the rooms to a route; what is no coroutine FastAPI would hand to a thread."""
    return rooms_of(request)


def rooms_of(request: Request) -> Rooms:
    """Return the rooms of the service that answers this request."""
    return cast("Rooms", request.app.state.rooms)


RoomsOf = Annotated[Rooms, Depends(rooms_of_request)]
