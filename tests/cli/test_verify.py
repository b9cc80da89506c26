"""`okbadges verify`: the report at a glance, as JSON, and the exit status."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Any

import orjson
import pytest
import typer
from typer.testing import CliRunner

from okbadges.cli.verify import text_lines, verify
from okbadges.credentials.jwt_signing import sign_vc_jwt
from okbadges.credentials.strict_json import dumps
from okbadges.verification import Verdict
from verification.making import LIST_URL, Maker, check, status_entry, world_of

if TYPE_CHECKING:
    from pathlib import Path

MAKER = Maker.by_key()
AT = "2026-11-02T12:00:00Z"


def run(received: bytes, tmp_path: Path, **options: Any) -> int:
    """Run the command on a file with these bytes and return its exit status."""
    file = tmp_path / "credential"
    file.write_bytes(received)
    return exit_of(str(file), **options)


def exit_of(file: str, **options: Any) -> int:
    """Run the command and return its exit status."""
    with pytest.raises(typer.Exit) as left:
        verify(file, **{"at": AT, **options})
    return left.value.exit_code


def bundle(tmp_path: Path, documents: dict[str, Any]) -> Path:
    """Write saved documents."""
    path = tmp_path / "documents.json"
    path.write_bytes(orjson.dumps(documents))
    return path


def test_it_works(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A valid badge: the verdict first, then what it is, then every check; exit status 0."""
    assert run(dumps(MAKER.badge()), tmp_path) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("VALID  This badge holds")
    assert "  badge     Café counter" in lines
    assert "  issuer    Course House" in lines
    assert any(line.startswith("  ✓ content-unaltered") for line in lines)
    assert lines[-1] == "Checked as of 2026-11-02T12:00:00+00:00."


def test_what_does_not_hold_exits_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A changed, expired or unreadable credential is not valid, and the code of the failure is shown."""
    assert run(dumps({**MAKER.badge(), "name": "Other"}), tmp_path) == 1
    assert "✗ content-unaltered" in (printed := capsys.readouterr().out)
    assert "[bad-signature]" in printed
    assert run(dumps(MAKER.badge(validUntil="2026-11-01T00:00:00Z")), tmp_path) == 1
    assert run(b"hello", tmp_path) == 1


def test_a_bundle_replaces_the_network(tmp_path: Path) -> None:
    """With saved documents a credential is checked years later without asking anybody; a missing one leaves it open."""
    maker = Maker.by_web()
    received = dumps(maker.badge(credentialStatus=status_entry()))
    did_document = {"https://issuer.example/issuers/house/did.json": maker.did_document()}
    fine = bundle(tmp_path, {**did_document, LIST_URL: maker.status_list()})
    assert run(received, tmp_path, bundle=fine) == 0
    revoked = bundle(tmp_path, {**did_document, LIST_URL: maker.status_list(7)})
    assert run(received, tmp_path, bundle=revoked) == 1
    assert run(received, tmp_path, bundle=bundle(tmp_path, did_document)) == 2


def test_a_missing_document_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever makes a bundle by hand reads which address it lacks, and in which file."""
    assert run(dumps(Maker.by_web().badge()), tmp_path, bundle=bundle(tmp_path, {})) == 2
    said = capsys.readouterr().out
    assert (
        "https://issuer.example/issuers/house/did.json: The bundle documents.json does not hold this document." in said
    )


def test_a_bundle_that_cannot_be_read_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The error says that it is about the bundle and not about the credential."""
    path = tmp_path / "broken.json"
    for text in (b"{", b"[]"):
        path.write_bytes(text)
        assert run(b"{}", tmp_path, bundle=path) == 2
        assert f"The bundle {path}" in capsys.readouterr().err


def test_the_documents_of_a_check_can_be_saved_for_later(tmp_path: Path) -> None:
    """What was asked for is written as a bundle, and the same check with it alone says the same."""
    maker, saved = Maker.by_web(), tmp_path / "saved.json"
    signed_list = sign_vc_jwt(
        {name: value for name, value in maker.status_list().items() if name != "proof"},
        signer=maker.signer,
        key_id=maker.method,
    )
    received = dumps(maker.badge(credentialStatus=status_entry()))
    did_url = "https://issuer.example/issuers/house/did.json"
    source = bundle(tmp_path, {did_url: maker.did_document(), LIST_URL: signed_list, "https://other.example/": {}})
    assert run(received, tmp_path, bundle=source, save_bundle=saved) == 0
    assert orjson.loads(saved.read_bytes()) == {did_url: maker.did_document(), LIST_URL: signed_list}
    assert run(received, tmp_path, bundle=saved) == 0
    assert run(received, tmp_path, bundle=saved, at="2025-01-01T00:00:00Z") == 1


def test_what_was_not_there_is_not_saved(tmp_path: Path) -> None:
    """A bundle holds answers only: what could not be had is open later too."""
    saved = tmp_path / "saved.json"
    assert run(dumps(Maker.by_web().badge()), tmp_path, bundle=bundle(tmp_path, {}), save_bundle=saved) == 2
    assert orjson.loads(saved.read_bytes()) == {}


def test_a_bundle_that_cannot_be_written_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The report is printed all the same, and the exit status says that not everything was done."""
    assert run(dumps(MAKER.badge()), tmp_path, save_bundle=tmp_path / "no" / "folder.json") == 2
    output = capsys.readouterr()
    assert output.out.startswith("VALID")
    assert output.err.startswith("okbadges verify: ")


def test_json_is_the_whole_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--json prints what the API answers."""
    assert run(dumps(MAKER.badge()), tmp_path, as_json=True) == 0
    written = orjson.loads(capsys.readouterr().out)
    assert (written["verdict"], written["report_version"]) == ("VALID", 1)


def test_a_recipient_can_be_asked_for(tmp_path: Path) -> None:
    """The wrong person is not valid."""
    badge = MAKER.badge()
    assert run(dumps(badge), tmp_path, recipient=badge["credentialSubject"]["id"]) == 0
    assert run(dumps(badge), tmp_path, recipient="a@example.com") == 1


def test_what_cannot_be_opened_exits_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No such file, a time that is none, and a bundle that is none: one sentence on the error output, nothing else."""
    assert exit_of(str(tmp_path / "missing.json")) == 2
    assert run(b"{}", tmp_path, at="yesterday") == 2
    for text in (b"[]", b"{", b'{"a":1,"a":2}'):
        (tmp_path / "bad.json").write_bytes(text)
        assert run(b"{}", tmp_path, bundle=tmp_path / "bad.json") == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert all(line.startswith("okbadges verify: ") for line in output.err.splitlines())


def test_standard_input_and_links(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A dash reads standard input, a link is followed."""
    badge = MAKER.badge()
    stream = io.TextIOWrapper(io.BytesIO(dumps(badge)))
    monkeypatch.setattr(sys, "stdin", stream)
    assert exit_of("-") == 0
    link = "https://issuer.example/c/1"
    assert exit_of(link, bundle=bundle(tmp_path, {link: badge})) == 0


def test_text_of_strangers_cannot_move_the_cursor() -> None:
    """Escape sequences, line breaks and direction marks in a name come out as a replacement character."""
    name = "\x1b[2J\x1b[1;32mVALID\x1b[0m\n\u202eDILAV\r"
    badge = MAKER.badge(issuer={"id": MAKER.did, "type": ["Profile"], "name": name})
    printed = "\n".join(text_lines(check(badge)))
    assert not {"\x1b", "\r", "\u202e"} & set(printed)
    assert "VALID\N{REPLACEMENT CHARACTER}[0m" in printed


@pytest.mark.parametrize("verdict", [*Verdict])
def test_every_verdict_has_a_sentence(verdict: Verdict) -> None:
    """No verdict is printed without words."""
    report = check(MAKER.badge(credentialStatus=status_entry()), world_of(status=MAKER.status_list()))
    object.__setattr__(report, "verdict", verdict)
    assert text_lines(report)[0].startswith(verdict.replace("_", " "))


def test_the_command_reads_its_options(tmp_path: Path) -> None:
    """Every option is known under its name on a command line."""
    file = tmp_path / "credential.json"
    file.write_bytes(dumps(MAKER.badge()))
    command = typer.Typer()
    command.command()(verify)
    documents = bundle(tmp_path, {})
    options = [
        "--json",
        "--save-bundle",
        str(tmp_path / "saved.json"),
        "--at",
        AT,
        "--bundle",
        str(documents),
        "--recipient",
        "a@example.com",
        "--no-loopback",
    ]
    result = CliRunner().invoke(command, [str(file), *options])
    assert (result.exit_code, orjson.loads(result.output)["verdict"]) == (1, "INVALID")
    assert CliRunner().invoke(command, []).exit_code == 2


def test_an_unproven_badge_is_never_called_genuine() -> None:
    """An expired badge whose issuer cannot be asked is EXPIRED, and said to be unchecked, not genuine."""
    maker = Maker.by_web()
    expired = maker.badge(validUntil="2026-10-20T00:00:00Z")
    unproven = check(expired)
    proven = check(expired, world_of(maker))
    assert (unproven.verdict, proven.verdict) == ("EXPIRED", "EXPIRED")
    assert "could not be checked" in text_lines(unproven)[0]
    assert "This credential is genuine" not in text_lines(unproven)[0]
    assert "genuine, and has expired" in text_lines(proven)[0]
