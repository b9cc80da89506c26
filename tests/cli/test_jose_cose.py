"""`okbadges jose-cose`: the questions of W3C's vc-jose-cose suite, asked with its own files, keys and expected results."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from okbadges.cli.jose_cose import commands

if TYPE_CHECKING:
    from pathlib import Path

_TEST = re.compile(
    r"'number': (\d+),\s*'input_file': '([^']+)',\s*'key_file': TestVerificationMethods\.(\w+),\s*"
    r"'fn': TestFunction\.(\w+),\s*'feature': TestFeature\.(\w+),\s*(?:'disclosure_paths':[^\n]*\n\s*)?"
    r"'expected_result': TestResult\.(\w+)"
)
_KEYS = {
    "p256": "vm-p256.json",
    "p384": "vm-p384.json",
    "p521": "vm-p521.json",
    "ed25519": "vm-ed25519.json",
    "didEd25519": "vm-did-ed25519.json",
}


@pytest.fixture(scope="module")
def suite(shared: Path) -> Path:
    """Return the suite's files."""
    return shared / "standards" / "data" / "vectors" / "w3c-vc-jose-cose"


def _run(words: list[str], output: Path) -> dict[str, Any]:
    answer = CliRunner().invoke(commands, [*words, "--output", str(output)])
    assert answer.exit_code == 0, answer.output
    found: dict[str, Any] = json.loads(output.read_bytes())
    return found


def _words(suite: Path, test: tuple[str, ...]) -> list[str]:
    _, file, key, function, feature, _ = test
    return [function, "--input", str(suite / file), "--key", str(suite / _KEYS[key]), "--feature", feature]


def test_every_jose_test_of_the_suite_ends_as_it_expects(suite: Path, tmp_path: Path) -> None:
    """All sixteen tests of JOSE, called as the suite calls them, have the result that its mapping states."""
    tests = [test for test in _TEST.findall((suite / "test-mapping.js.txt").read_text()) if "_jose" in test[4]]
    assert len(tests) == 16
    found = {test[0]: _run(_words(suite, test), tmp_path / "out.json")["result"] for test in tests}
    assert found == {test[0]: test[5] for test in tests}


def test_what_is_issued_is_verified_with_the_same_key(suite: Path, tmp_path: Path) -> None:
    """A JWT that was issued verifies with the public half of its key and with no other."""
    for key in _KEYS.values():
        issue = ["issue", "--input", str(suite / "credential-minimal.json"), "--key", str(suite / key)]
        jwt = tmp_path / "credential.jwt"
        jwt.write_text(_run([*issue, "--feature", "credential_jose"], tmp_path / "issued.json")["data"])
        for other in _KEYS.values():
            verify = ["verify", "--input", str(jwt), "--key", str(suite / other), "--feature", "credential_jose"]
            same = (
                json.loads((suite / key).read_bytes())["publicKeyJwk"]["x"]
                == json.loads((suite / other).read_bytes())["publicKeyJwk"]["x"]
            )
            assert _run(verify, tmp_path / "verified.json")["result"] == ("success" if same else "failure")


@pytest.mark.parametrize("feature", ["credential_sdjwt", "presentation_cose"])
def test_other_features_are_left_open(suite: Path, tmp_path: Path, feature: str) -> None:
    """SD-JWT and COSE are answered with `indeterminate`, never with a result."""
    words = ["verify", "--input", str(suite / "credential-minimal.json"), "--key", str(suite / "vm-p256.json")]
    assert _run([*words, "--feature", feature], tmp_path / "out.json")["result"] == "indeterminate"


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ({}, "malformed-key"),
        ({"publicKeyJwk": {"kty": "EC"}, "secretKeyJwk": {"crv": "secp256k1", "d": "AQ"}}, "unsupported-key"),
    ],
)
def test_a_key_file_without_a_usable_key_is_a_failure(
    suite: Path, tmp_path: Path, key: dict[str, Any], code: str
) -> None:
    """A missing or unknown key is told by its code."""
    file = tmp_path / "key.json"
    file.write_text(json.dumps(key))
    words = ["issue", "--input", str(suite / "credential-minimal.json"), "--key", str(file)]
    found = _run([*words, "--feature", "credential_jose"], tmp_path / "out.json")
    assert (found["result"], found["data"].partition(":")[0]) == ("failure", code)
