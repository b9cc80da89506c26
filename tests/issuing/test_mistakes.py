"""Everything that is wrong with a document, in sentences that read well."""

from __future__ import annotations

import pytest

from okbadges.credentials.model import ShapeMistake
from okbadges.issuing.mistakes import Mistaken, dotted, refuse, sentence


@pytest.mark.parametrize(
    ("pointer", "message", "words"),
    [
        ("/validFrom", "is missing", "validFrom is missing"),
        ("/validFrom", "not a date", "validFrom is not a date"),
        ("/evidence/0/id", "must be a text.", "evidence.0.id must be a text"),
        ("/a~1b/c~0d", "List should be short", "a/b.c~d: List should be short"),
        ("", "must say something", "the badge must say something"),
    ],
)
def test_it_works(pointer: str, message: str, words: str) -> None:
    """A mistake is a sentence about its member, whose name is the dotted path of our API."""
    assert sentence(ShapeMistake(pointer, message), what="badge") == words


def test_a_pointer_is_dotted() -> None:
    """Escapes of the pointer are undone, in the order of RFC 6901; the whole document has no name."""
    assert dotted("") == ""
    assert dotted("/a~01/0") == "a~1.0"


def test_all_mistakes_are_kept_and_the_first_are_said() -> None:
    """The detail says three of them and counts the rest; where is the first."""
    mistakes = [ShapeMistake(f"/m{number}", "is missing") for number in range(5)]
    refused = Mistaken(mistakes)
    assert refused.mistakes == tuple(mistakes)
    assert (refused.code, refused.where) == ("lint", "/m0")
    assert refused.detail == (
        "This credential would not be valid: m0 is missing; m1 is missing; m2 is missing; and 2 more."
    )
    assert Mistaken(mistakes[:3]).detail.endswith("m2 is missing.")


def test_nothing_wrong_is_not_refused() -> None:
    """Without a mistake there is nothing to raise."""
    refuse([])
    with pytest.raises(Mistaken, match="This presentation would not be valid"):
        refuse([ShapeMistake("/type", "is missing")], what="presentation")
