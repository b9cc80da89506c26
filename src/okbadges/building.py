"""Putting the rooms together: database, keys, fetcher, clock and randomness meet here, for the server and for the command line."""

from __future__ import annotations

import secrets as randomness
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, TypedDict
from urllib.parse import unquote

from okbadges.catalogue.own import own_definitions
from okbadges.credentials.fetching import Fetched, FetchError
from okbadges.edge.limits import Allowance, Limits, read_rate, registrations
from okbadges.edge.metrics import MeasuredWriter, Metrics
from okbadges.edge.provider_file import read_providers
from okbadges.edge.rooms import Rooms, VcApi
from okbadges.edge.turns import Turns
from okbadges.errors import ConfigurationError
from okbadges.integrations.fetch import GuardedFetcher
from okbadges.integrations.mail import Post, read_mail_server
from okbadges.integrations.own_address import own_address
from okbadges.integrations.patience import WAITING, WORKING, Patience
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
from okbadges.passport.sharing import shared_document
from okbadges.progress.photos import Photos
from okbadges.recognition.endorsing import Endorsing
from okbadges.recognition.requirements import Requirements
from okbadges.storage.database import Database
from okbadges.verification import verify
from okbadges.verification.profile import ANY, OPEN_BADGES
from okbadges.verification.proven import Proven

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    from okbadges.credentials.fetching import Fetch
    from okbadges.edge.rooms import Verifying, VerifyingAtOnce
    from okbadges.settings import Settings
    from okbadges.storage.sealing import Secrets
    from okbadges.storage.writer import Writer
    from okbadges.verification import Report
    from okbadges.verification.profile import Profile

    Clock = Callable[[], datetime]
    Chance = Callable[[int], bytes]

_VERIFICATION_SECONDS = 8.0
"""How long one verification may wait for strangers, all their documents together."""
_VERIFYING_AT_ONCE = WORKING + WAITING
"""Those who wait for strangers never take the turns of those who only work."""
_AT_ONCE_BYTES = 16 * 1024
"""A file of this size costs a few milliseconds at the worst; what is larger is checked in a thread."""
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


class _OfThisRelease(TypedDict):
    """Fields of `Rooms` that come with this release and need no settings: the requirements as it knows them, and a reader of photos."""

    requirements: Requirements
    photos: Photos


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
    issuing = _issuing(settings, writer, keyring, metrics, now=now, random_bytes=random_bytes)
    api = _vc_api(settings, secrets, now=now, random_bytes=random_bytes)
    verify, verify_at_once = _verifying(settings, database, publishing, api.conformance, now=now)
    return Rooms(
        base_url=base_url,
        demo=demo,
        writer=writer,
        secrets=secrets,
        keyring=keyring,
        issuing=issuing,
        together=Together(issuing),
        batches=Batches(issuing=issuing, database=database, secrets=secrets, now=now),
        handed_in=HandedIn(writer, keyring, verify=verify, base_url=base_url, now=now, random_bytes=random_bytes),
        **_signing(writer, keyring, secrets, now=now, random_bytes=random_bytes),
        vc_api=api,
        publishing=publishing,
        **_of_this_release(),
        verify=metrics.counting(verify),
        verify_at_once=verify_at_once,
        verify_turns=Turns(at_once=_VERIFYING_AT_ONCE, in_line=_BODIES_IN_LINE),
        **_chosen(settings, now, demo=demo),
        post=None if demo else _post(settings),
        failures=Failures(database, writer, secrets, now=now, observe=metrics.failed),
        limits=_limits(settings, metrics),
        last_use=LastUse(writer),
        key_holders=KeyHolders(database, secrets, now=now),
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
) -> Issuing:
    """Return what issues our own badges, with status indices of this process."""
    return Issuing(
        writer=writer,
        keyring=keyring,
        indices=StatusIndices(writer, now=now, random_bytes=random_bytes),
        links=Links(settings.secrets(), settings.base_url),
        signing=Signing(with_templates=settings.signing_templates),
        now=now,
        random_bytes=random_bytes,
        observe=metrics.issued,
    )


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


def _verifying(
    settings: Settings, database: Database, publishing: Publishing, conformance: Conformance | None, *, now: Clock
) -> tuple[Verifying, VerifyingAtOnce]:
    """Return the verification of this service: its own fetch, its own clock, and its own issuers as the known ones.

    The second one is for what needs no fetch and little time: it says None where it cannot tell without.
    """
    patience, outside, proven = Patience(), GuardedFetcher(loopback=settings.allow_loopback_issuers), Proven()
    own = partial(own_first, database, publishing, base_url=settings.base_url, now=now, conformance=conformance)

    def check(
        received: bytes,
        *,
        recipient: str | None = None,
        challenge: str | None = None,
        domain: str | None = None,
        profile: Profile = OPEN_BADGES,
    ) -> Report:
        ours = publishing.issuer_ids()
        with patience.verification(outside.within(_VERIFICATION_SECONDS)) as patient:
            return verify(
                received,
                fetch=own(patient),
                now=now(),
                recipient=recipient,
                challenge=challenge,
                domain=domain,
                recognised=ours.__contains__,
                profile=profile,
                proven=proven,
            )

    def at_once(
        received: bytes, *, recipient: str | None = None, challenge: str | None = None, domain: str | None = None
    ) -> Report | None:
        if len(received) > _AT_ONCE_BYTES or not publishing.knows_ours():
            return None
        wanted: list[str] = []
        report = verify(
            received,
            fetch=partial(_not_now, wanted),
            now=now(),
            recipient=recipient,
            challenge=challenge,
            domain=domain,
            recognised=publishing.issuer_ids().__contains__,
            proven=proven,
        )
        return None if wanted else report

    return check, at_once


def _not_now(wanted: list[str], url: str) -> Fetched:
    """Note which document is wanted, and do not get it."""
    wanted.append(url)
    raise FetchError("unreachable", "nobody is asked now")


def own_first(
    database: Database,
    publishing: Publishing,
    outside: Fetch,
    *,
    base_url: str,
    now: Clock,
    conformance: Conformance | None = None,
) -> Fetch:
    """Answer for our own documents and share links ourselves; everything else goes out through the guarded fetcher."""
    homes = publishing.homes() | {base_url}
    share_links = [f"{home}/s/" for home in homes]
    # asking for one of these would open a passport: it is never asked for on somebody's word
    passports = tuple(f"{home}{place}" for home in homes for place in ("/p/", "/passport"))

    def fetch(url: str) -> Fetched:
        own = own_address(url, *homes)
        if own is None:
            return outside(url)
        if unquote(own).startswith(passports):
            return Fetched(404)
        shared = next((own.removeprefix(links) for links in share_links if own.startswith(links)), None)
        if shared is not None:
            with database.read() as session:
                return shared_document(session, shared.partition("?")[0], now=now())
        listed = conformance.lists.own_document(own) if conformance else None
        return listed or publishing.own_document(own) or outside(url)

    return fetch
