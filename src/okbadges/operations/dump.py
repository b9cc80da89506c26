"""A file that holds whole tables: a backup, or an issuer that is handed over.

A zip archive of one JSON line for each row, with a manifest that says what it is and gives the count and the SHA-256 of every
table. It is written beside its place and put there when it is complete and on the disk; whatever is not whole is refused.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import zipfile
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime  # noqa: TC003 - pydantic reads the fields of the manifest at run time
from typing import IO, TYPE_CHECKING, Protocol

import orjson
from pydantic import TypeAdapter

from okbadges.errors import Conflict, InvalidInput, OkbadgesError, Unavailable
from okbadges.operations.chain_walk import ChainWalk, Head
from okbadges.storage.rows import read_back, table_named, written
from okbadges.storage.tables import EventHeadRow, EventRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from okbadges.storage.rows import Row

FORMAT = 1
_MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Facts:
    """How many rows of a table there are, and the SHA-256 of its lines."""

    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a file holds and where it comes from. ``revision`` is the version of the database's tables."""

    kind: str
    format: int
    okbadges: str
    revision: str
    base_url: str
    secret_fingerprint: str
    demo: bool
    made_at: datetime
    newest_event_at: datetime | None
    heads: dict[str, Head]
    tables: dict[str, Facts]


class Box(Protocol):
    """How each line is locked away: ``place`` is the table and the number of the line."""

    def lock(self, line: bytes, place: str) -> bytes:
        """Return the line as it stands in the file."""

    def open(self, line: bytes, place: str) -> bytes:
        """Return the line as it was. Raises ValueError or `InvalidInput` for one that was altered or belongs elsewhere."""


class Plain:
    """No box: what is secret in a row is sealed already."""

    def lock(self, line: bytes, place: str) -> bytes:  # noqa: ARG002 - the shape of a box
        """Return the line."""
        return line

    def open(self, line: bytes, place: str) -> bytes:  # noqa: ARG002 - the shape of a box
        """Return the line."""
        return line


class DumpWriter:
    """Writes tables into an archive, one row in memory at a time."""

    def __init__(self, out: IO[bytes], box: Box) -> None:
        """Write to ``out``; `close` completes the archive."""
        self._archive = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, allowZip64=True)
        self._box = box
        self.tables: dict[str, Facts] = {}

    def add(self, name: str, rows: Iterable[Row]) -> None:
        """Add a table."""
        digest, count = hashlib.sha256(), 0
        with self._archive.open(f"{name}.jsonl", "w", force_zip64=True) as member:
            for row in rows:
                count += 1
                line = self._box.lock(orjson.dumps(written(row)), f"{name}:{count}") + b"\n"
                digest.update(line)
                member.write(line)
        self.tables[str(name)] = Facts(count, digest.hexdigest())

    def close(self, manifest: Manifest) -> None:
        """Add the manifest and complete the archive."""
        self._archive.writestr(_MANIFEST, self._box.lock(orjson.dumps(asdict(manifest)), _MANIFEST))
        self._archive.close()


class Dump:
    """An archive that is being read. Everything here raises `InvalidInput` (``file-damaged``) for one that is not whole."""

    def __init__(self, file: Path, kind: str, box: Box) -> None:
        """Open the archive and read its manifest. Raises `InvalidInput` when it holds something else, too."""
        self._file, self._box = file, box
        with self._in_words():
            self._archive = zipfile.ZipFile(file)
            self.manifest = TypeAdapter(Manifest).validate_json(box.open(self._archive.read(_MANIFEST), _MANIFEST))
        if self.manifest.kind != kind or self.manifest.format != FORMAT:
            self._archive.close()
            raise InvalidInput(
                "file-kind",
                f"{file} is a {self.manifest.kind} of format {self.manifest.format} (okbadges {self.manifest.okbadges}), "
                f"and a {kind} of format {FORMAT} is needed.",
            )

    def close(self) -> None:
        """Close the archive."""
        self._archive.close()

    def rows(self, name: str) -> Iterator[Row]:
        """Go through the rows of a table."""
        table = table_named(name)
        with self._in_words():
            for number, line in enumerate(self._lines(name), start=1):
                yield read_back(table, orjson.loads(self._box.open(line, f"{name}:{number}")))

    def check(self) -> None:
        """Read everything: counts, hashes, and every chain of the journal up to its head."""
        with self._in_words():
            self._require({info.filename for info in self._archive.infolist()}, {*self._names(), _MANIFEST})
            for name, facts in self.manifest.tables.items():
                digest, count = hashlib.sha256(), 0
                for line in self._lines(name):
                    digest.update(line)
                    count += 1
                self._require((count, digest.hexdigest()), (facts.rows, facts.sha256))
        walk = ChainWalk({}, where=str(self._file))
        for event in self.rows(EventRow.__tablename__):
            walk.step(event)
        heads = {row["chain"]: (row["number"], row["event_hash"]) for row in self.rows(EventHeadRow.__tablename__)}
        self._require((walk.heads, walk.heads), (heads, self.manifest.heads))

    def _names(self) -> Iterator[str]:
        return (f"{name}.jsonl" for name in self.manifest.tables)

    def _lines(self, name: str) -> Iterator[bytes]:
        with self._archive.open(f"{name}.jsonl") as member:
            yield from member

    def _require(self, found: object, expected: object) -> None:
        if found != expected:
            raise self._damaged()

    def _damaged(self) -> InvalidInput:
        return InvalidInput(
            "file-damaged", f"{self._file} is not whole or was altered; nothing was read from it. Use another copy."
        )

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise InvalidInput("file-missing", f"There is no file {self._file}.") from None
        except PermissionError:
            raise InvalidInput("file-unreadable", f"{self._file} cannot be read by this account.") from None
        except OkbadgesError:
            raise
        except Exception as broken:
            # each byte can be wrong, and the archive's reader has an error of another kind for each
            raise self._damaged() from broken


@contextmanager
def opened_dump(file: Path, kind: str, box: Box | None = None) -> Iterator[Dump]:
    """Open an archive for reading (see `Dump`)."""
    dump = Dump(file, kind, box or Plain())
    try:
        yield dump
    finally:
        dump.close()


@contextmanager
def new_file(file: Path, *, force: bool = False) -> Iterator[IO[bytes]]:
    """Give a file to write, its owner's alone, that is at its place when it is complete and on the disk, or not at all.

    Raises `Conflict` (``file-exists``, unless ``force``; ``file-busy``) and `Unavailable` (``file-unwritable``) in words.
    """
    _refuse_existing(file, force=force)
    part = file.with_name(f".{file.name}.part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            _lock(out, part)
            os.fchmod(descriptor, 0o600)
            out.truncate()
            yield out
            out.flush()
            os.fsync(descriptor)
            _refuse_existing(file, force=force)
            part.rename(file)
        sync_folder(file.parent)
    except BlockingIOError:
        raise Conflict("file-busy", f"Another program is writing {file} right now.") from None
    except BaseException as failed:
        part.unlink(missing_ok=True)
        if isinstance(failed, OSError):
            raise Unavailable("file-unwritable", f"{file} cannot be written: {failed.strerror or failed}.") from failed
        raise


def _lock(out: IO[bytes], part: Path) -> None:
    """Make sure that nobody else writes this file. Raises BlockingIOError, also when it was moved to its place meanwhile."""
    fcntl.flock(out, fcntl.LOCK_EX | fcntl.LOCK_NB)
    if not os.path.samestat(os.fstat(out.fileno()), part.stat()):
        raise BlockingIOError


def sync_folder(folder: Path) -> None:
    """Make sure that a new name in a folder survives the machine."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refuse_existing(file: Path, *, force: bool) -> None:
    if file.exists() and not force:
        raise Conflict("file-exists", f"{file} is already there; give another name, or --force to write over it.")
