"""How soon a telephone shows what is behind a share link, the first time: milliseconds to the first paint and to the verdict.

``make bench-pages`` runs this. A demo is started, and Debian's chromium opens its pages with an empty cache, its network and its processor
slowed down as below. Chromium delays every request by the latency and holds back bytes; it does not slow down the opening of a
connection, which costs a telephone two or three round trips more before the first byte (DNS, TCP, TLS), for every site alike.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

CHECKOUT: Final = Path(__file__).resolve().parent.parent
for folder in ("tests", "src"):
    sys.path.insert(0, str(CHECKOUT / folder))

from support.chromium import CHROMIUM, PHONE, running_browser  # noqa: E402 - found by the lines above
from support.demo import running_demo  # noqa: E402 - the same

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

WANTED: Final = 1000  # milliseconds
SLOWER: Final = 4  # times slower than this machine, as Lighthouse has a middling telephone
LOOK: Final = """const look = () => {
  if (document.querySelector(".verdict, .overview, .check-form")) window.verdictSeen = performance.now();
  else requestAnimationFrame(look);
};
requestAnimationFrame(look);"""
SHOWN: Final = "performance.getEntriesByName('first-contentful-paint').length && window.verdictSeen"
TIMES: Final = """(() => {
  const [paint] = performance.getEntriesByName("first-contentful-paint"), [page] = performance.getEntriesByType("navigation");
  return [page.responseStart, paint.startTime, Math.max(paint.startTime, window.verdictSeen), page.domContentLoadedEventEnd];
})()"""


@dataclass(frozen=True, slots=True)
class Line:
    """A telephone's network: milliseconds before each answer, and kilobits each second."""

    name: str
    latency: float
    down: int
    up: int = 768


LINES: Final = (
    Line("3G, 150 ms", 150, 1600),
    Line("3G as DevTools has it, 562.5 ms", 562.5, 1440, 675),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """One first view, in milliseconds after the address was opened; and what came over the line."""

    answered: float
    painted: float
    verdict: float
    usable: float
    requests: int
    size: int


@contextmanager
def telephone(browser: Browser, line: Line | None) -> Iterator[Page]:
    """Return a telephone that has seen nothing yet; without a line it is neither slow nor far away."""
    width, height = PHONE
    context = browser.new_context(
        viewport={"width": width, "height": height}, device_scale_factor=2, is_mobile=True, locale="fi-FI"
    )
    page = context.new_page()
    chromium = context.new_cdp_session(page)
    chromium.send("Network.enable")
    if line:
        speed = {"downloadThroughput": line.down * 125, "uploadThroughput": line.up * 125}  # bytes each second
        chromium.send("Network.emulateNetworkConditions", {"offline": False, "latency": line.latency, **speed})
        chromium.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.add_init_script(LOOK)
    try:
        yield page
    finally:
        context.close()


def first_view(browser: Browser, url: str, line: Line | None) -> Seen:
    """Open a page for the first time."""
    sizes: list[int] = []
    with telephone(browser, line) as page:
        page.on("requestfinished", lambda request: sizes.append(sum(_sizes(request.sizes()))))
        page.goto(url, wait_until="networkidle")
        page.wait_for_function(SHOWN)
        answered, painted, verdict, usable = page.evaluate(TIMES)
    return Seen(answered, painted, verdict, usable, len(sizes), sum(sizes))


def _sizes(sizes: dict[str, int]) -> tuple[int, int]:
    return sizes["responseHeadersSize"], sizes["responseBodySize"]


def report(browser: Browser, name: str, url: str, times: int) -> None:
    """Measure a page on every line and print the middle of all runs, and the best, which a busy machine spoils least."""
    first_view(browser, url, None)  # the server has read what it reads once
    for line in LINES:
        seen = [first_view(browser, url, line) for _ in range(times)]
        middle = [round(median(values)) for values in zip(*map(_times, seen), strict=True)]
        best = [round(min(values)) for values in zip(*map(_times, seen), strict=True)]
        over = "" if middle[2] <= WANTED else f"   over {WANTED} ms"
        print(f"{name:<10} {line.name:<32} {_columns(middle)}   best {_columns(best)}{over}")
    print(f"{name:<10} {seen[0].requests} requests, {seen[0].size / 1000:.1f} kB with their headers")


def _times(seen: Seen) -> tuple[float, float, float, float]:
    return seen.answered, seen.painted, seen.verdict, seen.usable


def _columns(values: list[int]) -> str:
    return " ".join(f"{value:>6}" for value in values)


def main() -> int:
    """Measure; the exit status is 2 when there is no browser. Nothing fails for being slow: that depends on the machine."""
    parser = argparse.ArgumentParser(description="Measure how soon a page is seen on a slow telephone.")
    parser.add_argument("--times", type=int, default=7, help="how often each page is opened")
    asked = parser.parse_args()
    if not CHROMIUM.exists():
        print("Debian's chromium is needed: apt-get install chromium", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as kept, running_demo(Path(kept)) as demo, running_browser() as browser:
        print(
            f"milliseconds; processor {SLOWER} times slower; {asked.times} first views each, their middle and the best"
        )
        print(f"{'':<43} answer  paint verdict usable")
        for name, url in {"valid": demo.valid, "revoked": demo.revoked, "check": f"{demo.base_url}/verify"}.items():
            report(browser, name, url, asked.times)
    return 0


if __name__ == "__main__":
    sys.exit(main())
