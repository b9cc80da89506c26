"""The independent verifiers (JavaScript, beside the checkout in ../shared/interop), run from their installed copy.

The copy is made by `make interop`: the shared folder stays as it is.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

ACCEPTED_ALL, REFUSED_SOME = 0, 1
RUN_WITHIN_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the verifiers say of one file: `passed` are the names of checks, `failed` the checks with their reasons."""

    file: str
    accepted: bool
    passed: tuple[str, ...]
    failed: Mapping[str, str]

    @property
    def is_revoked(self) -> bool:
        """Tell whether the file was refused because its status says revoked, and for nothing else."""
        return not self.accepted and all(_says_revoked(check, why) for check, why in self.failed.items())

    def __str__(self) -> str:
        """Say it as one line, for a failing test."""
        said = "; ".join(f"{check}: {why}" for check, why in self.failed.items())
        return f"{self.file} {'accepted' if self.accepted else 'refused'} {said}".rstrip()


@dataclass(frozen=True, slots=True)
class IndependentVerifiers:
    """`folder` is the installed copy, which holds verify.mjs and node_modules."""

    folder: Path

    def ask(self, files: Sequence[Path], *, base_url: str | None = None, url_map: Path | None = None) -> list[Opinion]:
        """Ask about every file (JSON, JWT, baked PNG or SVG) in one start of node, which takes a second or two.

        `base_url` lets did:web documents and status lists of a server on this machine be fetched, over http; `url_map` is a JSON
        file of saved documents. Raises RuntimeError with node's words when the verifiers could not run or could not read a file.
        """
        arguments = [str(file) for file in files]
        arguments += ["--base", base_url] if base_url else []
        arguments += ["--url-map", str(url_map)] if url_map else []
        node = shutil.which("node") or "node"
        environment = os.environ | ({"DID_WEB_HTTP": "1"} if base_url else {})
        ran = subprocess.run(
            [node, "verify.mjs", "--json", *arguments],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=RUN_WITHIN_SECONDS,
            check=False,
        )
        opinions = [_opinion(json.loads(line)) for line in ran.stdout.splitlines() if line.startswith("{")]
        expected = ACCEPTED_ALL if all(opinion.accepted for opinion in opinions) else REFUSED_SOME
        if len(opinions) != len(files) or ran.returncode != expected:
            raise RuntimeError(
                f"the independent verifiers could not run (exit {ran.returncode}): {ran.stderr or ran.stdout}"
            )
        return opinions


def _says_revoked(check: str, why: str) -> bool:
    if check != "@digitalcredentials/verifier-core":
        return "status revocation is set" in why
    log = json.loads(why)  # this one gives its list of checks as the reason
    others = {log.get("valid_signature"), log.get("expiration", True)}
    return log.get("revocation_status") is False and others == {True}


def _opinion(said: Mapping[str, object]) -> Opinion:
    results = said["results"]
    assert isinstance(results, list)
    return Opinion(
        file=str(said["file"]),
        accepted=said["ok"] is True,
        passed=tuple(result["check"] for result in results if result["pass"] is True),
        failed={result["check"]: str(result["why"]) for result in results if result["pass"] is False},
    )
