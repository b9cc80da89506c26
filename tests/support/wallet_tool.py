"""A wallet of libraries that are not ours, run in node from its installed copy (`make interop`)."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

RUN_WITHIN_SECONDS = 60


@dataclass(frozen=True, slots=True)
class WalletTool:
    """`script` is tests/tools/wallet/wallet.mjs, `folder` where its libraries are installed."""

    script: Path
    folder: Path

    def openid(self, offer: str, digits: str | None, **wish: Any) -> dict[str, Any]:
        """Take an offer by OpenID4VCI and return what came of it."""
        usual = {"alg": "EdDSA", "binding": "did", "configuration": "OpenBadgeCredential_ldp_vc"}
        return self._run("openid", {**usual, "offer": offer, "digits": digits, **wish})

    def exchange(self, address: str, suite: str, **wish: Any) -> dict[str, Any]:
        """Take an offer by its interaction URL and return what came of it."""
        return self._run("vcapi", {"address": address, "suite": suite, **wish})

    def _run(self, command: str, wish: dict[str, Any]) -> dict[str, Any]:
        ran = subprocess.run(
            [shutil.which("node") or "node", str(self.script), str(self.folder), command, json.dumps(wish)],
            capture_output=True,
            text=True,
            timeout=RUN_WITHIN_SECONDS,
            check=False,
        )
        if ran.returncode:
            raise RuntimeError(f"the wallet could not run: {ran.stderr or ran.stdout}")
        said: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
        return said
