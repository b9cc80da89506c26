"""From a picture to its one badge, of 3.0 or of 2.0: each in the place that its own specification gives it, and nowhere else.

In the place of 2.0 there may be the address of the badge instead. It is followed there, once, over https; what it leads to is the
badge and not another picture. In the place of 3.0 nothing is followed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.credentials.baking import Place, take_out
from okbadges.errors import CredentialError
from okbadges.verification.openbadges2.addresses import web_address
from okbadges.verification.openbadges2.kind import is_open_badge_2

if TYPE_CHECKING:
    from collections.abc import Callable

    from okbadges.verification.received import Received
    from okbadges.verification.resolve import Documents


def take_from_picture(picture: bytes, documents: Documents, read: Callable[[bytes], Received]) -> Received:
    """Return the badge in a PNG or SVG; ``read`` reads one that is the whole of a text (`okbadges.verification.intake`).

    Raises what `okbadges.credentials.baking.take_out`, ``read`` and fetching raise, and "wrong-place" for a badge of 2.0 in the
    place of 3.0, or the other way round: programs that know one version would see another badge than those that know both.
    """
    unbaked = take_out(picture)
    content = unbaked.content
    if unbaked.place is Place.OPEN_BADGES_2:
        address = _address_in(content)
        if address is not None:
            content = documents.get(address)
    received = read(content)
    if is_open_badge_2(received.document) is not (unbaked.place is Place.OPEN_BADGES_2):
        raise CredentialError("wrong-place", "The badge in the picture stands in the place of another version.")
    return received


def _address_in(content: bytes) -> str | None:
    """Return the address that stands in the place of a badge, None for a badge; `take_out` lets nothing else through."""
    address = web_address(content.decode("utf-8").strip(" \t\r\n"))
    return address.url if address is not None else None
