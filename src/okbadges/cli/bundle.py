"""Bundles: the documents that a verification needs, in one JSON file, so that the same check can be run later without a network.

A bundle is a JSON object. Each name is an https URL; its value is the JSON object that stood there, or, for whatever else is text
(a JWT, the SVG of a badge), a string with exactly that text. Pictures that are not text cannot be in it: verify such a file itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from okbadges.credentials.strict_json import Limits, dumps, loads
from okbadges.errors import CredentialError, MalformedInput
from okbadges.verification import Fetched, FetchError

if TYPE_CHECKING:
    from pathlib import Path

    from okbadges.credentials.strict_json import Json
    from okbadges.verification import Fetch

_LIMITS: Final = Limits(bytes=64 * 1024 * 1024, depth=64, values=5_000_000, name=8_000)
_OK: Final = 200


def read_bundle(path: Path) -> Fetch:
    """Return a fetch function over the documents of the bundle at ``path``; it answers ``not-in-bundle`` for every other URL.

    Raises `MalformedInput` ``bundle-malformed`` for a file that is no bundle, and `OSError` when it cannot be opened.
    """
    try:
        documents = loads(path.read_bytes(), limits=_LIMITS)
    except CredentialError as error:
        raise MalformedInput("bundle-malformed", f"The bundle {path} cannot be read: {error.detail}") from error
    if not isinstance(documents, dict):
        raise MalformedInput(
            "bundle-malformed", f"The bundle {path} must be a JSON object of URLs and their documents."
        )

    def fetch(url: str) -> Fetched:
        if url not in documents:
            raise FetchError("not-in-bundle", f"The bundle {path.name} does not hold this document.")
        document = documents[url]
        return Fetched(_OK, {}, document.encode() if isinstance(document, str) else dumps(document))

    return fetch


class Recorder:
    """A fetch function that asks another one and keeps what it answered, for a bundle."""

    def __init__(self, fetch: Fetch) -> None:
        """Ask ``fetch``."""
        self._fetch = fetch
        self._bodies: dict[str, bytes] = {}

    def __call__(self, url: str) -> Fetched:
        """Return the answer; one whose status is not 200 has nothing to keep."""
        answer = self._fetch(url)
        if answer.status == _OK:
            self._bodies[url] = answer.body
        return answer

    def bundle(self) -> bytes:
        """Return the bundle of everything that was answered so far.

        Raises `MalformedInput` ``not-for-a-bundle`` for a document that is neither JSON nor text.
        """
        return dumps({url: _document(url, body) for url, body in self._bodies.items()})


def _document(url: str, body: bytes) -> Json:
    """Return what stands for a body: an object as such, so that people can read it, and only where nothing of it is lost."""
    try:
        value = loads(body)
        if isinstance(value, dict):
            return value
    except CredentialError:
        pass  # then it is a text, and whoever reads it later sees what is wrong with it
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        message = f"{url[:200]} answers neither JSON nor text (a picture, perhaps), which no bundle can hold; nothing was saved."
        raise MalformedInput("not-for-a-bundle", message) from error
