"""A pytest plugin: where CI is set, a test that is skipped because something is missing has failed.

A skip whose reason starts with "needs " names a tool or a file that could be there (chromium, node, the shared material). On a
developer's machine that is a skip; in CI it would be a check that looked at nothing, so there it fails with the same words.
Other skips (a test that does not apply) stay skips.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

PREFIX = "Skipped: needs "


def _missing(report: pytest.TestReport | pytest.CollectReport) -> str | None:
    """Return what the skipped test needed, or None for every other outcome (an expected failure is reported as skipped too)."""
    if not report.skipped or hasattr(report, "wasxfail") or not isinstance(report.longrepr, tuple):
        return None
    reason = report.longrepr[2]
    return reason.removeprefix("Skipped: ") if reason.startswith(PREFIX) else None


def _fail_if_missing(report: pytest.TestReport | pytest.CollectReport) -> None:
    missing = _missing(report)
    if missing is not None and os.environ.get("CI"):
        report.outcome = "failed"
        report.longrepr = f"CI must not skip this: {missing}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn the skip of one test into its failure."""
    report = yield
    _fail_if_missing(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn the skip of a whole module into its failure."""
    report = yield
    _fail_if_missing(report)
    return report
