"""CSV as Finnish Excel and its like write it, read without a guess; and what is written is never taken for a formula."""

from __future__ import annotations

import codecs
import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okbadges.errors import InvalidInput, MalformedInput, TooLarge
from okbadges.spreadsheets import LARGEST_FILE, MOST_COLUMNS, MOST_ROWS, read_date, read_rows, write_rows

COLUMNS = ("badge", "awarded_on", "note")
FORMULAS = (
    "=1+1", "+358 40", "-5", "@SUM(A1)", "\t=1", "\r=1", "\n1", "  =1", "\u00a0=1", "\u200b=1", "\ufeff=1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff20a",
    " \uff1d1", "'=1", "''=1", "=cmd|' /C calc'!A0", '=HYPERLINK("https://x.example";"a")', "\ufe661", "\u207c1",
)  # fmt: skip


def cells(data: bytes) -> list[list[str]]:
    """Read with these columns, all optional, and return the cells of the rows."""
    return [list(row.values.values()) for row in read_rows(data, columns=(), optional=COLUMNS)]


def refused(data: bytes, **asked: tuple[str, ...]) -> InvalidInput:
    """Return how reading is refused."""
    columns = asked or {"columns": ("badge",), "optional": ("awarded_on", "note")}
    with pytest.raises(InvalidInput) as found:
        read_rows(data, **columns)
    assert found.value.detail.endswith(".")
    return found.value


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("cp1252", b""),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
    ],
)
def test_every_way_that_a_spreadsheet_is_saved_is_read(separator: str, end: str, encoding: str, mark: bytes) -> None:
    """Separator, line ends and encoding are found out; Finnish letters and a quoted separator come through."""
    lines = ["badge;awarded_on;note", "digi-turva;20.11.2026;Ääkkösiä \u2013 öitä", 'x;;"a{};""b"'.format(";")]
    text = end.join(line.replace(";", separator) for line in lines) + end
    assert cells(mark + text.encode(encoding)) == [
        ["digi-turva", "20.11.2026", "Ääkkösiä \u2013 öitä"],
        ["x", "", f'a{separator}{separator}"b'],
    ]


def test_headings_are_known_in_any_form() -> None:
    """Case, spaces, hyphens and order do not matter; empty columns and rows at the end do not either."""
    data = b" Awarded On ;BADGE;;;\r\n20.11.2026;a;;;\r\n;;;;\r\n;;;;\r\n"
    rows = read_rows(data, columns=("badge", "awarded-on".replace("-", "_")))
    assert [(row.number, dict(row.values)) for row in rows] == [(2, {"badge": "a", "awarded_on": "20.11.2026"})]


def test_rows_are_numbered_as_the_spreadsheet_does() -> None:
    """An empty row in between counts, and a cell with line breaks is one row."""
    rows = read_rows(b'badge\r\na\r\n\r\n"b\r\nc\nd"\r\ne\r\n', columns=("badge",))
    assert [(row.number, row.values["badge"]) for row in rows] == [(2, "a"), (4, "b\r\nc\nd"), (5, "e")]


def test_cells_lose_the_space_around_them_and_a_short_row_is_filled_up() -> None:
    """Spaces, also those that cannot be told from one, are taken off; a column that is not there reads as empty."""
    assert cells("badge;note\n a \u00a0;  b\nc".encode()) == [["a", "", "b"], ["c", "", ""]]


def test_the_line_by_which_excel_is_told_the_separator_is_obeyed() -> None:
    """``sep=`` in front of the header decides, and is no row."""
    assert cells(b"sep=,\r\nbadge,note\r\na,b;c\r\n") == [["a", "", "b;c"]]
    assert cells(b"SEP=;\nbadge;note\na;b,c") == [["a", "", "b,c"]]


def test_the_header_decides_on_the_separator() -> None:
    """Commas in later rows do not make a file comma-separated, nor semicolons the other way round."""
    assert cells(b"badge;note\na;1,2,3,4,5\nb;,,,,,,\n") == [["a", "", "1,2,3,4,5"], ["b", "", ",,,,,,"]]
    assert cells(b"badge,note\na,1;2;3\nb,;\n") == [["a", "", "1;2;3"], ["b", "", ";"]]
    assert cells(b"badge\na\nb") == [["a", "", ""], ["b", "", ""]]


def test_a_quotation_mark_inside_plain_text_is_text() -> None:
    """Only one at the beginning of a cell quotes it; what follows a closed one may be space."""
    assert cells(b'badge;note\n5" tablet;"a" \nb;""') == [['5" tablet', "", "a"], ["b", "", ""]]


@pytest.mark.parametrize(
    ("data", "kind", "code", "field"),
    [
        (b"", InvalidInput, "spreadsheet-empty", "rows.1"),
        (b"\r\n\r\nbadge", InvalidInput, "spreadsheet-empty", "rows.1"),
        (codecs.BOM_UTF8, InvalidInput, "spreadsheet-empty", "rows.1"),
        (b"badge;nimi\na;Otto", InvalidInput, "unknown-column", "rows.1.2"),
        (b"nimi,osoite\na,b", InvalidInput, "unknown-column", "rows.1.1"),
        (b"badge;note;Badge\na;b;c", InvalidInput, "doubled-column", "rows.1.3"),
        (b"note\na", InvalidInput, "missing-column", "rows.1"),
        (b"badge;note\na;b\nc;d;e", InvalidInput, "value-without-column", "rows.3.3"),
        (b"badge;;note\na;b;c", InvalidInput, "value-without-column", "rows.2.2"),
        (b'badge;note\na;"b\nc;d\n', MalformedInput, "spreadsheet-quote", "rows.2.2"),
        (b'badge;note\n"a\n"b;c', MalformedInput, "spreadsheet-quote", "rows.2.1"),
        (b'"badge;note\na;b', MalformedInput, "spreadsheet-quote", "rows.1.1"),
        (b"badge;note\na\0b;c", MalformedInput, "spreadsheet-nul", "rows.2.1"),
        ("badge;note\na;b".encode("utf-16-le"), MalformedInput, "spreadsheet-nul", "rows.1.1"),
        (codecs.BOM_UTF32_LE + "badge".encode("utf-32-le"), MalformedInput, "spreadsheet-nul", "rows.1.1"),
        (b"badge\n\x81", MalformedInput, "spreadsheet-encoding", "file"),
        (codecs.BOM_UTF8 + b"badge\n\xe4", MalformedInput, "spreadsheet-encoding", "file"),
        (codecs.BOM_UTF16_LE + b"b\0a", MalformedInput, "spreadsheet-encoding", "file"),
        (codecs.BOM_UTF16_LE + b"\0\xd8a\0", MalformedInput, "spreadsheet-encoding", "file"),
        (b"PK\x03\x04\x14\0\x06\0", MalformedInput, "spreadsheet-not-csv", "file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", MalformedInput, "spreadsheet-not-csv", "file"),
        (b"badge\n" + b"a" * LARGEST_FILE, TooLarge, "spreadsheet-too-large", "file"),
        (b"badge\n" + b"a\n" * (MOST_ROWS + 1), TooLarge, "too-many-rows", f"rows.{MOST_ROWS + 2}"),
        (b"badge\n" + b"\n" * MOST_ROWS + b"a", TooLarge, "too-many-rows", f"rows.{MOST_ROWS + 2}"),
        (b"badge" + b";" * MOST_COLUMNS + b"note", TooLarge, "too-many-columns", "rows.1"),
        (b"badge\n" + b";" * MOST_COLUMNS + b"a", TooLarge, "too-many-columns", "rows.2"),
    ],
)
def test_what_is_no_such_file_is_refused_with_its_place(
    data: bytes, kind: type[InvalidInput], code: str, field: str
) -> None:
    """Each refusal has its code and says in which row and column, where there is one."""
    found = refused(data)
    assert (type(found), found.code, found.field) == (kind, code, field)


def test_the_most_rows_are_read() -> None:
    """Exactly as many rows as are allowed."""
    assert len(read_rows(b"badge\n" + b"a\n" * MOST_ROWS, columns=("badge",))) == MOST_ROWS


def test_a_cell_may_be_longer_than_the_library_allows() -> None:
    """The limit of Python's own reader is one for the whole process; nothing here depends on it or changes it."""
    before = csv.field_size_limit()
    long = "ä" * (before + 1)
    assert cells(f'badge\n"{long}"'.encode()) == [[long, "", ""]]
    assert csv.field_size_limit() == before


def test_a_refusal_does_not_repeat_a_cell() -> None:
    """What stands under no heading may be somebody's name: the place is enough."""
    assert "Otto" not in refused(b"badge\na;Otto Oppija").detail


def test_what_is_written_opens_in_excel() -> None:
    """UTF-8 with its mark, semicolons, CRLF; what holds a separator, a quotation mark or a line break is quoted."""
    written = write_rows(("a", "b"), [{"a": "ä;ö", "b": 'x"y'}, {"b": "1\n2", "c": "not asked for"}])
    assert written == codecs.BOM_UTF8 + 'a;b\r\n"ä;ö";"x""y"\r\n;"1\n2"\r\n'.encode()


@pytest.mark.parametrize("value", FORMULAS)
def test_no_cell_is_taken_for_a_formula(value: str) -> None:
    """What a program could calculate begins with an apostrophe; reading takes away exactly that one."""
    written = write_rows(("note",), [{"note": value}])
    [_, [cell]] = csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""), delimiter=";")
    assert cell == f"'{value}"
    assert [row.values["note"] for row in read_rows(written, columns=("note",))] == [value.strip()]


@pytest.mark.parametrize("value", ["a=b", "1", "a@b", "'a", "it's", "a-b", "(=1)", "'"])
def test_other_cells_are_written_as_they_are(value: str) -> None:
    """An apostrophe is only put where it is needed, and only taken away there."""
    assert write_rows(("note",), [{"note": value}]).decode("utf-8-sig") == f"note\r\n{value}\r\n"
    assert cells(f"note\n{value}".encode()) == [["", "", value]]


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
AWKWARD = st.text(st.sampled_from(list("=+-@'\"; \t\r\n,\uff1d\u200b\u00a0a")), max_size=6)


@given(st.lists(st.tuples(TEXTS | AWKWARD, TEXTS | AWKWARD), max_size=5))
def test_what_was_written_is_read_again(pairs: list[tuple[str, str]]) -> None:
    """Whatever is written comes back, but for the space around it and rows that are empty; and Python's reader agrees."""
    written = write_rows(("a", "b"), [{"a": first, "b": second} for first, second in pairs])
    stripped = [(first.strip(), second.strip()) for first, second in pairs]
    read = [(row.values["a"], row.values["b"]) for row in read_rows(written, columns=("a", "b"))]
    assert read == [pair for pair in stripped if any(pair)]
    others = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""), delimiter=";", strict=True))
    assert len(others) == len(pairs) + 1
    for row, pair in zip(others[1:], pairs, strict=True):
        for cell, value in zip(row, pair, strict=True):
            assert cell in (value, f"'{value}")
            assert not cell.strip().startswith(("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"))


@given(st.binary(max_size=60) | st.text(st.sampled_from(list('a;,\t"\r\n \ufeff=')), max_size=30).map(str.encode))
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    """No bytes bring about anything but rows or a refusal in words."""
    try:
        rows = read_rows(b"badge;note\n" + data, columns=("badge",), optional=("note",))
    except InvalidInput:
        return
    assert all(set(row.values) == {"badge", "note"} and any(row.values.values()) for row in rows)
    assert [row.number for row in rows] == sorted({row.number for row in rows})


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("20.11.2026", date(2026, 11, 20)),
        ("2.1.2026", date(2026, 1, 2)),
        ("02.01.2026", date(2026, 1, 2)),
        ("2026-11-20", date(2026, 11, 20)),
        ("29.2.2028", date(2028, 2, 29)),
    ],
)
def test_a_day_is_read_as_finns_and_machines_write_it(text: str, day: date) -> None:
    """Day, month and year with dots, or ISO 8601."""
    assert read_date(text) == day


@pytest.mark.parametrize(
    "text",
    ["", "20.11.26", "11/20/2026", "2026-2-1", "20261120", "31.11.2026", "0.1.2026", "29.2.2027", "20.11.2026 0:00",
     "\u0662\u0660.\u0661\u0661.\u0662\u0660\u0662\u0666", "1.1.0000", " 20.11.2026", "46346", "20-11-2026"],
)  # fmt: skip
def test_no_other_day_is_guessed(text: str) -> None:
    """American dates, years of two digits, Excel's numbers and days that are not in the calendar are refused by name."""
    with pytest.raises(InvalidInput) as found:
        read_date(text, field="awarded_on")
    assert (found.value.code, found.value.field) == ("date", "awarded_on")
