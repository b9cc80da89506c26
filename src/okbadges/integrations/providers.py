"""Providers of sign-ins (OpenID Connect): sending somebody there, and learning who came back.

Authorization code flow with PKCE, state and nonce. What a provider publishes is asked for when it is needed and believed for an hour;
keys are asked for once more when a token was signed with one that is not known. Only the subject is taken from a token: no name, no address.
"""

from __future__ import annotations

import base64
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from okbadges.credentials.fetching import FetchError
from okbadges.errors import NotFound
from okbadges.integrations.id_tokens import Expected, UnknownKey, subject_of, usable_keys
from okbadges.integrations.refusals import ProviderUnavailable, SignInRefused, over, setup, unreachable, untrusted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from joserfc.jwk import KeySet

    from okbadges.credentials.strict_json import Json
    from okbadges.integrations.provider_calls import ProviderCalls

BELIEVED_FOR = timedelta(hours=1)
AT_ONCE = 8
"""How many may wait for providers at the same time in one process: a provider that hangs must not take every thread."""
_DISCOVERY = "/.well-known/openid-configuration"
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_OK = 200
_ASKS_MORE = frozenset({"login_required", "interaction_required", "consent_required", "account_selection_required"})
_TROUBLE = frozenset({"server_error", "temporarily_unavailable"})


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider as the operator describes it. ``max_age`` is in seconds; of ``acr_values`` a token has to name one."""

    slug: str
    names: Mapping[str, str]
    issuer: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    scopes: tuple[str, ...] = ("openid",)
    acr_values: tuple[str, ...] = ()
    max_age: int | None = None

    def name_in(self, language: str) -> tuple[str, str | None]:
        """Return its name, and in which language that is; None where one name is for all of them."""
        if "" in self.names:
            return self.names[""], None
        return self.names[language if language in self.names else "fi"], language if language in self.names else "fi"


@dataclass(frozen=True, slots=True)
class Question:
    """What one browser is sent to a provider with, and what the answer has to fit: ``back`` is where it comes back to."""

    back: str
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a browser brings back from a provider (RFC 6749, 4.1.2; RFC 9207)."""

    code: str = field(default="", repr=False)
    error: str = ""
    issuer: str | None = None


@dataclass(frozen=True, slots=True)
class _Published:
    """What a provider published, and until when that is believed."""

    metadata: Mapping[str, Json]
    keys: KeySet | None
    asked_at: datetime

    def url(self, name: str) -> str:
        return str(self.metadata[name])


class Providers:
    """The providers of an installation, in the operator's order; one of it serves a whole process."""

    def __init__(self, providers: Iterable[Provider], calls: ProviderCalls, *, now: Callable[[], datetime]) -> None:
        """Ask providers through ``calls``; nothing is asked yet, so that a provider that is down stops no start."""
        self._providers = {provider.slug: provider for provider in providers}
        self._calls = calls
        self._now = now
        self._published: dict[str, _Published] = {}
        self._places = threading.BoundedSemaphore(AT_ONCE)

    def __iter__(self) -> Iterator[Provider]:
        """Return each provider."""
        return iter(self._providers.values())

    def named(self, slug: str) -> Provider:
        """Return a provider. Raises `NotFound` (``unknown-provider``)."""
        if slug not in self._providers:
            raise NotFound("unknown-provider", "There is no such provider of sign-ins here.")
        return self._providers[slug]

    def address(self, provider: Provider, question: Question, *, language: str, anew: bool = False) -> str:
        """Return where a browser is sent to ask a provider who this is; ``anew`` asks it to have them sign in even if they are.

        Raises `SignInRefused` (``provider-setup``), `ProviderUnavailable` (``provider-unreachable``, ``provider-busy``).
        """
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri  # noqa: PLC0415 - the library would cost every start
        from authlib.oauth2.rfc7636 import create_s256_code_challenge  # noqa: PLC0415 - the same

        with self._asking():
            published = self._known(provider)
        address: str = prepare_grant_uri(
            published.url("authorization_endpoint"),
            provider.client_id,
            "code",
            question.back,
            " ".join(provider.scopes),
            question.state,
            nonce=question.nonce,
            code_challenge=create_s256_code_challenge(question.verifier),
            code_challenge_method="S256",
            acr_values=" ".join(provider.acr_values) or None,
            max_age=None if provider.max_age is None else str(provider.max_age),
            prompt="login" if anew else None,
            ui_locales=language,
        )
        return address

    def subject(self, provider: Provider, question: Question, reply: Reply) -> str:
        """Return whom the provider says a browser came back as: its own name for them, the same every time.

        Raises `SignInRefused`: ``sign-in-over`` (the code was used, or is too old), ``provider-denied``, ``provider-asks-more``,
        ``provider-setup``, ``id-token-refused``, ``clocks-differ``; `ProviderUnavailable`: ``provider-unreachable``, ``provider-trouble``,
        ``provider-busy``.
        """
        with self._asking():
            published = self._known(provider)
            _require_from(provider, published, reply)
            if reply.error:
                raise _refusal_of(reply.error)
            if not reply.code:
                raise untrusted("no-code")
            token = self._id_token(provider, published, question, reply.code)
            return self._proven(provider, token, question)

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Have a place among those who wait, and turn what did not come back into a refusal."""
        if not self._places.acquire(blocking=False):
            raise ProviderUnavailable(
                "provider-busy", "Too many sign in just now; try again in a moment.", reason="busy"
            )
        try:
            yield
        except FetchError as failed:
            raise unreachable(failed.code) from failed
        finally:
            self._places.release()

    def _known(self, provider: Provider) -> _Published:
        """Return what the provider publishes (OpenID Connect Discovery 1.0, 4), asking for it when that is too long ago."""
        now, known = self._now(), self._published.get(provider.slug)
        if known is not None and known.asked_at <= now < known.asked_at + BELIEVED_FOR:
            return known
        metadata = self._calls.get(provider.issuer.removesuffix("/") + _DISCOVERY)
        if metadata.get("issuer") != provider.issuer:
            raise setup("issuer")
        for name in _ENDPOINTS:
            if not self._calls.may_ask(metadata.get(name)):
                raise setup(name)
        known = _Published(metadata, None, now)
        self._published[provider.slug] = known
        return known

    def _keys(self, provider: Provider, *, again: bool) -> KeySet:
        """Return the provider's keys, as old as the rest of what it publishes, or asked for again."""
        known = self._known(provider)
        if known.keys is not None and not again:
            return known.keys
        keys = usable_keys(self._calls.get(known.url("jwks_uri")).get("keys"))
        self._published[provider.slug] = _Published(known.metadata, keys, known.asked_at)
        return keys

    def _id_token(self, provider: Provider, published: _Published, question: Question, code: str) -> str:
        """Exchange a code for an ID token (RFC 6749, 4.1.3; RFC 7636, 4.5)."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": question.back,
            "code_verifier": question.verifier,
        }
        proof, headers = _proof_of_client(provider, published.metadata)
        status, answer = self._calls.post(published.url("token_endpoint"), {**form, **proof}, headers)
        if status != _OK:
            raise _refusal_of_code(status, answer)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise untrusted("no-id-token")
        return token

    def _proven(self, provider: Provider, token: str, question: Question) -> str:
        expected = Expected(provider.issuer, provider.client_id, question.nonce, provider.max_age, provider.acr_values)
        try:
            return subject_of(token, self._keys(provider, again=False), expected, now=self._now())
        except UnknownKey:
            keys = self._keys(provider, again=True)
        try:
            return subject_of(token, keys, expected, now=self._now())
        except UnknownKey as unknown:
            raise untrusted("signature") from unknown


def _require_from(provider: Provider, published: _Published, reply: Reply) -> None:
    """Refuse an answer that another provider gave (RFC 9207, 2.4)."""
    says_so = published.metadata.get("authorization_response_iss_parameter_supported") is True
    if reply.issuer is None and says_so:
        raise untrusted("iss-missing")
    if reply.issuer is not None and reply.issuer != provider.issuer:
        raise untrusted("iss")


def _proof_of_client(provider: Provider, metadata: Mapping[str, Json]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the fields of a form and the headers by which a provider knows us (RFC 6749, 2.3.1)."""
    if provider.client_secret is None:
        return {"client_id": provider.client_id}, {}
    methods = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    if not isinstance(methods, list):
        raise setup("token_endpoint_auth_methods_supported")
    if "client_secret_basic" in methods:
        pair = f"{quote_plus(provider.client_id)}:{quote_plus(provider.client_secret)}"
        return {}, {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    if "client_secret_post" in methods:
        return {"client_id": provider.client_id, "client_secret": provider.client_secret}, {}
    raise setup("token_endpoint_auth_methods_supported")


def _refusal_of(error: str) -> SignInRefused | ProviderUnavailable:
    """Return what an error at the provider means for whoever wanted to sign in (RFC 6749, 4.1.2.1; OpenID Connect Core, 3.1.2.6)."""
    if error == "access_denied":
        return SignInRefused("provider-denied", "The provider was told not to sign you in.", reason=error)
    if error in _ASKS_MORE:
        return SignInRefused("provider-asks-more", "The provider needs something from you first.", reason=error)
    if error in _TROUBLE:
        return ProviderUnavailable("provider-trouble", "The provider has trouble; try again later.", reason=error)
    # whatever else an address says is not repeated
    return setup("error")


def _refusal_of_code(status: int, answer: Mapping[str, Json]) -> SignInRefused | ProviderUnavailable:
    """Return what it means that the token endpoint refused (RFC 6749, 5.2)."""
    if answer.get("error") == "invalid_grant":
        return over("invalid-grant")
    if status in (400, 401, 403):
        return setup("invalid-client" if answer.get("error") == "invalid_client" else "token-endpoint")
    return ProviderUnavailable(
        "provider-trouble", "The provider has trouble; try again later.", reason=f"status-{status}"
    )
