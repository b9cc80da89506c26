"""One line of text as people type it: brought into one form, and refused where it could mislead whoever reads it later."""

from __future__ import annotations

import unicodedata

from okbadges.errors import InvalidInput


def one_line(text: str, *, longest: int, field: str, code: str = "text") -> str:
    """Return ``text`` in Unicode's composed form (NFC) and without space around it.

    Raises `InvalidInput` (``code``) for nothing at all, for more than ``longest`` characters, and for control, invisible and
    direction characters, which are no part of a line.
    """
    line = unicodedata.normalize("NFC", text).strip()
    if not 1 <= len(line) <= longest or not line.isprintable():
        raise InvalidInput(code, f"Write 1 to {longest} printable characters on one line.", field=field)
    return line
