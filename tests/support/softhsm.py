"""A token for tests: Debian's SoftHSM, with its objects in a folder of the test's own."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from shutil import which

import pytest

LABEL = "okbadges-test"
OTHER_LABEL = "okbadges-other"
"""A second token, of the same PIN, that nobody logs into."""
PIN = "867530"
_MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")


@dataclass(frozen=True, slots=True)
class SoftHsm:
    """A token that was set up: the library that leads to it, and the file that tells the library where it is."""

    module: Path
    configuration: Path
    pin_file: Path

    def environment(self) -> dict[str, str]:
        """Return the variables with which okbadges, or anybody else, uses it."""
        return {
            "SOFTHSM2_CONF": str(self.configuration),
            "OKBADGES_PKCS11_MODULE": str(self.module),
            "OKBADGES_PKCS11_TOKEN": LABEL,
            "OKBADGES_PKCS11_PIN_FILE": str(self.pin_file),
        }


def set_up_token(folder: Path) -> SoftHsm:
    """Set up a token in ``folder``; skip the test where SoftHSM is not installed."""
    module = next((Path(name) for name in _MODULES if Path(name).is_file()), None)
    program = which("softhsm2-util")
    if module is None or program is None:
        pytest.skip("needs SoftHSM: apt-get install softhsm2")
    objects, configuration, pin_file = folder / "objects", folder / "softhsm2.conf", folder / "pin"
    objects.mkdir()
    configuration.write_text(f"directories.tokendir = {objects}\nobjectstore.backend = file\nlog.level = ERROR\n")
    pin_file.touch(mode=0o600)
    pin_file.write_text(f"{PIN}\n")
    for label in (LABEL, OTHER_LABEL):
        subprocess.run(
            (program, "--init-token", "--free", "--label", label, "--so-pin", "97531246", "--pin", PIN),
            check=True,
            capture_output=True,
            env={"SOFTHSM2_CONF": str(configuration)},
        )
    return SoftHsm(module, configuration, pin_file)
