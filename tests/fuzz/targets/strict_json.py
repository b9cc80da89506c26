"""The reader of untrusted JSON: what it reads, Python's own reader gives the same value for, without a doubled name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fuzz.finding import files, refusals
from okbadges.credentials.strict_json import dumps, loads

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def _unique(members: list[tuple[str, Any]]) -> dict[str, Any]:
    assert len(dict(members)) == len(members)
    return dict(members)


def target(data: bytes) -> None:
    """Read, compare, write and read again."""
    with refusals():
        value = loads(data)
        assert json.loads(data, object_pairs_hook=_unique) == value
        assert loads(dumps(value)) == value


def seeds(shared: Path | None) -> Iterator[bytes]:
    """Yield JSON of every kind."""
    yield from (
        b'{"a":[1,2.5e3,"\\u00e5\\ud83d\\ude00",null,true,{"b":{}}]}',
        b'{"a" :1,"\\u0061":2}',
        b"[9007199254740993]",
    )
    yield from files(shared, "attacks/external/JSONTestSuite/test_parsing/*.json", "interop/samples/*.json")
