"""Pages with slots: the same bytes compressed and plain, and no more of them than a process has room for."""

from __future__ import annotations

import asyncio
import gzip
from datetime import UTC, datetime, timedelta

import pytest

from okbadges.edge.remembered import Remembered, RememberedPages, SlottedPage

MARK = "7f3a"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MOMENTS = {"moment": b"23.11.2026 klo 14.00", "instant": b"2026-11-23T12:00:00Z"}


@pytest.mark.parametrize(
    ("html", "filled"),
    [
        ("<p>ilman</p>", "<p>ilman</p>"),
        (f"{MARK}moment", "23.11.2026 klo 14.00"),
        (
            f"<p>ä {MARK}moment</p>{'x' * 70_000}{MARK}instant, {MARK}moment.",
            f"<p>ä 23.11.2026 klo 14.00</p>{'x' * 70_000}2026-11-23T12:00:00Z, 23.11.2026 klo 14.00.",
        ),
    ],
)
def test_both_forms_are_the_same_page(html: str, filled: str) -> None:
    """What is put together of compressed pieces is a gzip file of the page, its sum and its length included."""
    page = SlottedPage(html, MARK)
    assert page.plain(MOMENTS).decode() == filled
    assert gzip.decompress(page.compressed(MOMENTS)).decode() == filled
    later = {**MOMENTS, "moment": b"&lt;"}
    assert gzip.decompress(page.compressed(later)) == page.plain(later)


def kept(
    pages: RememberedPages,
    asked: str,
    size: int = 10_000,
    *,
    edition: int = 1,
    until: datetime = NOW + timedelta(minutes=1),
) -> None:
    """Keep a page of so many characters, for a minute if nothing else is said."""
    pages.keep(asked, Remembered(SlottedPage("x" * size, MARK), "fi", edition, NOW, until))


def test_they_hold_for_an_edition_and_a_time() -> None:
    """Another edition, an earlier and a later moment each make a page anew."""
    pages = RememberedPages(MARK)
    kept(pages, "a")
    assert pages.find("a", edition=1, now=NOW) is not None
    assert pages.find("b", edition=1, now=NOW) is None
    assert pages.find("a", edition=2, now=NOW) is None
    assert pages.find("a", edition=1, now=NOW - timedelta(seconds=1)) is None
    assert pages.find("a", edition=1, now=NOW + timedelta(minutes=1)) is None


def test_there_are_no_more_of_them_than_room() -> None:
    """The page that nobody asked for longest goes first; one in the place of another counts once."""
    pages = RememberedPages(MARK, most_bytes=25_000)
    for asked in ("a", "b", "a"):
        kept(pages, asked)
    assert len(pages) == 2
    kept(pages, "c")
    assert ("b" in pages, "a" in pages, "c" in pages) == (False, True, True)


def test_slots_are_filled_once_a_second_and_safe_in_html() -> None:
    """Views within a second share what fills the slots."""
    pages = RememberedPages(MARK)

    def say(at: datetime) -> dict[str, str]:
        return {"moment": f"<{at:%S}>"}

    first = pages.moments("fi", NOW, say)
    assert first == {"moment": b"&lt;00&gt;"}
    assert pages.moments("fi", NOW + timedelta(milliseconds=900), say) is first
    assert pages.moments("fi", NOW + timedelta(seconds=1), say) == {"moment": b"&lt;01&gt;"}


def test_one_makes_it_and_the_others_wait() -> None:
    """Of those who come at once the first makes the page, and they go on when it is there; who asks for another one waits for nobody."""
    pages, told = RememberedPages(MARK), []

    async def come(asked: str, name: str) -> None:
        if await pages.made_by_another(asked) and pages.find(asked, edition=1, now=NOW):
            told.append(f"{name} found {asked}")
            return
        async with pages.making(asked):
            told.append(f"{name} makes {asked}")
            await asyncio.sleep(0)
            kept(pages, asked)

    async def all_at_once() -> None:
        await asyncio.gather(come("a", "Iida"), come("a", "Otso"), come("b", "Aino"), come("a", "Elli"))

    kept(pages, "a", edition=0)
    asyncio.run(all_at_once())
    assert told == ["Iida makes a", "Aino makes b", "Otso found a", "Elli found a"]


def test_nobody_waits_for_a_page_that_may_never_be_kept() -> None:
    """Where no page was kept before, or the last one did not last, all who come at once make theirs at once."""
    pages, told = RememberedPages(MARK), []

    async def come() -> None:
        waited = await pages.made_by_another("a")
        async with pages.making("a"):
            await asyncio.sleep(0)
            told.append(waited)

    async def all_at_once() -> None:
        await asyncio.gather(come(), come())

    asyncio.run(all_at_once())
    kept(pages, "a")
    asyncio.run(all_at_once())
    kept(pages, "a", until=NOW)
    asyncio.run(all_at_once())
    assert told == [False, False, False, True, False, False]
    assert (len(pages), "a" in pages) == (0, False)


def test_few_pages_are_made_at_a_time() -> None:
    """Of forty who come at once for pages that nobody has made, four make theirs while the others wait for a place."""
    pages, making, most = RememberedPages(MARK), 0, 0

    async def come(asked: int) -> None:
        nonlocal making, most
        async with pages.making(asked):
            making += 1
            most = max(most, making)
            await asyncio.sleep(0)
            making -= 1

    async def all_at_once() -> None:
        await asyncio.gather(*map(come, range(40)))

    asyncio.run(all_at_once())
    assert (making, most) == (0, 4)


def test_a_page_that_was_not_made_keeps_nobody_waiting() -> None:
    """Where making failed, or the page is not one to be kept, each who waited makes one, and none of them waits for the next."""
    pages, made = RememberedPages(MARK), []

    async def come(name: str) -> None:
        await pages.made_by_another("a")
        async with pages.making("a"):
            await asyncio.sleep(0)
            made.append(name)
            raise ValueError(name)

    async def all_at_once() -> list[BaseException | None]:
        return await asyncio.gather(*map(come, ("Iida", "Otso", "Elli")), return_exceptions=True)

    kept(pages, "a", edition=0)
    assert [str(refused) for refused in asyncio.run(all_at_once())] == ["Iida", "Otso", "Elli"]
    assert made == ["Iida", "Otso", "Elli"]
    assert asyncio.run(pages.made_by_another("a")) is False
