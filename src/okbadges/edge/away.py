"""Browsers that are away: sent to a provider to sign in, and not back yet.

One cookie, for ten minutes, says what it was sent with, with a tag that only this service can make. An answer of a provider counts in
the browser that asked for it and nowhere else; who is sent an address with somebody else's answer in it is not signed in as them.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import orjson

from okbadges.integrations.providers import Question
from okbadges.integrations.refusals import over

if TYPE_CHECKING:
    from fastapi import Request, Response

    from okbadges.edge.rooms import Rooms
    from okbadges.integrations.providers import Provider

LASTS = timedelta(minutes=10)
_BYTES = 32


@dataclass(frozen=True, slots=True)
class Away:
    """What a browser was sent with: to which provider, in answer to what, and what happens when it comes back.

    ``link`` is the one-time link whose member the account gets connected to, ``member`` who is signed in and connects one; neither of
    them is there when somebody just signs in.
    """

    provider: str
    state: str
    nonce: str
    verifier: str
    began_at: int
    own_device: bool
    to: str
    language: str
    link: str | None = None
    member: str | None = None

    def question(self, rooms: Rooms) -> Question:
        """Return what the answer has to fit."""
        return Question(f"{rooms.base_url}/sign-in/with/{self.provider}/back", self.state, self.nonce, self.verifier)

    @property
    def connects(self) -> bool:
        """Tell whether an account gets connected."""
        return self.link is not None or self.member is not None


def set_out(
    rooms: Rooms,
    provider: Provider,
    *,
    own_device: bool,
    to: str,
    language: str,
    link: str | None = None,
    member: str | None = None,
) -> Away:
    """Return a new way to a provider, with a state, a nonce and a verifier that nobody can guess."""
    state, nonce, verifier = (_text(rooms.random_bytes(_BYTES)) for _ in range(3))
    began_at = int(rooms.now().timestamp())
    return Away(provider.slug, state, nonce, verifier, began_at, own_device, to, language, link, member)


def remember(rooms: Rooms, response: Response, way: Away) -> None:
    """Let the browser that gets this response know its way back."""
    words = _text(orjson.dumps(asdict(way)))
    response.set_cookie(
        _name(rooms),
        f"{words}.{_tag(rooms, words)}",
        max_age=int(LASTS.total_seconds()),
        secure=_is_https(rooms),
        httponly=True,
        samesite="lax",  # the provider leads back to us, and that is another site
        path="/",
    )


def forget(rooms: Rooms, response: Response) -> None:
    """Make the browser forget the way: an answer counts once."""
    response.delete_cookie(_name(rooms), secure=_is_https(rooms), httponly=True, samesite="lax", path="/")


def away_of(request: Request, rooms: Rooms) -> Away | None:
    """Return the way that this browser is on, however long ago it began; None when it is on none."""
    words, _, tag = request.cookies.get(_name(rooms), "").partition(".")
    if not tag.isascii() or not hmac.compare_digest(_tag(rooms, words), tag):
        return None
    try:
        return Away(**orjson.loads(base64.urlsafe_b64decode(words + "=" * (-len(words) % 4))))
    except (TypeError, ValueError, binascii.Error):
        return None  # written by another version of this service


def require_its_answer(rooms: Rooms, way: Away | None, provider: str, state: str) -> Away:
    """Return the way that an answer belongs to. Raises `SignInRefused` (``sign-in-over``)."""
    if way is None:
        raise over("no-cookie")
    age = timedelta(seconds=int(rooms.now().timestamp()) - way.began_at)
    if not -timedelta(seconds=1) <= age <= LASTS:
        raise over("too-old")
    if way.provider != provider:
        raise over("another-provider")
    if not state.isascii() or not hmac.compare_digest(way.state, state):
        raise over("state")
    return way


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _tag(rooms: Rooms, words: str) -> str:
    return rooms.secrets.visit_tag(f"away.{words}")


def _name(rooms: Rooms) -> str:
    """Return the cookie's name; the prefix makes browsers refuse one that another host or an unencrypted page sets."""
    return "__Host-okbadges-away" if _is_https(rooms) else "okbadges-away"


def _is_https(rooms: Rooms) -> bool:
    return rooms.base_url.startswith("https://")
