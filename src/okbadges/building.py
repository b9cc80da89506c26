"""Putting the rooms together: database, keys, fetcher, clock and randomness meet here, for the server and for the command line."""

from __future__ import annotations

import secrets as randomness
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypedDict

from okbadges.building_verification import OwnVerification
from okbadges.catalogue.own import own_definitions
from okbadges.edge.limits import Allowance, Limits, read_rate, registrations
from okbadges.edge.metrics import MeasuredWriter, Metrics
from okbadges.edge.one_maker import OneMaker
from okbadges.edge.provider_file import read_providers
from okbadges.edge.remembered import RememberedPages
from okbadges.edge.rooms import Rooms, VcApi
from okbadges.edge.turns import Turns
from okbadges.errors import ConfigurationError
from okbadges.integrations.mail import Post, read_mail_server
from okbadges.integrations.patience import WAITING, WORKING
from okbadges.integrations.provider_calls import ProviderCalls
from okbadges.integrations.providers import Providers
from okbadges.integrations.webhooks import Receivers
from okbadges.issuing.batch import Batches
from okbadges.issuing.conformance.issue import Conformance
from okbadges.issuing.forms import Forms
from okbadges.issuing.handed_in import HandedIn
from okbadges.issuing.issue import Issuing
from okbadges.issuing.links import Links
from okbadges.issuing.publishing import Publishing
from okbadges.issuing.signing import Signing
from okbadges.issuing.status_indices import StatusIndices
from okbadges.issuing.together import Together
from okbadges.keys.keyring import Keyring
from okbadges.keys.tokens import token_at
from okbadges.organisations.failures import Failures
from okbadges.organisations.key_holders import KeyHolders
from okbadges.organisations.known_keys import LastUse
from okbadges.organisations.periods import Periods
from okbadges.progress.photos import Photos
from okbadges.recognition.endorsing import Endorsing
from okbadges.recognition.requirements import Requirements
from okbadges.storage.database import Database
from okbadges.storage.drawn_ahead import DrawnAhead
from okbadges.storage.state_number import SharedReading
from okbadges.verification.profile import ANY

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    from okbadges.edge.rooms import VerifyingAtOnce
    from okbadges.settings import Settings
    from okbadges.storage.sealing import Secrets
    from okbadges.storage.writer import Writer

    Clock = Callable[[], datetime]
    Chance = Callable[[int], bytes]

_VERIFYING_AT_ONCE = WORKING + WAITING
"""Those who wait for strangers never take the turns of those who only work."""
_BODIES_IN_LINE = 64
"""How many bodies, of 2 MiB at the most, may wait in memory for their verification."""


class _Chosen(TypedDict):
    """Fields of `Rooms` that are settings."""

    loopback_programs: bool
    second_place: Path | None
    periods: Periods
    contact: str | None
    accessibility_assessed_on: date | None
    providers: Providers
    receivers: Receivers


class _Issuing(TypedDict):
    """Fields of `Rooms` that issue badges."""

    issuing: Issuing
    together: Together
    batches: Batches


class _OfThisRelease(TypedDict):
    """Fields of `Rooms` that come with this release and need no settings: the requirements as it knows them, and a reader of photos."""

    requirements: Requirements
    photos: Photos


class _Reading(TypedDict):
    """Fields of `Rooms` that answer what is asked all day: without a thread, in turn, and from memory."""

    verify_at_once: VerifyingAtOnce
    verify_turns: Turns
    pages: RememberedPages
    one_maker: OneMaker
    state: SharedReading


class _Signing(TypedDict):
    """Fields of `Rooms` that sign what belongs to a badge."""

    forms: Forms
    endorsing: Endorsing


def chance(count: int) -> bytes:
    """Return so many bytes that nobody can guess."""
    return randomness.token_bytes(count)


def utc_now() -> datetime:
    """Return the time of this machine, in UTC."""
    return datetime.now(UTC)


def build_rooms(
    settings: Settings,
    *,
    demo: bool,
    metrics: Metrics | None = None,
    now: Clock = utc_now,
    random_bytes: Chance = chance,
) -> Rooms:
    """Put the rooms together. Raises `ConfigurationError` when the settings do not suffice."""
    metrics = metrics or Metrics(open_to_all=settings.metrics_open)
    secrets, base_url, keyring = settings.secrets(), settings.base_url, _keyring(settings, now)
    writer = MeasuredWriter(database := Database(settings.database_url.get_secret_value()), metrics)
    publishing = Publishing(database=database, writer=writer, keyring=keyring, base_url=base_url, now=now)
    api = _vc_api(settings, secrets, now=now, random_bytes=random_bytes)
    verify = OwnVerification(settings, database, publishing, api.conformance, now=now)
    return Rooms(
        base_url=base_url,
        demo=demo,
        writer=writer,
        secrets=secrets,
        keyring=keyring,
        **_issuing(settings, writer, keyring, metrics, now=now, random_bytes=random_bytes),
        handed_in=HandedIn(writer, keyring, verify=verify, base_url=base_url, now=now, random_bytes=random_bytes),
        **_signing(writer, keyring, secrets, now=now, random_bytes=random_bytes),
        vc_api=api,
        publishing=publishing,
        **_of_this_release(),
        verify=metrics.counting(verify),
        **_reading(verify, database),
        **_chosen(settings, now, demo=demo),
        post=None if demo else _post(settings),
        failures=Failures(database, writer, secrets, now=now, observe=metrics.failed),
        limits=_limits(settings, metrics),
        last_use=LastUse(writer),
        key_holders=KeyHolders(secrets, now=now),
        metrics=metrics,
        now=now,
        random_bytes=random_bytes,
    )


def _of_this_release() -> _OfThisRelease:
    """Return the requirements as this release knows them, and a reader of photos."""
    return {"requirements": Requirements(own_definitions()), "photos": Photos()}


def _chosen(settings: Settings, now: Clock, *, demo: bool) -> _Chosen:
    """Return what the operator chose and the rooms carry as it is."""
    return {
        "loopback_programs": demo or settings.allow_loopback_issuers,
        "second_place": settings.second_place,
        "periods": Periods(settings.evidence_months, settings.label_months, settings.quiet_months),
        "contact": settings.contact,
        "accessibility_assessed_on": settings.accessibility_assessed_on,
        "providers": _providers(settings, now),
        "receivers": Receivers(loopback=settings.allow_loopback_issuers),
    }


def _reading(verify: OwnVerification, database: Database) -> _Reading:
    """Return what answers at once, what lets verifications wait, and room for pages of which nobody can write the mark."""
    return {
        "verify_at_once": verify.at_once,
        "verify_turns": Turns(at_once=_VERIFYING_AT_ONCE, in_line=_BODIES_IN_LINE),
        "pages": RememberedPages(mark=randomness.token_hex(16)),
        "one_maker": OneMaker(),
        "state": SharedReading(database),
    }


def _keyring(settings: Settings, now: Clock) -> Keyring:
    """Return what opens the issuers' keys, in the database and in the token of the settings."""
    token = token_at(settings.pkcs11_module, settings.pkcs11_token, settings.pkcs11_pin())
    return Keyring(settings.secrets(), now=now, token=token)


def _providers(settings: Settings, now: Clock) -> Providers:
    """Return the providers of sign-ins that the operator describes in a file, if there is one."""
    calls, file = ProviderCalls(loopback=settings.allow_loopback_issuers), settings.sign_in_providers
    described = read_providers(file, read_secret=settings.client_secret, may_ask=calls.may_ask) if file else ()
    return Providers(described, calls, now=now)


def _post(settings: Settings) -> Post | None:
    """Return the way out for mail, if the operator set one up. Raises `ConfigurationError` for half of it."""
    url, sender, file = settings.smtp_url, settings.mail_from, settings.smtp_password_file
    if url is None and sender is None and file is None:
        return None
    if url is None or sender is None:
        raise ConfigurationError(
            "mail-half", "OKBADGES_SMTP_URL and OKBADGES_MAIL_FROM belong together; set both of them, or neither."
        )
    sign_in = settings.smtp_sign_in(file) if file else None
    return Post(read_mail_server(url.get_secret_value(), sign_in=sign_in, sender=sender))


def _limits(settings: Settings, metrics: Metrics) -> Limits:
    """Return how often one key may call this process, and one address its open doors."""
    per_key, per_address = (Allowance(read_rate(rate)) for rate in (settings.rate_per_key, settings.verify_rate))
    per_registrant = Allowance(registrations(settings.verify_rate))
    return Limits(per_key, per_address, per_registrant, observe=metrics.limited)


def _issuing(
    settings: Settings, writer: Writer, keyring: Keyring, metrics: Metrics, *, now: Clock, random_bytes: Chance
) -> _Issuing:
    """Return what issues our own badges, one or many, with status indices of this process."""
    issuing = Issuing(
        writer=writer,
        keyring=keyring,
        indices=StatusIndices(writer, now=now, random_bytes=random_bytes),
        links=Links(settings.secrets(), settings.base_url),
        signing=Signing(with_templates=settings.signing_templates),
        now=now,
        random_bytes=DrawnAhead(random_bytes),
        observe=metrics.issued,
    )
    batches = Batches(issuing=issuing, database=writer.database, secrets=settings.secrets(), now=now)
    return {"issuing": issuing, "together": Together(issuing), "batches": batches}


def _signing(writer: Writer, keyring: Keyring, secrets: Secrets, *, now: Clock, random_bytes: Chance) -> _Signing:
    """Return what signs beside issuing. Places of endorsements in status lists are reserved apart from those of badges."""
    indices = StatusIndices(writer, now=now, random_bytes=random_bytes)
    return {
        "forms": Forms(writer.database, writer, keyring, now=now, random_bytes=random_bytes),
        "endorsing": Endorsing(writer, keyring, indices, secrets, now=now, random_bytes=random_bytes),
    }


def _vc_api(settings: Settings, secrets: Secrets, *, now: Clock, random_bytes: Chance) -> VcApi:
    """Return how ``/vc-api`` is set up; keys for conformance runs are made only where the settings ask for them."""
    if settings.vc_api_profile != "any":
        return VcApi()
    conformance = Conformance(secrets, base_url=settings.base_url, now=now, random_bytes=random_bytes)
    return VcApi(verifies=ANY, conformance=conformance, needs_key=not settings.vc_api_without_key)
