"""Other people's libraries in processes of their own, taking turns with us: Node, and openbadgeslib in its own environment.

`bench/peers/install.sh` installs them; what is not there is not measured against, and the row says so.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from measures import Spent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

CHECKOUT: Final = Path(__file__).resolve().parent.parent
PROGRAMS: Final = Path(__file__).resolve().parent / "peers"
NODE_FOLDER: Final = CHECKOUT / ".cache" / "bench-node"
OPENBADGESLIB: Final = CHECKOUT / ".cache" / "bench-openbadgeslib" / "bin" / "python"
NO_NODE: Final = "not measured: node and its libraries are not installed (bench/peers/install.sh)"
NO_OPENBADGESLIB: Final = "not measured: openbadgeslib is not installed (bench/peers/install.sh)"


class Peer:
    """A program that answers one JSON line with another: what an operation took, and what it gave."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Talk to this process."""
        self._process = process

    def ask(self, operation: str, texts: str, times: int = 1) -> dict[str, Any]:
        """Let the peer do an operation so many times, with the texts of that name in turn. Raises RuntimeError with its own words."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"operation": operation, "texts": texts, "times": times}) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline() or '{"error": "the peer has ended"}')
        if "error" in answer:
            raise RuntimeError(f"{operation} of {texts}: {answer['error']}")
        return answer

    def repetition(self, operation: str, texts: str, times: int) -> Callable[[], Spent]:
        """Return a repetition for `measures.alternating`."""

        def repetition() -> Spent:
            answer = self.ask(operation, texts, times)
            return Spent(answer["cpu"], answer["wall"])

        return repetition


@contextmanager
def node(material: Mapping[str, Any]) -> Iterator[Peer | None]:
    """Give Node with its libraries and this material, or None where they are not installed."""
    if not node_is_there():
        yield None
        return
    with written(material) as file, _running(["node", str(NODE_FOLDER / "peer.mjs"), str(file)]) as peer:
        yield peer


@contextmanager
def openbadgeslib(material: Mapping[str, Any]) -> Iterator[Peer | None]:
    """Give openbadgeslib with this material, or None where it is not installed."""
    if not OPENBADGESLIB.exists():
        yield None
        return
    program = str(PROGRAMS / "openbadgeslib_peer.py")
    with written(material) as file, _running([str(OPENBADGESLIB), program, str(file)]) as peer:
        yield peer


def node_is_there() -> bool:
    """Tell whether Node and its libraries are installed; our programs are then beside the libraries, where Node looks for them."""
    if shutil.which("node") is None or not (NODE_FOLDER / "node_modules" / ".installed-from").exists():
        return False
    for program in (PROGRAMS / "node").glob("*.mjs"):
        shutil.copy(program, NODE_FOLDER)
    return True


@contextmanager
def written(material: Mapping[str, Any]) -> Iterator[Path]:
    """Write the material into a file, for as long as the block lasts."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "material.json"
        file.write_text(json.dumps(material), encoding="utf-8")
        yield file


@contextmanager
def _running(command: list[str]) -> Iterator[Peer]:
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own program
        try:
            yield Peer(process)
        finally:
            process.kill()
