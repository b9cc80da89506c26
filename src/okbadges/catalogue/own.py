"""Where the definitions are that came along with this release."""

from __future__ import annotations

from pathlib import Path

_PACKAGED = Path(__file__).resolve().parent.parent / "_badge_definitions"
_CHECKOUT = Path(__file__).resolve().parents[3] / "badge_definitions"


def own_definitions() -> Path:
    """Return the definitions in the installed package, or at the top of a checkout."""
    return _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT
