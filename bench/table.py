"""A result for people: as a table on the terminal, and as Markdown between two marks in a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from measures import LIMIT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kept import Result
    from measures import Row

BEGIN: Final = "<!-- bench: begin -->"
END: Final = "<!-- bench: end -->"
_HEAD: Final = ("what", "okbadges", "beside", "ratio", "at least", "")


def on_terminal(rows: Sequence[Row]) -> str:
    """Return the rows in columns, the remarks below the row that they belong to."""
    cells = [_HEAD, *map(_cells, rows)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(_HEAD))]
    notes = ["", *(row.note for row in rows)]
    lines = []
    for line, note in zip(cells, notes, strict=True):
        padded = [
            text.ljust(width) if place in {0, 2} else text.rjust(width)
            for place, (text, width) in enumerate(zip(line, widths, strict=True))
        ]
        lines += ["  ".join(padded).rstrip(), *([f"    {note}"] if note else [])]
    return "\n".join(lines)


def as_markdown(result: Result, plot: str) -> str:
    """Return the result as Markdown: the machine, the plot (by its address in the document) and the table."""
    about = result.machine
    node = f", Node {about['Node']}" if about["Node"] else ""
    head = (
        f"okbadges {result.release}, measured on {result.measured_on} with {about['processor']}, {about['cores']} cores, "
        f"Python {about['Python']}{node}. Processor time of one operation unless it says otherwise; medians of alternating turns "
        f"({result.effort})."
    )
    lines = ["| what | okbadges | beside | ratio | at least | |", "|---|---:|---|---:|---:|---|"]
    lines += ["| " + " | ".join(_cells(row)) + " |" for row in result.rows]
    return "\n".join([head, "", f"![Each ratio as a part of what is wanted]({plot})", "", *lines])


def put_into(document: Path, text: str) -> bool:
    """Put the text between the marks of a document; say whether it has marks."""
    before, begin, rest = document.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        return False
    document.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")
    return True


def figure(value: float | None) -> str:
    """Return a figure with as many digits as one can believe: three, or all before the point.

    >>> figure(1234.5), figure(12.34), figure(0.25), figure(None)
    ('1 234', '12.3', '0.25', '–')
    """
    if value is None:
        return "–"
    if value >= 100:  # noqa: PLR2004 - no digit behind the point says anything then
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.3g}"


def _cells(row: Row) -> tuple[str, ...]:
    ours = f"{figure(row.ours)} {row.unit}" if row.ours is not None else "–"
    if row.against == LIMIT and row.target is None:
        beside = ""
    elif row.against == LIMIT:
        beside = f"{'at most' if row.better == 'lower' else 'at least'} {figure(row.target)} {row.unit}"
    else:
        beside = f"{row.against} {figure(row.peer)}"
    verdict = {True: "met", False: "not met", None: ""}[row.met]
    wanted = f"{figure(row.wanted)} ×" if row.wanted is not None else ""
    ratio = f"{figure(row.ratio)} ×" if row.ratio is not None else "–" if beside else ""
    return (row.name, ours, beside, ratio, wanted, verdict)
