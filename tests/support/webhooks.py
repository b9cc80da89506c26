"""Webhooks as a test meets them: made through the API by Aino, the administrator of Kemi, and sent when the test says so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from okbadges.catalogue.shelf import badge_png, latest_badge, publish
from okbadges.integrations.webhooks import Receivers
from okbadges.operations.dispatch import sending_of
from okbadges.organisations.roles import Role, Scope

if TYPE_CHECKING:
    from okbadges.catalogue.texts import Language
    from support.receiver import Receiver
    from support.world import World

EVERYTHING = ["credential.issued", "credential.revoked", "badge.published", "recognition.decided"]


@dataclass(frozen=True, slots=True)
class Made:
    """A webhook that was made."""

    id: str
    secret: str

    @property
    def path(self) -> str:
        """Where the API has it."""
        return f"/v1/webhooks/{self.id}"


def wanted(url: str, /, **changes: Any) -> dict[str, Any]:
    """Return the JSON that asks for a webhook; a member that is None is left out."""
    usual = {"organisation": "kemi", "url": url, "label": "Register", "events": EVERYTHING}
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def make(world: World, receiver: Receiver, **changes: Any) -> Made:
    """Let Aino make a webhook."""
    headers = changes.pop("headers", world.as_aino())
    answer = world.client.post("/v1/webhooks", json=wanted(receiver.url, **changes), headers=headers)
    assert answer.status_code == 201, answer.text
    return Made(answer.json()["id"], answer.json()["secret"])


def send(world: World) -> int:
    """Read the journal on and send once what is due to each webhook; return how many attempts were made."""
    sending = sending_of(world.rooms)
    sending.read_on()
    return sum(sending.send_to(one) for one in sending.due())


def shown(world: World, webhook: Made, **headers: str) -> dict[str, Any]:
    """Return what the API says of a webhook."""
    found: dict[str, Any] = world.client.get(webhook.path, headers=headers or world.as_aino()).json()
    return found


def deliveries(world: World, webhook: Made) -> list[dict[str, Any]]:
    """Return what was sent to a webhook."""
    answer = world.client.get(f"{webhook.path}/deliveries", headers=world.as_aino())
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["deliveries"]
    return found


def patient_for(world: World, seconds: float) -> None:
    """Let a world wait no longer than this for a receiver."""
    world.app.state.rooms = replace(world.rooms, receivers=Receivers(loopback=True, seconds=seconds))


def publish_again(world: World, slug: str) -> None:
    """Put another version of a badge into the catalogue, as importing it would."""
    rooms = world.rooms
    with rooms.database.read() as session:
        badge = latest_badge(session, slug)
        pictures: dict[Language, bytes] = {"fi": badge_png(session, slug, badge.version, "fi")}
    again = badge.model_copy(update={"version": badge.version + 1})
    publish(rooms.writer, rooms.stamp("operator"), {slug: (again, pictures)}, frozenset())


def administrator(world: World, organisation: str) -> dict[str, str]:
    """Make a key of an administrator of an organisation, and return the headers that show it."""
    return world.key([Scope.ADMINISTER], organisation=organisation, role=Role.ADMINISTRATOR)
