"""A result as a picture: for each row that has a target, how many times what is wanted it reached, on a logarithmic scale.

The SVG is written by hand. Its colours follow the reader's light or dark setting, and a picture without that setting stays readable on
white and on black: text and lines have the reader's own colours, and what missed its target says so in words too.
"""

from __future__ import annotations

from html import escape
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Final

from table import figure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from measures import Row

_WIDTH: Final = 960
_LEFT: Final = 430
_RIGHT: Final = 120
_TOP: Final = 56
_LINE: Final = 24
_LONGEST: Final = 62
"""Characters of a row's name."""
_STYLE: Final = """
  :root { color-scheme: light dark; }
  text { font: 13px system-ui, sans-serif; fill: #1b1f24; }
  .small { font-size: 12px; fill: #57606a; }
  .paper { fill: #ffffff; }
  .grid { stroke: #d0d7de; }
  .wanted { stroke: #1b1f24; stroke-width: 1.5; }
  .met { fill: #1a7f6b; }
  .missed { fill: #b3471d; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .small { fill: #9da7b3; }
    .paper { fill: #0d1117; }
    .grid { stroke: #30363d; }
    .wanted { stroke: #e6edf3; }
    .met { fill: #3fb9a1; }
    .missed { fill: #f0883e; }
  }
"""


def drawn(rows: Sequence[Row], title: str) -> str:
    """Return the SVG. Rows without a target or a ratio are not in it; without any row it has only the title and says so."""
    shown = [(row, row.ratio / row.wanted) for row in rows if row.ratio and row.wanted]
    low, high = _decades([reached for _, reached in shown])
    height = _TOP + _LINE * max(1, len(shown)) + 40

    def across(reached: float) -> float:
        return _LEFT + (log10(reached) - low) / (high - low) * (_WIDTH - _LEFT - _RIGHT)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{escape(title)}">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style>",
        f'<rect class="paper" width="{_WIDTH}" height="{height}"/><text x="16" y="26">{escape(title)}</text>',
        *(_scale(10.0**power, across, height) for power in range(low, high + 1)),
    ]
    if not shown:
        parts.append(f'<text class="small" x="16" y="{_TOP + 16}">Nothing was measured that has a target.</text>')
    for place, (row, reached) in enumerate(shown):
        parts.append(_bar(row, reached, _TOP + _LINE * place, across(1.0), across(reached)))
    if shown:
        parts.append(
            f'<line class="wanted" x1="{across(1.0):.1f}" x2="{across(1.0):.1f}" y1="{_TOP - 8}" y2="{height - 32}"/>'
        )
    return "\n".join([*parts, "</svg>", ""])


def _decades(values: Sequence[float]) -> tuple[int, int]:
    """Return the powers of ten that hold all values, and 1."""
    lowest, highest = min([*values, 1.0]), max([*values, 1.0])
    low, high = floor(log10(lowest)), ceil(log10(highest))
    return (low, high) if low < high else (low - 1, high + 1)


def _scale(value: float, across: Callable[[float], float], height: int) -> str:
    x = across(value)
    name = "as wanted" if value == 1 else f"{value:g} ×"
    return (
        f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 8}" y2="{height - 32}"/>'
        f'<text class="small" x="{x:.1f}" y="{height - 14}" text-anchor="middle">{name}</text>'
    )


def _bar(row: Row, reached: float, y: int, one: float, end: float) -> str:
    kind = "met" if row.met else "missed"
    said = f"{figure(reached)} ×" + ("" if row.met else ", not met")
    left, width = min(one, end), max(abs(end - one), 1.5)
    name = f"{row.name}, {row.against}"
    return (
        f'<text x="{_LEFT - 12}" y="{y + 14}" text-anchor="end">{escape(_short(name))}</text>'
        f'<rect class="{kind}" x="{left:.1f}" y="{y + 3}" width="{width:.1f}" height="{_LINE - 9}" rx="2"/>'
        f'<text class="small" x="{max(one, end) + 6:.1f}" y="{y + 14}">{said}</text>'
    )


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
