"""What a certification of hosts goes through (checklist 1.7), with nothing known but the address of the service description.

The client is made of the published OpenAPI file; where to register, to ask and to get tokens it reads in the description.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from okbadges.credentials import strict_json
from support.brought import strangers_badge
from support.learners import new_participant
from support.passport import give_badge, new_card, open_with
from support.programs import BACK, EVERYTHING, REGISTRATION, VERIFIER, allow, challenge, led_back

if TYPE_CHECKING:
    from httpx2 import Response

    from support.open_badges_api import OpenBadgesClient
    from support.world import World


class Consumer:
    """A service that reads and writes for a holder, as certification has one."""

    def __init__(self, world: World, description: dict[str, Any]) -> None:
        """Take the addresses from the service description, and register."""
        self._world = world
        scheme = description["components"]["securitySchemes"]["OAuth2ACG"]
        self._flow: dict[str, Any] = scheme["flows"]["authorizationCode"]
        assert set(EVERYTHING.split()) <= set(self._flow["scopes"])
        registered = world.client.post(scheme["x-imssf-registrationUrl"], json=REGISTRATION)
        assert registered.status_code == 201, registered.text
        self._basic = (registered.json()["client_id"], registered.json()["client_secret"])

    def ask(self, card: Any, *scopes: str) -> dict[str, Any]:
        """Send the holder of a card to the consent page, and return the tokens that come of it."""
        wish = {
            "response_type": "code",
            "client_id": self._basic[0],
            "redirect_uri": BACK,
            "scope": EVERYTHING,
            "state": "s1",
            "code_challenge": challenge(VERIFIER),
            "code_challenge_method": "S256",
        }
        address = f"{self._flow['authorizationUrl']}?{urlencode(wish)}"
        back = led_back(allow(open_with(self._world, card), address, *scopes))
        assert (back["state"], set(back["scope"].split())) == ("s1", set(scopes))
        answer = self._token(
            grant_type="authorization_code", code=back["code"], redirect_uri=BACK, code_verifier=VERIFIER
        )
        tokens: dict[str, Any] = answer.json()
        return tokens

    def refresh(self, tokens: dict[str, Any]) -> dict[str, Any]:
        """Return the tokens that a refresh token gets."""
        newer: dict[str, Any] = self._token(grant_type="refresh_token", refresh_token=tokens["refresh_token"]).json()
        return newer

    def give_back(self, token: str, kind: str) -> None:
        """Revoke a token."""
        said = {"token": token, "token_type_hint": kind}
        assert self._world.client.post("/oauth/revoke", data=said, auth=self._basic).status_code == 200

    def _token(self, **form: str) -> Response:
        at = self._flow.get("refreshUrl") if "refresh_token" in form else self._flow["tokenUrl"]
        answer: Response = self._world.client.post(at or "", data=form, auth=self._basic)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store"), answer.text
        return answer


def test_a_host_is_read_and_written(world: World, backpack: OpenBadgesClient) -> None:
    """Registered, allowed, read page by page, written and read again unchanged, with a refreshed token too; given back, nothing opens."""
    sani = new_participant(world)
    for badge in ("digi-turva", "arki-ruoka", "kasi-puu"):
        give_badge(world, sani, badge)
    card = new_card(world, sani)
    consumer = Consumer(world, backpack.call("getServiceDescription").json())
    tokens = consumer.ask(card, *EVERYTHING.split())

    first = backpack.call("getCredentials", token=tokens["access_token"], query={"limit": 2})
    assert first.headers["X-Total-Count"] == "3"
    assert 'rel="next"' in first.headers["Link"]
    second = backpack.call("getCredentials", token=tokens["access_token"], query={"limit": 2, "offset": 2})
    read = [*first.json()["credential"], *second.json()["credential"]]
    assert len({one["id"] for one in read}) == 3
    assert {world.client.post("/v1/verify", json=one).json()["verdict"] for one in read} == {"VALID"}

    foreign = strangers_badge()
    assert backpack.call("upsertCredential", token=tokens["access_token"], body=foreign).status_code == 201
    newer = consumer.refresh(tokens)
    again = backpack.call("getCredentials", token=newer["access_token"]).json()["credential"]
    assert strict_json.loads(foreign) in again
    profile = b'{"id": "https://1edtech.org/issuers/cert", "type": ["Profile"], "name": "Cert"}'
    assert backpack.call("putProfile", token=newer["access_token"], body=profile).status_code == 200
    assert backpack.call("getProfile", token=newer["access_token"]).json()["id"] == "https://1edtech.org/issuers/cert"

    consumer.give_back(newer["refresh_token"], "refresh_token")
    for token in (tokens["access_token"], newer["access_token"]):
        assert backpack.call("getCredentials", token=token).status_code == 401


def test_each_scope_opens_its_own_operation_only(world: World, backpack: OpenBadgesClient) -> None:
    """What the holder did not tick is 403, whatever the program had asked for."""
    card = new_card(world, new_participant(world))
    consumer = Consumer(world, backpack.call("getServiceDescription").json())
    bodies = {"upsertCredential": strangers_badge(), "putProfile": b'{"id": "urn:x:sani", "type": ["Profile"]}'}
    guarded = {name: one.scope for name, one in backpack.operations.items() if one.scope}
    for allowed in guarded.values():
        token = consumer.ask(card, str(allowed))["access_token"]
        for name, scope in guarded.items():
            answer = backpack.call(name, token=token, body=bodies.get(name))
            assert (answer.status_code == 403) == (scope != allowed), (name, allowed, answer.text)
