"""Fuzz one target: `python one.py NAME CORPUS [SEEDS …] [-libfuzzer_option=…]`. Started by run.py, each target in a process of its own."""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

TESTS = Path(__file__).resolve().parent.parent
for folder in (TESTS, TESTS.parent / "src"):
    sys.path.insert(0, str(folder))

name = sys.argv.pop(1)
with atheris.instrument_imports(include=["okbadges"], enable_loader_override=False):
    from fuzz.finding import load

    target = load(name)

atheris.Setup(sys.argv, target.run)
atheris.Fuzz()
