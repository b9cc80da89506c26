"""Rows of CSV as people's spreadsheet programs write and read them: separators, encodings, and no formula ever handed on.

What is read is refused with its row and column (as the spreadsheet numbers them, the header is row 1) or understood without a
guess. What is written opens in Excel with its letters right, and no cell of it is ever taken for a formula: such a cell gets
an apostrophe in front, and reading takes it away again.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from unicodedata import normalize

from okbadges.errors import InvalidInput, MalformedInput, TooLarge

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

LARGEST_FILE = 5 * 1024 * 1024
MOST_ROWS = 10_000
MOST_COLUMNS = 256

_SEPARATORS = (";", "\t", ",")
# Excel obeys such a first line and does not show it
_SEPARATOR_LINE = re.compile(r"sep=([;,\t])(?:\r\n?|\n)", re.IGNORECASE)
_WORKBOOKS = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SHOWN = 40
"""How many characters of a heading a refusal repeats."""
_SAVE_AS = "in the spreadsheet program choose Save as, and there “CSV UTF-8”"
_DAY = re.compile(r"(?P<day>[0-9]{1,2})\.(?P<month>[0-9]{1,2})\.(?P<year>[0-9]{4})")
_ISO_DAY = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the spreadsheet, and its cells by column, without the space around them ("" where there is none)."""

    number: int
    values: Mapping[str, str]


def read_rows(data: bytes, *, columns: Sequence[str], optional: Sequence[str] = ()) -> list[Row]:
    """Return the rows of a CSV file that are not empty; each has every one of ``columns`` and ``optional``.

    The header may name them in any order and case, with spaces or hyphens for ``_``. Separator (``;``, tab or ``,``) and
    encoding (UTF-8, UTF-16 with its mark, Windows-1252) are found out.

    Raises `InvalidInput` (``field`` is ``rows.ROW.COLUMN`` where there is a place): ``spreadsheet-empty``, ``unknown-column``,
    ``missing-column``, ``doubled-column``, ``value-without-column``; `MalformedInput`: ``spreadsheet-not-csv``,
    ``spreadsheet-encoding``, ``spreadsheet-nul``, ``spreadsheet-quote``; `TooLarge`: ``spreadsheet-too-large``,
    ``too-many-rows``, ``too-many-columns``.
    """
    known = (*columns, *optional)
    text = _text(data)
    chosen = _SEPARATOR_LINE.match(text)
    if chosen:
        text = text[chosen.end() :]
    separator = chosen[1] if chosen else _separator(text, known)
    records = _records(text.rstrip(f"\r\n{separator}"), separator)
    places = _places(next(records)[1], known, required=columns)
    return [_row(number, cells, places, known) for number, cells in records if any(cells)]


def write_rows(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """Return a CSV file as Finnish Excel opens it: UTF-8 with its mark, ``;``, CRLF, formulas neutralised.

    A column that a row does not have stays empty; what a row has beyond ``columns`` is left out.
    """
    lines = [columns, *([row.get(name, "") for name in columns] for row in rows)]
    text = "".join(";".join(map(_written, line)) + "\r\n" for line in lines)
    return codecs.BOM_UTF8 + text.encode()


def read_date(text: str, *, field: str | None = None) -> date:
    """Return the day that is written as 20.11.2026 or 2026-11-20. Raises `InvalidInput` (``date``) for anything else."""
    written = _DAY.fullmatch(text) or _ISO_DAY.fullmatch(text)
    try:
        if written:
            return date(int(written["year"]), int(written["month"]), int(written["day"]))
    except ValueError:
        pass  # the calendar has no such day
    raise InvalidInput("date", "Write the day as 20.11.2026 or 2026-11-20.", field=field)


def _text(data: bytes) -> str:
    """Return the file as text, if it can be one."""
    if len(data) > LARGEST_FILE:
        limit = LARGEST_FILE // 1024 // 1024
        raise TooLarge(
            "spreadsheet-too-large", f"The file is larger than {limit} MiB; divide it into several files.", field="file"
        )
    if data.startswith(_WORKBOOKS):
        raise MalformedInput(
            "spreadsheet-not-csv", f"This is a workbook (XLSX, XLS or ODS), not CSV: {_SAVE_AS}.", field="file"
        )
    return _decoded(data)


def _decoded(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            data, encodings = data.removeprefix(mark), [encoding]
            break
    else:
        encodings = ["utf-8", "cp1252"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise MalformedInput("spreadsheet-encoding", f"The letters of this file cannot be read: {_SAVE_AS}.", field="file")


def _separator(text: str, known: Sequence[str]) -> str:
    """Return the separator that finds the most known columns in the header, or else the most columns."""

    def found(separator: str) -> tuple[int, int]:
        try:
            _, header = next(_records(text, separator))
        except MalformedInput:
            return -1, 0
        return sum(_name(cell) in known for cell in header), len(header)

    return max(_SEPARATORS, key=found)


def _records(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row's number and cells. Raises for what no row can be, with the place."""
    cell = re.compile(
        rf'(?:"(?P<quoted>[^"]*+(?:""[^"]*+)*+)" *+|(?P<plain>[^{separator}\r\n]*+))(?P<end>{separator}|\r\n?|\n|\Z)'
    )
    number, cells, position = 1, list[str](), 0
    # the pattern matches anywhere: a plain cell may be empty, and then comes a separator, a line break or the end
    while found := cell.match(text, position):
        cells.append(_value(found, number, len(cells) + 1))
        position = found.end()
        if found["end"] == separator:
            if len(cells) == MOST_COLUMNS:
                raise TooLarge(
                    "too-many-columns", f"Row {number} has more than {MOST_COLUMNS} columns.", field=f"rows.{number}"
                )
            continue
        yield number, cells
        if not found["end"]:
            return
        number, cells = number + 1, []
        if number > MOST_ROWS + 1:
            raise TooLarge(
                "too-many-rows",
                f"The file has more than {MOST_ROWS} rows under its header; divide it into several files.",
                field=f"rows.{number}",
            )


def _value(cell: re.Match[str], row: int, column: int) -> str:
    """Return what a cell says. Raises for one that is not closed, or no text."""
    plain = cell["plain"]
    if plain is not None and plain.startswith('"'):
        raise _no_cell(
            "spreadsheet-quote",
            'it begins with a quotation mark that is not closed as it should; close it, and write " inside it twice',
            row,
            column,
        )
    value: str = cell["quoted"].replace('""', '"') if plain is None else plain
    if "\0" in value:
        raise _no_cell(
            "spreadsheet-nul", f"it holds the character NUL, so this may not be CSV: {_SAVE_AS}", row, column
        )
    return value and _unneutralised(value).strip()


def _places(header: Sequence[str], known: Sequence[str], *, required: Sequence[str]) -> dict[int, str]:
    """Return which column stands at which place (from 0) of the header. Raises for unknown, doubled and missing ones."""
    there_are = f"the columns are: {', '.join(known)}"
    if not any(header):
        raise InvalidInput(
            "spreadsheet-empty", f"The first row is empty; it names the columns, and {there_are}.", field="rows.1"
        )
    places: dict[int, str] = {}
    for place, heading in enumerate(header):
        name, where = _name(heading), f"Row 1, column {place + 1}"
        if not name:
            continue
        if name not in known:
            raise InvalidInput(
                "unknown-column",
                f"{where}: there is no column “{heading[:_SHOWN]}”; {there_are}. Take it out or mend its name.",
                field=f"rows.1.{place + 1}",
            )
        if name in places.values():
            raise InvalidInput(
                "doubled-column",
                f"{where}: there is a column {name} before this one; take one of them out.",
                field=f"rows.1.{place + 1}",
            )
        places[place] = name
    missing = [name for name in required if name not in places.values()]
    if missing:
        raise InvalidInput(
            "missing-column",
            f"Row 1 does not name the column {', '.join(missing)}; {there_are}.",
            field="rows.1",
        )
    return places


def _row(number: int, cells: Sequence[str], places: Mapping[int, str], known: Sequence[str]) -> Row:
    for place, value in enumerate(cells):
        if value and place not in places:
            raise InvalidInput(
                "value-without-column",
                f"Row {number}, column {place + 1} stands under no heading; take it out, or put text that holds "
                "the separator into quotation marks.",
                field=f"rows.{number}.{place + 1}",
            )
    values = dict.fromkeys(known, "")
    values.update((places[place], value) for place, value in enumerate(cells) if place in places)
    return Row(number, values)


def _no_cell(code: str, words: str, row: int, column: int) -> MalformedInput:
    return MalformedInput(code, f"Row {row}, column {column} cannot be read: {words}.", field=f"rows.{row}.{column}")


def _name(heading: str) -> str:
    return re.sub(r"[\s_-]+", "_", heading).casefold()


def _written(value: str) -> str:
    cell = f"'{value}" if _could_be_formula(value) else value
    if re.search(r'[";\r\n]', cell):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def _unneutralised(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _could_be_formula(cell[1:]) else cell


def _could_be_formula(value: str) -> bool:
    """Tell whether a program could calculate this cell, or could once the apostrophes before it are taken away.

    What begins with = + - or @, behind space or invisible characters too, in ASCII or in a form compatible with it (the
    full-width ones), and what begins with a tab or a line break.
    """
    bare = value.lstrip("'")
    first = next((sign for sign in bare if sign.isprintable() and not sign.isspace()), "")
    return bare.startswith(("\t", "\r", "\n")) or normalize("NFKC", first).startswith(("=", "+", "-", "@"))
