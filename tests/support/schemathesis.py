"""The command lines of `schemathesis` for a served world that is furnished: with keys that may much, and ids of what is there."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from support.furnished import CREDENTIAL, PARTICIPANT, furnish

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support.world import World

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,unsupported_method,ignored_auth"
)
_MEDIA_TYPES = Path(__file__).parent.parent / "described" / "media_types.py"
_IDS = {
    "credential_id": CREDENTIAL,
    "participant_id": PARTICIPANT,
    "group": "GROUP",
    "member": "MEMBER",
    "evidence_id": "EVIDENCE_ID",
    "confirmation_id": "CONFIRMATION_ID",
    "record": "RECORD",
    "decision": "DECISION",
    "prefix": "mfzwk4tu",
}
"""What stands in the reference for each parameter of a path that is the id of something."""
_SLUGS = {"organisation": "kemi", "workshop": "kahvila", "badge": "digi-turva"}


def commands(world: World, folder: Path, *, examples: int, seed: int | None, phases: str) -> list[list[str]]:
    """Furnish the world, write the settings into ``folder``, and return the command lines, to be run there.

    The first calls everything with an administrator's key, the second what a program calls that a holder let in.
    """
    there = furnish(world)
    base = str(world.client.base_url).rstrip("/")
    (folder / "schemathesis.toml").write_text(_settings(there.stands_for))
    seeded = [] if seed is None else ["--seed", str(seed)]
    usual = [
        str(Path(sys.executable).parent / "st"), "run", f"{base}/openapi.json", "--url", base,
        "--phases", phases, "--checks", CHECKS, "--max-examples", str(examples), "--continue-on-failure",
        "--generation-database", "none", "--no-color", "--warnings", "off", *seeded,
    ]  # fmt: skip
    as_administrator = ["--header", f"Authorization: {there.keys[1]['Authorization']}"]
    as_program = ["--header", f"Authorization: Bearer {there.program}", "--include-path-regex", "^/ims/"]
    return [[*usual, *as_administrator], [*usual, *as_program]]


def _settings(stands_for: Mapping[str, str]) -> str:
    values = {**{name: stands_for[example] for name, example in _IDS.items()}, **_SLUGS}
    lines = (f'"path.{name}" = {json.dumps(value)}' for name, value in values.items())
    return f"hooks = {json.dumps(str(_MEDIA_TYPES))}\n[parameters]\n" + "\n".join(lines) + "\n"
