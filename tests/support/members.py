"""Members in tests: one-time links, and browsers in which somebody is signed in."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from okbadges.organisations.sign_ins import make_sign_in_link
from okbadges.organisations.workshops import find_organisation
from support.passport import browser
from support.provider import BACK

if TYPE_CHECKING:
    import uuid

    from fastapi.testclient import TestClient
    from httpx2 import Response

    from support.provider import ScriptedProvider
    from support.world import World

COOKIE = "okbadges-sign-in"
AWAY = "okbadges-away"


def new_link(world: World, member_id: uuid.UUID | None = None) -> str:
    """Return the token of a new one-time link for Iida, or for another member of her organisation."""
    rooms = world.rooms
    with rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
    link = make_sign_in_link(
        rooms.writer,
        rooms.stamp("test"),
        rooms.secrets,
        base_url=rooms.base_url,
        organisation=kemi,
        member_id=member_id or world.keys.iida_id,
    )
    return link.address.rpartition("/")[2]


def signed_in_browser(world: World, member_id: uuid.UUID | None = None, *, device: str = "shared") -> TestClient:
    """Return a browser in which Iida, or another member, signed in with a link."""
    client = browser(world)
    answer = client.post(f"/sign-in/{new_link(world, member_id)}", data={"device": device})
    assert answer.status_code == 303, answer.text
    return client


def is_signed_in(client: TestClient) -> bool:
    """Tell whether somebody is signed in in a browser."""
    answer = client.get("/workshop/me")
    assert answer.status_code in (200, 303), answer.text
    return answer.status_code == 200


def go_to_provider(client: TestClient, slug: str = "oma", **form: str) -> str:
    """Press a button that leads to a provider, and return the address to which the page goes on."""
    answer = client.post(f"/sign-in/with/{slug}", data=form)
    assert answer.status_code == 200, answer.text
    address = answer.headers["refresh"].removeprefix("0; url=")
    link = re.search(r'<a class="button wide" href="([^"]+)"', answer.text)
    assert link is not None
    assert unescape(link[1]) == address
    return address


def go_and_return(client: TestClient, oma: ScriptedProvider, **form: str) -> Response:
    """Go to a provider, sign in there, and come back with its answer."""
    back: Response = client.get(BACK, params=oma.sign_in(go_to_provider(client, **form)))
    return back


def connected_browser(world: World, oma: ScriptedProvider, member_id: uuid.UUID | None = None) -> TestClient:
    """Return a browser in which a member connected their account with a link, and is signed in."""
    client = browser(world)
    answer = go_and_return(client, oma, link=new_link(world, member_id))
    assert answer.status_code == 303, answer.text
    return client
