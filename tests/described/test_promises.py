"""What a release promised, the next one keeps: no operation goes, no answer loses a member, and nothing is demanded that was not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from support.promises import broken, promises
from support.world import Clock, fresh_copy, opened

if TYPE_CHECKING:
    import pytest

    from support.doors import Doors
    from support.promises import Promise

KEPT = Path(__file__).parent / "promised.json"


def test_everything_promised_is_kept(request: pytest.FixtureRequest, tmp_path: Path, doors: Doors) -> None:
    """The OpenAPI document of today keeps the promises of `promised.json`, and what is new is promised there too (`promise.py`)."""
    with opened(*fresh_copy("sqlite", request, tmp_path), Clock(), doors) as world:
        now = promises(world.app.openapi())
    promised = json.loads(KEPT.read_text())
    assert broken(promised, now) == []
    assert promised == now, "there is more than what is promised: run tests/described/promise.py"


def test_a_broken_promise_is_seen() -> None:
    """An operation that is gone, a member that is gone and one that is newly demanded are each said; what is added is not."""
    promised: dict[str, Promise] = {
        "GET /v1/a": {"answers": ["id", "name"], "demands": []},
        "GET /v1/b": {"answers": [], "demands": []},
    }
    now: dict[str, Promise] = {
        "GET /v1/a": {"answers": ["id", "more"], "demands": ["query:x"]},
        "GET /v1/c": {"answers": [], "demands": []},
    }
    assert broken(promised, now) == [
        "GET /v1/b is gone",
        "GET /v1/a does not answer with name",
        "GET /v1/a demands query:x",
    ]
