"""Spreadsheets as CSV: what is read is written and read again as the same, and what is refused has a code, words and a place."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from okbadges.errors import InvalidInput
from okbadges.spreadsheets import read_rows, write_rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COLUMNS = ("badge", "participant", "label")
_CODE = re.compile(r"[a-z]+(-[a-z]+)*")
_PLACE = re.compile(r"file|rows\.[0-9]+(\.[0-9]+)?")


def target(data: bytes) -> None:
    """Read, write, read again."""
    try:
        rows = read_rows(data, columns=("badge",), optional=COLUMNS[1:])
    except InvalidInput as error:
        _require_documented(error)
        return
    numbers = [row.number for row in rows]
    assert numbers == sorted(set(numbers))
    assert not numbers or numbers[0] > 1
    values = [dict(row.values) for row in rows]
    assert all(tuple(row) == COLUMNS and any(row.values()) for row in values)
    again = read_rows(write_rows(COLUMNS, values), columns=COLUMNS)
    assert [dict(row.values) for row in again] == values


def _require_documented(error: InvalidInput) -> None:
    assert _CODE.fullmatch(error.code), error.code
    assert error.detail.endswith(".")
    assert _PLACE.fullmatch(error.field or ""), error.field


def seeds(shared: Path | None) -> Iterator[bytes]:
    """Yield files of every kind; nothing of the shared material is one."""
    del shared
    text = 'Badge;participant;label\r\ndigi-turva;;"Sani;\r\n""2"""\r\n;;\r\n\'=1;=1+1;\tä\r\n'
    yield text.encode()
    yield text.encode("cp1252")
    yield text.replace(";", ",").encode("utf-8-sig")
    yield b"sep=\t\r" + text.replace(";", "\t").replace("\r\n", "\r").encode()
    yield codecs.BOM_UTF16_LE + text.encode("utf-16-le")
    yield codecs.BOM_UTF16_BE + text.encode("utf-16-be")
    yield b"PK\x03\x04"
    yield b'badge;label\na;"b\n'
