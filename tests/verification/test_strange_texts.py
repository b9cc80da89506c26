"""JSONTestSuite and the list of naughty strings through the whole verification: an answer for everything, VALID for nothing forged."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from okbadges.credentials.strict_json import dumps
from okbadges.errors import CredentialError
from okbadges.verification import Report, Verdict, to_json
from verification.making import Maker, check, credential

if TYPE_CHECKING:
    from pathlib import Path

MAKER = Maker.by_key()
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]*\Z")
BADGE = dumps(MAKER.badge())


@pytest.fixture(scope="module")
def suite(shared: Path) -> list[Path]:
    """Return the files of JSONTestSuite."""
    files = sorted((shared / "attacks/external/JSONTestSuite/test_parsing").glob("*.json"))
    assert len(files) > 300
    return files


@pytest.fixture(scope="module")
def naughty(shared: Path) -> list[str]:
    """Return the naughty strings."""
    strings = json.loads((shared / "attacks/external/blns.json").read_text())
    assert len(strings) == 515
    return [str(string) for string in strings]


def reported(received: bytes) -> Report:
    """Verify, and write the report as JSON, which must be possible too."""
    report = check(received)
    dumps(to_json(report))
    return report


def test_no_file_of_the_suite_is_a_credential(suite: list[Path]) -> None:
    """Whatever is not JSON is REJECTED; what is JSON is no badge, and nothing raises."""
    for file in suite:
        verdict = reported(file.read_bytes()).verdict
        if file.name.startswith("n_"):
            assert verdict is Verdict.REJECTED, file.name
        assert verdict in {Verdict.REJECTED, Verdict.INVALID, Verdict.INDETERMINATE}, file.name


def test_no_value_of_the_suite_gets_into_a_signed_badge(suite: list[Path]) -> None:
    """As one more member of a badge that was signed, each of them breaks it; the broken ones break even the reading."""
    assert reported(BADGE).verdict is Verdict.VALID
    for file in suite:
        value = file.read_bytes()
        if len(value) < 10_000:
            verdict = reported(BADGE[:-1] + b',"more":' + value + b"}").verdict
            assert verdict is not Verdict.VALID, file.name
            if file.name.startswith("n_") and not _is_json_inside(value):
                assert verdict is Verdict.REJECTED, file.name


def _is_json_inside(value: bytes) -> bool:
    """Say whether what is broken alone happens to complete the object around it."""
    try:
        json.loads(b'{"more":' + value + b"}")
    except ValueError:
        return False
    return True


def test_naughty_strings_survive_signing_to_the_last_character(naughty: list[str]) -> None:
    """Put into the texts of a badge, each is signed, verified and reported as it was."""
    for string in naughty:
        document = credential(MAKER.did, name=string)
        document["credentialSubject"]["achievement"]["name"] = string
        document["credentialSubject"]["achievement"]["criteria"]["narrative"] = string
        report = reported(dumps(MAKER.sign(document)))
        assert report.verdict is Verdict.VALID, string
        assert report.credential is not None
        assert (report.credential.name, report.credential.achievement_name) == (string, string)
        assert report.credential.criteria == string


def test_naughty_strings_are_no_identifiers_times_types_or_names_of_members(naughty: list[str]) -> None:
    """Where one of those belongs, a badge with such a string is refused when signing or when verifying.

    Those that are absolute IRIs (``JavaSCript:alert(123)``) may be the id of a credential, as any other IRI.
    """
    for string in naughty:
        no_id: list[dict[str, str]] = [] if _IRI.match(string) else [{"id": string}]
        others: list[dict[str, Any]] = [{"validFrom": string}, {string or "x": "y"}, {"type": [string]}]
        for changes in [*no_id, *others]:
            try:
                signed = MAKER.sign(credential(MAKER.did, **changes))
            except CredentialError as error:
                assert error.code  # noqa: PT017 - both ways are right
                continue
            assert reported(dumps(signed)).verdict is not Verdict.VALID, changes


def test_naughty_strings_alone_are_no_credentials(naughty: list[str]) -> None:
    """As the whole input each gets a report that is not VALID; an address is not followed to anything."""
    for string in naughty:
        assert reported(string.encode("utf-8", "surrogatepass")).verdict is not Verdict.VALID
