"""What one verification may ask the world, and the issuer's own document with the key that may assert.

A `Documents` belongs to one call of `verify`: it asks for each URL once, counts what it asks and how much comes back, and
turns everything that keeps an answer away into `FetchError`. Whether a URL may be asked at all is the business of the fetch
function that the caller passes in (`okbadges.integrations.fetch`); here only plain http to strangers is out.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar, cast
from urllib.parse import urlsplit

from okbadges.credentials.controllers import (
    ASSERTION,
    document_in_the_name,
    is_of_same_origin,
    listed_keys,
    may_name_keys_of,
    permitted_key,
)
from okbadges.credentials.dids import did_web_to_url
from okbadges.credentials.fetching import Fetched, FetchError
from okbadges.credentials.key_sets import published_key
from okbadges.credentials.strict_json import loads
from okbadges.errors import CredentialError
from okbadges.verification.proven import Proven

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping
    from datetime import datetime

    from okbadges.credentials.fetching import Fetch
    from okbadges.credentials.keys import PublicKey
    from okbadges.credentials.strict_json import Json
    from okbadges.credentials.vc_jwt import UnverifiedJwt

Made = TypeVar("Made")

MAX_FETCHES = 8
MAX_BYTES = 4 * 1024 * 1024
_OK = 200
_SHOWN = 200
"""Characters of an address that a message repeats."""
_LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


class Documents:
    """The documents that one verification asked for: each URL once, at most eight, at most four megabytes together."""

    def __init__(
        self,
        fetch: Fetch,
        *,
        max_fetches: int = MAX_FETCHES,
        max_bytes: int = MAX_BYTES,
        proven: Proven | None = None,
    ) -> None:
        """Ask through ``fetch``, within the limits; ``proven`` knows signatures of earlier verifications."""
        self.proven = proven or Proven()
        self._fetch = fetch
        self._fetches_left = max_fetches
        self._bytes_left = max_bytes
        self._answers: dict[str, Fetched | FetchError] = {}
        self._made: dict[Hashable, object] = {}

    def get(self, url: str) -> bytes:
        """Return the body behind an https URL; raises `FetchError` for anything but a 200 within the limits (``gone``: 410).

        The detail begins with the address, so that whoever keeps documents for later knows which one was needed.
        """
        if url not in self._answers:
            self._answers[url] = self._ask(url)
        answer = self._answers[url]
        if isinstance(answer, FetchError):
            raise answer
        if answer.status != _OK:
            code = "gone" if answer.status == HTTPStatus.GONE else "unreachable"
            raise _no_answer(url, code, f"The address answers with status {answer.status}.")
        return answer.body

    def get_json(self, url: str) -> Mapping[str, Json]:
        """Return the JSON object behind an https URL, read once; raises `FetchError` also when it is not one (``not-json``)."""
        return self.once(("json", url), lambda: self._read(url))

    def _read(self, url: str) -> Mapping[str, Json]:
        body = self.get(url)
        try:
            document = loads(body)
        except CredentialError as error:
            message = f"What the address answers is no JSON to rely on: {error.detail}"
            raise _no_answer(url, "not-json", message) from error
        if not isinstance(document, dict):
            raise _no_answer(url, "not-json", "What the address answers is no JSON object.")
        return document

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what ``make`` makes of documents that were asked for, or raise the `CredentialError` that it raises.

        It is made once for each ``key``: many credentials in one file may lead to the same large document, and a hostile file
        sees to it that they do.
        """
        if key not in self._made:
            try:
                self._made[key] = make()
            except CredentialError as error:
                self._made[key] = error
        made = self._made[key]
        if isinstance(made, CredentialError):
            raise made
        return cast("Made", made)

    def _ask(self, url: str) -> Fetched | FetchError:
        if not _is_secure(url):
            return _no_answer(url, "url-not-allowed", "Only https addresses are asked.")
        if self._fetches_left <= 0:
            return _no_answer(url, "too-many-fetches", "The credential names more addresses than are asked for one.")
        self._fetches_left -= 1
        try:
            answer = self._fetch(url)
            self._bytes_left -= len(answer.body)
        except FetchError as error:
            return _no_answer(url, error.code, error.detail)
        except Exception as error:  # noqa: BLE001 - whatever keeps a caller's fetch from answering, there is no answer
            return _no_answer(url, "unreachable", f"The address could not be asked ({type(error).__name__}).")
        if self._bytes_left >= 0:
            return answer
        return _no_answer(url, "too-large", "The credential leads to too much data.")


def _no_answer(url: str, code: str, detail: str) -> FetchError:
    return FetchError(code, f"{url[:_SHOWN]}: {detail}")


def _is_secure(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK_HOSTS)


def controller_document(controller: str, documents: Documents) -> Mapping[str, Json]:
    """Return the document in which an issuer states its keys.

    did:key and did:jwk carry it in the name, did:web and https identifiers are fetched. Raises `FetchError` when it cannot be
    had (``did-unsupported`` for another method), `CredentialError` when the name itself is wrong.
    """
    document = document_in_the_name(controller)
    if document is not None:
        return document
    if controller.startswith("did:web:"):
        return documents.get_json(did_web_to_url(controller, loopback_http=True))
    if controller.startswith(("https://", "http://")) and "#" not in controller:
        return documents.get_json(controller)
    raise FetchError("did-unsupported", "The issuer's identifier is of a kind whose keys cannot be looked up.")


def controllers_key(
    controller: str, verification_method: str, documents: Documents, *, now: datetime, purpose: str = ASSERTION
) -> PublicKey:
    """Return the key that ``verification_method`` names, if the controller's own document lists it for ``purpose``.

    Nothing but that document is asked, also for a key of another name at the origin of an https identifier. Raises `FetchError`
    (could not be looked up) or `CredentialError` with the reason (`okbadges.credentials.controllers`).
    """
    if not may_name_keys_of(controller, verification_method):
        raise CredentialError("key-not-issuers", "The key that signed is not one of the controller's.")

    def listed() -> PublicKey:
        document = controller_document(controller, documents)
        return permitted_key(document, verification_method, controller, purpose=purpose, now=now)

    # the credential and its status list are signed by the same key
    return documents.once(("key", controller, verification_method, purpose, now), listed)


def jwt_key(
    controller: str, jwt: UnverifiedJwt, documents: Documents, *, now: datetime, purpose: str = ASSERTION
) -> PublicKey:
    """Return the controller's key that a JWT says it is signed with (Open Badges 3.0, 8.2.3).

    ``kid`` is a key of the controller's own document, or, for one with an https identifier, the address of a JWK, a JWKS or a
    verification method at the same origin (`okbadges.credentials.key_sets`).
    A key that only came along in the header (``jwk``) counts when the controller's own document lists the same key. Raises like
    `controllers_key`; ``key-not-named`` when the header names none, `FetchError` ``key-not-listed`` when an https page lists none.
    """
    key_id = jwt.key_id
    if key_id is None:
        return _listed_key(controller, jwt.embedded_key, documents, now=now, purpose=purpose)
    if key_id.partition("#")[0] == controller:
        return controllers_key(controller, key_id, documents, now=now, purpose=purpose)
    if is_of_same_origin(controller, key_id):
        return published_key(documents.get_json(key_id.partition("#")[0]), key_id, controller, now=now)
    raise CredentialError("key-not-issuers", "The key that signed is not one of the controller's.")


def _listed_key(
    controller: str, wanted: PublicKey | None, documents: Documents, *, now: datetime, purpose: str
) -> PublicKey:
    if wanted is None:
        raise CredentialError("key-not-named", "The JWT does not say with which key it is signed.")
    document = controller_document(controller, documents)
    if document.get(purpose) is None and not controller.startswith("did:"):
        raise FetchError(
            "key-not-listed", "The key came with the JWT, and its owner's page lists no keys to compare it with."
        )
    if wanted in listed_keys(document, controller, purpose=purpose, now=now):
        return wanted
    raise CredentialError("key-not-issuers", "The controller's own document does not list the key that came along.")
