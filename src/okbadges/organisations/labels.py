"""Labels: the few words by which a leader knows a participant ("Sani", "blue cap"), and what must never stand in one.

A label is no name for the register: who else opens the group, or finds a photo of the screen, must learn nothing from it. What
identifies a person anywhere else (an address, a number, a personal identity code) is refused; what might is warned of.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from okbadges.errors import InvalidInput
from okbadges.organisations.wording import one_line

if TYPE_CHECKING:
    from collections.abc import Collection

LONGEST_LABEL = 24

# The signs of the centuries: + 1800, - and U to Y 1900, A to F 2000 (the letters but A since 2023).
_IDENTITY_CODE = re.compile(r"\d{6}\s?[-+A-FU-Y]\s?\d{3}\s?[0-9A-Z]", re.IGNORECASE)
_EMAIL = re.compile(r"[^\s@]\s*@\s*[^\s@]|\w\s*[(\[{]\s*(?:at|ät)\s*[)\]}]\s*\w", re.IGNORECASE)
_WEB_ADDRESS = re.compile(
    r"\w:/|\bwww\.|\b(?:mailto|tel|sms|did|urn):|"
    r"[\w-]{2,}\.(?:fi|com|net|org|eu|se|no|ee|ax|info|io|me|tv|dev|app|edu|gov|biz|online|name)(?![\w])",
    re.IGNORECASE,
)
_LONG_NUMBER = re.compile(r"\d(?:[^\w]{0,2}\d){5,}")
_IDENTIFIERS = (
    ("label-identity-code", _IDENTITY_CODE, "a personal identity code"),
    ("label-email", _EMAIL, "an e-mail address"),
    ("label-web-address", _WEB_ADDRESS, "a web address"),
    ("label-long-number", _LONG_NUMBER, "a telephone number, a date of birth or another long number"),
)
_DASHES = re.compile("[\u2010-\u2015\u2212\u2043]")
_MOST_MARKS = 2
# letters to Unicode that no font draws
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_NAME_WORD = re.compile(r"[^\W\d_]{2,}(?:[-'\u2019][^\W\d_]{2,})*")


@dataclass(frozen=True, slots=True)
class LabelWarning:
    """Something to think about before the label is kept."""

    code: str
    detail: str


def check_label(text: str, *, field: str = "label") -> str:
    """Return a label as it is kept (NFC, no space around it).

    Raises `InvalidInput`: ``label-form`` (length, control, invisible or direction characters), ``label-identity-code``,
    ``label-email``, ``label-web-address``, ``label-long-number``. What was refused is not repeated.
    """
    label = one_line(text, longest=LONGEST_LABEL, field=field, code="label-form")
    if not _can_be_seen(label):
        raise InvalidInput("label-form", "Write a label that can be read: letters, digits, a sign.", field=field)
    refuse_identifiers(label, field=field)
    return label


def refuse_identifiers(text: str, *, field: str) -> None:
    """Raise `InvalidInput` where a text holds what identifies a person elsewhere, in whatever forms of letters and digits."""
    plain = _DASHES.sub("-", unicodedata.normalize("NFKC", text))
    for code, pattern, what in _IDENTIFIERS:
        if pattern.search(plain):
            raise InvalidInput(
                code,
                f"This looks like {what}. Write something that only you understand: “Sani”, “blue cap”.",
                field=field,
            )


def warnings_for(label: str) -> tuple[LabelWarning, ...]:
    """Return what speaks against a label without forbidding it: that it looks like a first name and a surname."""
    words = label.replace(",", " ").split()
    named = [word for word in words if _NAME_WORD.fullmatch(word) and word[0].isupper()]
    if len(words) > 1 and len(named) > 1:
        detail = "This looks like a first name and a surname; a first name or a nickname is enough."
        return (LabelWarning("label-full-name", detail),)
    return ()


def folded(label: str) -> str:
    """Return what two labels have in common that people would mix up: case, width and spaces do not tell them apart."""
    return " ".join(unicodedata.normalize("NFKC", label).casefold().split())


def free_label(label: str, taken: Collection[str]) -> str:
    """Return the label with the first number that is free among the ``taken`` ones (given `folded`): Sani, Sani 2, Sani 3."""
    stem = re.sub(r" [0-9]{1,4}$", "", label)
    number = 2
    while True:
        tail = f" {number}"
        proposed = stem[: LONGEST_LABEL - len(tail)].rstrip() + tail
        if folded(proposed) not in taken:
            return proposed
        number += 1


def _can_be_seen(label: str) -> bool:
    """Tell whether there is something to see in it, and not so many marks on one letter that it spills over the page."""
    marks = 0
    for sign in label:
        marks = marks + 1 if unicodedata.category(sign) in ("Mn", "Me") else 0
        if marks > _MOST_MARKS:
            return False
    return any(unicodedata.category(sign)[0] in "LNPS" and sign not in _BLANK for sign in label)
