"""What the tests of groups have in common: asking for something, and reading what the journal says of it."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from okbadges.organisations.roles import Role
from okbadges.storage.tables import EventRow
from support.journal import broken_links
from support.learners import new_member

if TYPE_CHECKING:
    from collections.abc import Iterator

    from httpx2 import Response

    from support.world import World

CSV = {"Content-Type": "text/csv"}
STRANGE_LABELS = {
    "nul": "Sa\0ni",
    "right-to-left": "Sani\u202e",
    "isolate": "\u2066Sani",
    "zero width": "Sa\u200bni",
    "line break": "Sani\nSani",
    "tab": "Sani\tx",
    "return": "Sani\rx",
    "surrogate": "Sani\ud800",
    "empty": "",
    "blank": "   ",
    "long": "S" * 25,
    "filler": "\u3164",
    "stacked marks": "S\u0323\u0323\u0323\u0323\u0323",
}


def post(world: World, path: str, headers: dict[str, str] | None = None, **body: Any) -> Response:
    """Send JSON to the API, as Iida unless the headers say otherwise."""
    answer: Response = world.client.post(f"/v1{path}", json=body, headers=headers or world.as_iida())
    return answer


def get(world: World, path: str, headers: dict[str, str] | None = None) -> Response:
    """Ask the API, as Iida unless the headers say otherwise."""
    answer: Response = world.client.get(f"/v1{path}", headers=headers or world.as_iida())
    return answer


def send_csv(
    world: World, group: uuid.UUID, data: bytes | str, headers: dict[str, str] | None = None, *, dry_run: bool = False
) -> Response:
    """Send a spreadsheet of participants, as Iida unless the headers say otherwise."""
    answer: Response = world.client.post(
        f"/v1/groups/{group}/participants.csv{'?dry_run=true' if dry_run else ''}",
        content=data.encode() if isinstance(data, str) else data,
        headers={**(headers or world.as_iida()), **CSV},
    )
    return answer


def refusal(answer: Response) -> tuple[int, str]:
    """Return status and code of a refusal."""
    return answer.status_code, answer.json()["code"]


def colleague(
    world: World, role: Role = Role.INSTRUCTOR, organisation: str = "kemi"
) -> tuple[uuid.UUID, dict[str, str]]:
    """Return another member and the headers of their key."""
    member = new_member(world, role, organisation=organisation)
    return member, world.key((), organisation=organisation, role=role, member_id=member)


def labels_in(world: World, group: uuid.UUID, headers: dict[str, str] | None = None) -> dict[uuid.UUID, str | None]:
    """Return who is in a group and their labels, as somebody sees them."""
    found = get(world, f"/groups/{group}/participants?limit=200", headers).json()["participants"]
    return {uuid.UUID(one["id"]): one["label"] for one in found}


class Journal:
    """What the journal says from now on."""

    def __init__(self, world: World) -> None:
        """Begin after what is in it now."""
        self._world = world
        self._seen = {event.id for event in self._events()}

    def _events(self) -> Iterator[EventRow]:
        with self._world.rooms.database.read() as session:
            assert list(broken_links(session)) == []
            yield from session.exec(select(EventRow).order_by(col(EventRow.number))).all()

    def news(self) -> list[tuple[str, str, dict[str, Any]]]:
        """Return action, subject and details of every new event, and remember that they were seen."""
        new = [event for event in self._events() if event.id not in self._seen]
        self._seen |= {event.id for event in new}
        return [(event.action, event.subject, json.loads(event.details)) for event in new]

    def actions(self) -> list[str]:
        """Return the actions of the new events."""
        return [action for action, _, _ in self.news()]
