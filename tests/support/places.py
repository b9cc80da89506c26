"""A pytest plugin: where the checkout is, and the shared material beside it.

It stands apart from conftest.py so that the tests of the two lowest rooms can run with this alone (see tests/mutation).
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is slow, not wrong: no example of a property fails for the time it took.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

CHECKOUT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="session")
def checkout() -> Path:
    """Return the top of the checkout."""
    return CHECKOUT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the shared material beside the checkout; the test is skipped where it is not there."""
    folder = CHECKOUT.parent / "shared"
    if not (folder / "README.md").is_file():
        pytest.skip(f"needs the shared material: {folder} is not there")
    return folder
