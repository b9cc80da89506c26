"""A memory that has an end."""

from __future__ import annotations

from okbadges.credentials.kept import Kept


def test_what_is_kept_weighs_no_more_than_it_may() -> None:
    """What was asked for longest ago goes first, what is kept again replaces the old, what is too heavy is not kept."""
    kept: Kept[str] = Kept(10)
    for key, weight in (("a", 4), ("b", 4), ("a", 5)):
        kept.keep(key, key * weight, weight)
    assert (kept.get("b"), kept.get("a")) == ("bbbb", "aaaaa")
    assert kept.get("b")
    kept.keep("c", "c", 2)
    assert [kept.get(key) for key in "abc"] == [None, "bbbb", "c"]
    kept.keep("d", "d", 11)
    assert [kept.get(key) for key in "abcd"] == [None, "bbbb", "c", None]
