"""axe-core on an open page: the barriers that it finds, each as a line that names its rule and the element."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from playwright.sync_api import Page

INSTALLED = ".cache/axe/node_modules/axe-core/axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
Scheme = Literal["light", "dark"]
_RUN = """async ({ tags, colours }) => {
  const colourRules = () => axe.getRules(["cat.color"]).filter((rule) => rule.tags.some((tag) => tags.includes(tag)));
  const runOnly = colours ? { type: "rule", values: colourRules().map((rule) => rule.ruleId) } : { type: "tag", values: tags };
  const found = await axe.run(document, { runOnly, resultTypes: ["violations"], selectors: false, preload: false });
  return found.violations;
}"""


@dataclass(frozen=True, slots=True)
class Axe:
    """axe-core's script as it was installed."""

    source: str

    @classmethod
    def installed_in(cls, checkout: Path) -> Axe | None:
        """Return axe-core as `make interop` installed it, or None."""
        script = checkout / INSTALLED
        return cls(script.read_text(encoding="utf-8")) if script.is_file() else None

    def look(self, page: Page) -> list[str]:
        """Return the barriers on the page: all rules of WCAG 2.0, 2.1 and 2.2, levels A and AA, in light; those about colour in dark too.

        The page is not loaded again: only its colour scheme changes. The script comes in through the browser's own evaluation, which
        the page's content policy does not concern.
        """
        page.evaluate(self.source)
        page.emulate_media(color_scheme="light")
        found = _lines("light", page.evaluate(_RUN, {"tags": TAGS, "colours": False}))
        page.emulate_media(color_scheme="dark")
        return found + _lines("dark", page.evaluate(_RUN, {"tags": TAGS, "colours": True}))


def _lines(scheme: Scheme, violations: Sequence[dict[str, Any]]) -> list[str]:
    summary: Callable[[dict[str, Any]], str] = lambda node: " ".join(node["failureSummary"].split())  # noqa: E731 - used once
    return [
        f"{scheme}: {rule['id']}: {node['html'][:300]} ({summary(node)[:300]})"
        for rule in violations
        for node in rule["nodes"]
    ]
