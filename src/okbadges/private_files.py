"""Files that hold a secret: read only where nobody else on the machine can read them."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from okbadges.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path


def read_private(path: Path, *, what: str = "secret", mended: str | None = None) -> str:
    """Return what is in a file that is ``what``. Raises `ConfigurationError`: ``secret-unreadable`` (``mended`` says what to do), ``secret-exposed``."""
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as unreadable:
        raise ConfigurationError(
            "secret-unreadable",
            f"The {what} {path} cannot be read ({type(unreadable).__name__}); "
            f"{mended or f'make one with: okbadges secret create {path}'}",
        ) from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigurationError(
            "secret-exposed", f"The {what} {path} can be read by others on this machine; run: chmod 600 {path}"
        )
    return text
