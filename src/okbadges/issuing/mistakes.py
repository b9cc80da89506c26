"""Everything that is wrong with a document that somebody wants signed, in sentences, with the place of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from okbadges.credentials.model import ShapeMistake

_IN_ONE_SENTENCE: Final = 3


class Mistaken(CredentialError):
    """A document is not as it must be to be signed (``lint``); ``mistakes`` are all that were found, ``where`` is the first."""

    def __init__(self, mistakes: Sequence[ShapeMistake], *, what: str = "credential") -> None:
        """Say of ``what`` (a word for the document) what is wrong; there is at least one mistake."""
        found = [sentence(mistake, what=what) for mistake in mistakes[:_IN_ONE_SENTENCE]]
        more = f"; and {len(mistakes) - len(found)} more" if len(mistakes) > len(found) else ""
        super().__init__(
            "lint", f"This {what} would not be valid: {'; '.join(found)}{more}.", where=mistakes[0].pointer
        )
        self.mistakes = tuple(mistakes)
        self.what = what


def refuse(mistakes: Sequence[ShapeMistake], *, what: str = "credential") -> None:
    """Raise `Mistaken` when there is a mistake."""
    if mistakes:
        raise Mistaken(mistakes, what=what)


def sentence(mistake: ShapeMistake, *, what: str = "credential") -> str:
    """Return a mistake as a sentence about the member that it is in, without its full stop."""
    name = dotted(mistake.pointer) or f"the {what}"
    words = mistake.message.removesuffix(".")
    if words.startswith("not "):
        words = f"is {words}"
    return f"{name} {words}" if words[:1].islower() else f"{name}: {words}"


def dotted(pointer: str) -> str:
    """Return a JSON pointer (RFC 6901) as the dotted path in which our API names fields; empty for the whole document."""
    return ".".join(step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])
