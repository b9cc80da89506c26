"""The files of the second place: one for each month, lines are only ever appended, each with a checksum of its own.

A line is the first 16 hex digits of the SHA-256 of its JSON, a space, and the JSON. The first line of a file says whose it is. What a
crash left half-written at the end is passed over by readers and cut before the next line is appended; damage anywhere else is
refused with its place.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

import orjson

from okbadges.errors import ConfigurationError, InvalidInput, Unavailable
from okbadges.operations.dump import sync_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

FORMAT = 1
_CHECK_DIGITS = 16
_BLOCK = 1 << 16
Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose journal it is: the base URL, and the fingerprint of the secret that seals."""

    base_url: str
    secret_fingerprint: str

    def header(self) -> Line:
        """Return the first line of a file."""
        return {"kind": "second-place", "format": FORMAT, "base_url": self.base_url, "secret": self.secret_fingerprint}


class Months:
    """The files of one folder, which belong to one installation."""

    def __init__(self, folder: Path, owner: Owner) -> None:
        """Use ``folder``, which must be there: a disk that is not mounted must not be mistaken for an empty one."""
        if not folder.is_dir():
            raise ConfigurationError(
                "second-place-missing",
                f"There is no folder {folder} for the second place; mount its disk, or make it: mkdir -m 700 {folder}",
            )
        self._folder, self._owner = folder, owner
        for file in self._files():
            with file.open("rb") as opened:
                header = _parsed(opened.readline())
            if header is not None and header != owner.header():
                raise ConfigurationError(
                    "second-place-other",
                    f"{file} belongs to {header.get('base_url')} with another secret or format, not to {owner.base_url}; "
                    "every installation needs a folder of its own.",
                )

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until no other process writes here. What the disk refuses becomes `Unavailable`, in words."""
        try:
            with (self._folder / "lock").open("ab") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except OSError as refused:
            raise Unavailable(
                "second-place-unwritable",
                f"The second place {self._folder} cannot be written: {refused.strerror or refused}. Nothing is lost; "
                "what is missing there is copied when it can be.",
            ) from refused

    def lines(self, since: str = "") -> Iterator[tuple[str, Line]]:
        """Go through all lines but the headers, oldest first, each with the name of its file; from the file ``since`` on.

        Raises `InvalidInput` (``second-place-damaged``).
        """
        for file in self._files():
            if file.name >= since:
                for line in self._lines_of(file):
                    yield file.name, line

    def from_the_end(self) -> Iterator[Line]:
        """Go through all lines but the headers, newest first, without reading more than is asked for."""
        for file in reversed(self._files()):
            with file.open("rb") as opened:
                for _, line in _backwards(opened):
                    if line["kind"] != "second-place":
                        yield line

    def append(self, lines: Iterable[Line], *, now: datetime) -> None:
        """Append lines to the file of this month; they are on the disk when this returns."""
        newest = self._files()[-1:]
        # a clock that went back must not put newer lines into an older file
        file = max([self._folder / f"journal-{now:%Y-%m}.jsonl", *newest])
        with file.open("a+b") as out:
            out.truncate(next((end for end, _ in _backwards(out)), 0))
            if out.seek(0, os.SEEK_END) == 0:
                os.fchmod(out.fileno(), 0o600)
                out.write(_written(self._owner.header()))
            for line in lines:
                out.write(_written(line))
            out.flush()
            os.fsync(out.fileno())
        if file not in newest:
            sync_folder(self._folder)

    def rewrite(self, change: Callable[[Line], Line], *, holding: Iterable[str]) -> None:
        """Pass every line of the files that hold one of these texts through ``change``; a file is replaced whole or not at all."""
        texts = [text.encode() for text in holding]
        for file in self._files():
            if _holds(file, texts):
                self._rewrite(file, change)

    def _rewrite(self, file: Path, change: Callable[[Line], Line]) -> None:
        part = file.with_suffix(".part")
        with part.open("wb") as new:
            os.fchmod(new.fileno(), 0o600)
            new.write(_written(self._owner.header()))
            for line in self._lines_of(file):
                new.write(_written(change(line)))
            new.flush()
            os.fsync(new.fileno())
        part.rename(file)
        sync_folder(self._folder)

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("journal-????-??.jsonl"))

    def _lines_of(self, file: Path) -> Iterator[Line]:
        """Go through a file. A line that is not whole is where a crash was if nothing whole follows it, and damage otherwise."""
        torn = 0
        with file.open("rb") as opened:
            for number, raw in enumerate(opened, start=1):
                line = _parsed(raw)
                if line is None:
                    torn = torn or number
                elif torn:
                    raise InvalidInput(
                        "second-place-damaged",
                        f"{file}, line {torn}, was altered or is damaged. Put another copy of this file in its place; "
                        "while the database is whole, an empty folder is filled anew by: okbadges second-place copy",
                    )
                elif line["kind"] != "second-place":
                    yield line


def _backwards(opened: IO[bytes]) -> Iterator[tuple[int, Line]]:
    """Go through the whole lines of a file from its end, each with the place where it ends."""
    position = end = opened.seek(0, os.SEEK_END)
    read = b""
    while position or read:
        cut = read.rfind(b"\n", 0, -1)
        if cut < 0 and position:
            step = min(_BLOCK, position)
            position -= step
            opened.seek(position)
            read = opened.read(step) + read
            continue
        raw, read = read[cut + 1 :], read[: cut + 1]
        line = _parsed(raw)
        if line is not None:
            yield end, line
        end -= len(raw)


def _written(line: Line) -> bytes:
    text = orjson.dumps(line)
    return _check_digits(text) + b" " + text + b"\n"


def _parsed(raw: bytes) -> Line | None:
    """Return what a line says; None for one that is not as it was written."""
    digits, _, text = raw.partition(b" ")
    if not text.endswith(b"\n") or digits != _check_digits(text[:-1]):
        return None
    line: Line = orjson.loads(text)
    return line


def _check_digits(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest()[:_CHECK_DIGITS].encode()


def _holds(file: Path, texts: list[bytes]) -> bool:
    with file.open("rb") as opened:
        return any(text in raw for raw in opened for text in texts)
