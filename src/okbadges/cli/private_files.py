"""Files that hold what only their owner may read, such as claim links and the codes of cards."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from okbadges.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)


@contextmanager
def new_private(path: Path) -> Iterator[BinaryIO]:
    """Open a new file that only its owner can read, before what goes into it is made; it goes again when the block fails.

    Raises `InvalidInput` (``file-unwritable``), also rather than overwrite a file.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise InvalidInput(
            "file-unwritable", f"{path} is already there and is not overwritten; choose another name.", field="output"
        ) from None
    except OSError as refused:
        raise InvalidInput(
            "file-unwritable", f"{path} cannot be written: {refused.strerror}.", field="output"
        ) from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
    except BaseException:
        path.unlink(missing_ok=True)
        raise
