"""The frame of the benchmarks: rows, table, picture, kept results, and the check that sees a ratio fall. No time is asserted."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

BENCH = Path(__file__).resolve().parents[2] / "bench"
TRIED = ("raw", "sign", "verify", "canonical", "thousand", "disclose", "tokens", "ten-thousand")
"""Not among them: those whose counts cannot be made small (the attack suite) or that wait for servers to start."""
SVG = "{http://www.w3.org/2000/svg}"


class Frame:
    """The modules of the frame; those with measures are not imported here."""

    def __init__(self) -> None:
        """Import them."""
        self.measures, self.kept, self.table, self.plot, self.check, self.run = (
            importlib.import_module(name) for name in ("measures", "kept", "table", "plot", "check", "run")
        )

    def rows(self) -> list[Any]:
        """Return a row of every sort."""
        row, limit = self.measures.Row, self.measures.limit
        return [
            row("sign one credential", "libsodium", 80.0, 24.0, target=0.25, note="12 µs <wall>"),
            row("sign one credential", "Node", 80.0, 4000.0, target=80),
            row("answers", "raw", 500.0, 1000.0, "each second", 0.4, "higher"),
            limit("10 000 badges", 2.0, 3.0, unit="s"),
            limit("verify, each second", 900.0, 1000.0, unit="each second", better="higher"),
            row("no peer", "Node", 80.0, None, target=80, note="node is not installed"),
        ]

    def result(self, rows: list[Any] | None = None) -> Any:
        """Return a result as a run would give it."""
        machine = self.kept.machine()
        return self.kept.Result("0.1.0", "2026-11-22", "all of it", machine, self.rows() if rows is None else rows)


@pytest.fixture
def frame() -> Iterator[Frame]:
    """Return the frame; nothing of it stays where other tests look for modules."""
    path, before = [*sys.path], {*sys.modules}
    sys.path.insert(0, str(BENCH))
    try:
        yield Frame()
    finally:
        sys.path[:] = path
        for name in {*sys.modules} - before:
            if str(BENCH) in str(getattr(sys.modules[name], "__file__", "")):
                del sys.modules[name]


def test_a_row_says_how_many_times_better_and_whether_that_is_enough(frame: Frame) -> None:
    """Times and rates turn round; a limit is its own peer; what was not measured is neither met nor missed."""
    assert [row.ratio and round(row.ratio, 3) for row in frame.rows()] == [0.3, 50, 0.5, 1.5, 0.9, None]
    assert [row.met for row in frame.rows()] == [True, False, True, True, False, None]


def test_contenders_take_turns_and_the_median_counts(frame: Frame) -> None:
    """One short turn each, and round again; the first turns are not counted."""
    spent, seen = frame.measures.Spent, []
    figures = {"ours": iter([9] * 5 + [1, 2, 90, 1, 2]), "peer": iter([9] * 5 + [30, 10, 20, 40, 10])}

    def repetition(name: str) -> Any:
        seen.append(name)
        return spent(next(figures[name]), 0)

    effort = frame.measures.Effort(rounds=1)
    took = frame.measures.alternating({name: lambda name=name: repetition(name) for name in figures}, effort)
    assert seen == ["ours", "peer"] * 10
    assert {name: one.cpu for name, one in took.items()} == {"ours": 2, "peer": 20}
    assert took["peer"].without(took["ours"]).cpus == (29, 8, -70, 39, 8)


def test_a_ratio_is_that_of_most_turns(frame: Frame) -> None:
    """A machine that is slow for some turns is slow for both, which leaves the ratio and spoils the two medians; the quickest are told too."""
    turns, beside = frame.measures.Turns, frame.measures.beside
    ours, peer = turns((10, 20, 20, 10, 20), (0,) * 5), turns((40, 80, 40, 40, 80), (0,) * 5)
    row = beside("sign", "Node", ours, peer, target=4, note="the same bytes")
    assert (row.ours, row.peer, row.ratio, row.met) == (20, 40, 4, True)
    assert row.note.startswith("the same bytes; in the quickest tenth 10 µs, 4 ")
    alone = beside("sign", "Node", ours, None, target=4, note="not installed")
    assert (alone.ratio, alone.met, alone.note) == (None, None, "not installed")


def test_the_table_tells_every_row(frame: Frame) -> None:
    """Each row is there with its verdict in words, on the terminal and in Markdown, and again in the same place."""
    told = frame.table.on_terminal(frame.rows())
    assert told.count("not met") == 2
    assert "node is not installed" in told
    markdown = frame.table.as_markdown(frame.result(), "bench/results/0.1.0.svg")
    assert markdown.count("\n| sign one credential |") == 2
    assert "(bench/results/0.1.0.svg)" in markdown
    assert "turns (all of it)" in markdown


def test_a_row_that_only_tells_has_neither_limit_nor_ratio(frame: Frame) -> None:
    """A figure without a target stands alone in its line."""
    only_told = frame.measures.Row("memory", frame.measures.LIMIT, 132.0, None, "MiB")
    assert frame.table.as_markdown(frame.result([only_told]), "plot.svg").endswith("| memory | 132 MiB |  |  |  |  |")


def test_the_table_stands_between_the_marks_of_the_readme(frame: Frame, tmp_path: Path) -> None:
    """What stood there goes, what stands around it stays; without marks nothing is written."""
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n\n{frame.table.BEGIN}\n\nold\n\n{frame.table.END}\n\nafter\n", encoding="utf-8")
    for text in ("new", "newer"):
        assert frame.table.put_into(readme, text)
    wanted = f"before\n\n{frame.table.BEGIN}\n\nnewer\n\n{frame.table.END}\n\nafter\n"
    assert readme.read_text(encoding="utf-8") == wanted
    readme.write_text("no marks\n", encoding="utf-8")
    assert not frame.table.put_into(readme, "new")
    assert readme.read_text(encoding="utf-8") == "no marks\n"


def test_the_picture_has_a_bar_for_each_target(frame: Frame) -> None:
    """It is well-formed, has one bar for each row with target and ratio, and colours for light and dark."""
    drawn = frame.plot.drawn(frame.rows(), "what was reached")
    picture = ET.fromstring(drawn)  # noqa: S314 - our own picture
    bars = [bar for bar in picture.iter(f"{SVG}rect") if bar.get("class") in {"met", "missed"}]
    assert [bar.get("class") for bar in bars] == ["met", "missed", "met", "met", "missed"]
    assert "prefers-color-scheme: dark" in drawn
    assert ET.fromstring(frame.plot.drawn([], "nothing")).tag == f"{SVG}svg"  # noqa: S314 - the same


def test_a_result_is_read_as_it_was_written(frame: Frame, tmp_path: Path) -> None:
    """The file has everything, and each ratio beside it for whoever reads only the file."""
    file = tmp_path / "results" / "0.1.0.json"
    frame.result().write(file)
    assert frame.kept.read(file) == frame.result()
    assert [row["met"] for row in json.loads(file.read_text())["rows"]] == [True, False, True, True, False, None]


@pytest.mark.parametrize(
    ("worse", "found"),
    [
        (1.0, []),
        (1.2, []),
        (1.3, ["sign one credential | libsodium", "sign one credential | Node", "10 000 badges | limit"]),
    ],
)
def test_a_ratio_that_fell_by_more_than_a_fifth_is_found(frame: Frame, worse: float, found: list[str]) -> None:
    """Times that are longer by 20 % lose a sixth of the ratio, which may be; 30 % lose more than a fifth."""
    now = [replace(row, ours=row.ours * worse) if row.better == "lower" else row for row in frame.rows()]
    assert [fallen.key for fallen in frame.check.fallen(frame.rows(), now)] == found


def test_a_row_that_is_not_measured_any_more_has_fallen(frame: Frame) -> None:
    """Missing is as bad as slow, unless only a part was measured."""
    now = frame.rows()[1:]
    assert [fallen.key for fallen in frame.check.fallen(frame.rows(), now)] == ["sign one credential | libsodium"]
    assert frame.check.fallen(frame.rows(), now, only_those_measured=True) == []


def test_the_check_ends_with_1_when_a_ratio_fell(
    frame: Frame, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Against the newest release that is kept, by number and not by letter."""
    rows = frame.rows()
    frame.result([]).write(tmp_path / "0.9.0.json")
    frame.result(rows).write(tmp_path / "0.10.0.json")
    slower = frame.result([replace(row, ours=row.ours * 2) for row in rows])
    slower.write(tmp_path / "fresh" / "now.json")
    arguments = ["--results", str(tmp_path), "--fresh"]
    assert frame.check.main([*arguments, str(tmp_path / "fresh" / "now.json")]) == 1
    assert "FELL sign one credential | Node" in capsys.readouterr().out
    assert frame.check.main([*arguments, str(tmp_path / "0.10.0.json")]) == 0
    assert frame.check.main(["--results", str(tmp_path / "nothing"), "--fresh", "x"]) == 2


@pytest.mark.long
def test_a_whole_run_measures_prints_and_keeps(tmp_path: Path) -> None:
    """With as little effort as there can be, each measure proves on the way that what it times is right and that peers agree."""
    readme = tmp_path / "README.md"
    readme.write_text("<!-- bench: begin -->\n<!-- bench: end -->\n", encoding="utf-8")
    chosen = [word for name in TRIED for word in ("--only", name)]
    kept = ["--results", str(tmp_path), "--readme", str(readme)]
    command = [sys.executable, str(BENCH / "run.py"), "--scale", "0.001", *chosen, *kept]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    result = json.loads(next(tmp_path.glob("*.json")).read_text(encoding="utf-8"))
    rows = {(row["name"], row["against"]): row for row in result["rows"]}
    assert rows["sign one credential", "libsodium"]["ratio"] > 0
    assert rows["canonical bytes", "PyLD"]["ratio"] > 0
    assert rows["10 000 badges, SQLite", "limit"]["ratio"] > 0
    assert "| canonical bytes |" in readme.read_text(encoding="utf-8")
    assert next(tmp_path.glob("*.svg")).read_text(encoding="utf-8").startswith("<svg")
    assert "canonical bytes" in ran.stdout
