"""The command line of `schemathesis` for a served world that is furnished: with an access key that may much, and ids of what is there."""

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


def command(world: World, folder: Path, *, examples: int, seed: int | None, phases: str) -> list[str]:
    """Furnish the world, write the settings into ``folder``, and return the command line, to be run there."""
    there = furnish(world)
    base = str(world.client.base_url).rstrip("/")
    (folder / "schemathesis.toml").write_text(_settings(there.stands_for))
    seeded = [] if seed is None else ["--seed", str(seed)]
    return [
        str(Path(sys.executable).parent / "st"), "run", f"{base}/openapi.json", "--url", base,
        "--phases", phases, "--checks", CHECKS, "--max-examples", str(examples), "--continue-on-failure",
        "--header", f"Authorization: {there.keys[1]['Authorization']}",
        "--generation-database", "none", "--no-color", "--warnings", "off", *seeded,
    ]  # fmt: skip


def _settings(stands_for: Mapping[str, str]) -> str:
    values = {**{name: stands_for[example] for name, example in _IDS.items()}, **_SLUGS}
    lines = (f'"path.{name}" = {json.dumps(value)}' for name, value in values.items())
    return "[parameters]\n" + "\n".join(lines) + "\n"
