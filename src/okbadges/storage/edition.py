"""What is worked out from rows that seldom change is remembered in the process, and forgotten when one of them changes.

Issuers and their keys, organisations, workshops, badges, members and access keys are read at every request and change a few times a
day. The database counts those changes itself, in triggers: the *edition*. Whoever remembers something asks for the edition first, one
number in one row, so a change by another process, or by hand, is seen by the very next request. What depends on the time of day (a key
that ends, one that does not sign yet) is never remembered as an answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import select
from sqlmodel import col

from okbadges.storage.tables import EditionRow

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from sqlmodel import Session

T = TypeVar("T")

_NUMBER: Final = select(col(EditionRow.number)).where(col(EditionRow.id) == 1)
_MOST: Final = 10_000
"""How many things one process remembers: some megabytes."""


class Remembered:
    """What one process remembers of one edition. Safe to share between threads; two may work out the same thing twice."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._page = Page(-1)

    @property
    def newest(self) -> Page:
        """What is remembered of the edition that was seen last, which may have moved since: nothing is asked of the database."""
        return self._page

    def page(self, session: Session) -> Page:
        """Return what is remembered of the edition that the database has now: an empty page, where it has moved."""
        number: int = session.connection().execute(_NUMBER).scalar_one()
        page = self._page
        if page.edition != number:
            page = self._page = Page(number)
        return page


class Page:
    """What is remembered of one edition, by what it is about."""

    __slots__ = ("_things", "edition")

    def __init__(self, edition: int) -> None:
        """Begin empty."""
        self.edition = edition
        self._things: dict[Hashable, Any] = {}

    def recall(self, about: Hashable) -> Any:  # noqa: ANN401 - whatever was remembered
        """Return what is remembered about something, or None."""
        return self._things.get(about)

    def remembered(self, about: Hashable, find: Callable[[], T]) -> T:
        """Return what is remembered about something, or find it out; what ``find`` raises is not remembered."""
        found = self._things.get(about)
        if found is None:
            found = find()
            if len(self._things) >= _MOST:
                self._things.clear()
            self._things[about] = found
        known: T = found
        return known
