"""What the tests of corrections have in common: asking for one, and looking at what is kept of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING, Any, TypeVar

from sqlmodel import select

from okbadges.storage.tables import CredentialRow, EventRow, StatusListRow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from httpx2 import Response

    from support.world import World

T = TypeVar("T")
SUMMARY = "kooste-opiskelu-ja-ura"
COLLECTED = ("opi-vahvuudet", "opi-seuraava-askel", "opi-hakeminen")


def correct(
    world: World,
    credential_id: str,
    what: str,
    headers: dict[str, str] | None = None,
    *,
    key: str | None = None,
    **body: Any,
) -> Response:
    """Ask to ``revoke``, ``reissue`` or ``renew`` a credential, as Iida unless the headers say otherwise."""
    sent = {**(headers or world.as_iida()), **({"Idempotency-Key": key} if key is not None else {})}
    answer: Response = world.client.post(f"/v1/credentials/{credential_id}/{what}", json=body, headers=sent)
    return answer


def code_of(answer: Response) -> tuple[int, str]:
    """Return status and code of a refusal."""
    return answer.status_code, answer.json()["code"]


def looked_up(world: World, credential_id: str) -> dict[str, Any]:
    """Return what the API says of a credential."""
    found: dict[str, Any] = world.client.get(f"/v1/credentials/{credential_id}", headers=world.as_iida()).json()
    return found


def events(world: World, action: str, subject: str | None = None) -> list[EventRow]:
    """Return the events of an action, of one subject if it is named."""
    wanted = select(EventRow).where(EventRow.action == action)
    with world.rooms.database.read() as session:
        return [event for event in session.exec(wanted) if subject in (None, event.subject)]


def row_of(world: World, credential_id: str) -> CredentialRow:
    """Return the row of a credential."""
    with world.rooms.database.read() as session:
        return session.exec(select(CredentialRow).where(CredentialRow.credential_id == credential_id)).one()


def revisions(world: World) -> int:
    """Return how often a bit of any status list changed."""
    with world.rooms.database.read() as session:
        return sum(session.exec(select(StatusListRow.revision)).all())


def verdict(world: World, issued: dict[str, Any]) -> str:
    """Return what the share link of an issued badge says to a program."""
    answer = world.client.get(issued["share_link"], headers={"Accept": "application/json"})
    return str(answer.json()["verdict"])


def summary_with_badges(world: World) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Issue a summary and what it collects to somebody new; return the summary, and the others by badge."""
    participant, small = None, {}
    for badge in COLLECTED:
        small[badge] = world.issue(badge=badge, participant=participant)
        participant = small[badge]["participant"]
    return world.issue(badge=SUMMARY, participant=participant), small


def side_by_side(tasks: Sequence[Callable[[], T]]) -> list[T]:
    """Run every task in a thread of its own, all beginning at once, and return the answers in order."""
    begin = Barrier(len(tasks))

    def run(task: Callable[[], T]) -> T:
        begin.wait(60)
        return task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))
