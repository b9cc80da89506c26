"""Open Badges 2.0: an assertion of any shape gets its checks, and a hosted badge is never valid on its own word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fuzz.finding import files
from okbadges.credentials.strict_json import dumps
from okbadges.verification import Verdict, to_json
from verification.making import World, check

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from okbadges.credentials.strict_json import Json

CONTEXT = "https://w3id.org/openbadges/v2"


def target(data: bytes) -> None:
    """Verify what calls itself 2.0 in a world where no host answers, and in one where every host answers with it."""
    silent = check(data)
    to_json(silent)
    assert silent.verdict is not Verdict.VALID
    to_json(
        check(data, World(dict.fromkeys(("https://a.example/1", "https://a.example/b", "https://a.example/i"), data)))
    )


def seeds(shared: Path | None) -> Iterator[bytes]:
    """Yield assertions, hosted and signed."""
    profile: dict[str, Json] = {
        "id": "https://a.example/i",
        "type": "Profile",
        "name": "A",
        "url": "https://a.example/",
        "email": "a@a.example",
    }
    badge: dict[str, Json] = {
        "id": "https://a.example/b",
        "type": "BadgeClass",
        "name": "B",
        "description": "D",
        "image": "https://a.example/b.png",
        "criteria": {"narrative": "C"},
        "issuer": profile,
    }
    yield dumps(
        {
            "@context": CONTEXT,
            "type": "Assertion",
            "id": "https://a.example/1",
            "recipient": {"type": "email", "hashed": False, "identity": "a@example.com"},
            "issuedOn": "2026-01-01T00:00:00Z",
            "verification": {"type": "hosted"},
            "badge": badge,
        }
    )
    for sample in files(shared, "standards/data/vectors/1edtech-validator/ob20/**/*.json", largest=20_000):
        if CONTEXT.encode() in sample:
            yield sample
