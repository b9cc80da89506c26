"""`okbadges verify FILE`: one credential or presentation, checked on this computer, with a report that can be read at a glance.

The exit status is the answer for scripts: 0 valid, 1 not valid, 2 could not tell (or there is no such file, or no bundle could be
saved).
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from okbadges.cli.bundle import Recorder, read_bundle
from okbadges.credentials.times import read_moment
from okbadges.errors import OkbadgesError
from okbadges.integrations.fetch import GuardedFetcher
from okbadges.verification import Kind, Outcome, Verdict, to_json
from okbadges.verification import verify as verify_credential
from okbadges.verification.checks import CONTENT_UNALTERED

if TYPE_CHECKING:
    from okbadges.verification import Check, Report

_SECONDS = 20.0
_MARKS = {Outcome.PASSED: "✓", Outcome.FAILED: "✗", Outcome.NOT_CHECKED: "?"}
_SENTENCES = {
    Verdict.VALID: "This {what} holds: signed by {signer}, unaltered, in its time, not taken back.",
    Verdict.NOT_YET_VALID: "This {what} is genuine, and not valid yet.",
    Verdict.EXPIRED: "This {what} is genuine, and has expired.",
    Verdict.SUSPENDED: "The issuer has put this {what} on hold.",
    Verdict.REVOKED: "The issuer has taken this {what} back.",
    Verdict.INVALID: "This {what} does not hold.",
    Verdict.REJECTED: "There is no credential here that can be read.",
    Verdict.INDETERMINATE: "Could not tell: something that is needed could not be checked.",
}
_WHAT = {
    Kind.BADGE: "badge",
    Kind.ENDORSEMENT: "endorsement (not a badge)",
    Kind.PRESENTATION: "presentation",
    Kind.OPEN_BADGE_2: "badge of Open Badges 2.0",
    Kind.CREDENTIAL: "credential",
    Kind.UNKNOWN: "file",
}
_UNPROVEN = {
    Verdict.NOT_YET_VALID: "This says that it is not valid yet; whether it is genuine could not be checked.",
    Verdict.EXPIRED: "This says that it has expired; whether it is genuine could not be checked.",
}
_NOT_VALID, _COULD_NOT_TELL = 1, 2


def verify(  # noqa: PLR0913 - every option of the command is an argument
    file: Annotated[str, typer.Argument(help="JSON, JWT, baked PNG or SVG; an https link; or - for standard input.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole report as JSON.")] = False,
    at: Annotated[str | None, typer.Option(help="Check as of this time, for example 2026-12-31T12:00:00Z.")] = None,
    bundle: Annotated[
        Path | None,
        typer.Option(
            help="Ask these saved documents and no network. A JSON object: each name is a URL, each value the JSON document "
            "that was there, or a text (a JWT, for example) as a string."
        ),
    ] = None,
    save_bundle: Annotated[
        Path | None, typer.Option(help="Write the documents that were asked for into this file, for --bundle later.")
    ] = None,
    recipient: Annotated[
        str | None, typer.Option(help="Whom it should be about: an e-mail address or an identifier.")
    ] = None,
    challenge: Annotated[str | None, typer.Option(help="The challenge a presentation must answer.")] = None,
    domain: Annotated[str | None, typer.Option(help="The domain a presentation must be made for.")] = None,
    loopback: Annotated[bool, typer.Option(help="Also ask localhost, over http too; for development.")] = False,
) -> None:
    """Check one credential: exit status 0 valid, 1 not valid, 2 could not tell."""
    try:
        now = read_moment(at) if at else datetime.now(UTC)
        fetch = Recorder(read_bundle(bundle) if bundle else GuardedFetcher(loopback=loopback).within(_SECONDS))
        received = _received(file)
    except (OkbadgesError, OSError) as error:
        raise _stopped(error) from error
    report = verify_credential(received, fetch=fetch, now=now, recipient=recipient, challenge=challenge, domain=domain)
    _print(report, as_json=as_json, loopback=loopback)
    try:
        if save_bundle:
            save_bundle.write_bytes(fetch.bundle())
    except (OkbadgesError, OSError) as error:
        raise _stopped(error) from error
    raise typer.Exit(exit_status(report))


def _print(report: Report, *, as_json: bool, loopback: bool) -> None:
    if as_json:
        print(orjson.dumps(to_json(report), option=orjson.OPT_INDENT_2).decode())
        return
    print("\n".join(text_lines(report)))
    if not loopback and any(check.code == "url-not-allowed" for check in report.checks):
        print("If its issuer is a service on this computer, add --loopback.")


def _stopped(error: Exception) -> typer.Exit:
    print(f"okbadges verify: {_plain(str(error))}", file=sys.stderr)
    return typer.Exit(_COULD_NOT_TELL)


def exit_status(report: Report) -> int:
    """Return 0 for VALID, 2 for INDETERMINATE, 1 for everything else."""
    return {Verdict.VALID: 0, Verdict.INDETERMINATE: _COULD_NOT_TELL}.get(report.verdict, _NOT_VALID)


def text_lines(report: Report) -> list[str]:
    """Return the report as lines for a terminal: the verdict first, then what it is about, then every check."""
    lines = [f"{report.verdict.replace('_', ' ')}  {_sentence(report)}", ""]
    lines += [f"  {name:<10}{_plain(value)}" for name, value in _facts(report) if value]
    if lines[-1]:
        lines.append("")
    lines += [line for check in report.checks for line in _check_lines(check)]
    for title, inner in (("credential", report.credentials), ("endorsement", report.endorsements)):
        for number, one in enumerate(inner, 1):
            lines += ["", f"  {title} {number}: {one.verdict.replace('_', ' ')}", *_indented(one)]
    return [*lines, "", f"Checked as of {report.checked_at.isoformat(timespec='seconds')}."]


def _indented(report: Report) -> list[str]:
    """Return what is inside another document: what it is about, and the checks that matter for its verdict."""
    lines = [f"    {name:<10}{_plain(value)}" for name, value in _facts(report) if value]
    open_checks = [check for check in report.checks if check.required and check.outcome is not Outcome.PASSED]
    return lines + [f"  {line}" for check in open_checks for line in _check_lines(check)]


def _sentence(report: Report) -> str:
    """Return what the verdict means; "genuine" is said only where the signature was checked and holds."""
    outcomes = {check.id: check.outcome for check in report.checks}
    if report.verdict in _UNPROVEN and outcomes.get(CONTENT_UNALTERED) is not Outcome.PASSED:
        return _UNPROVEN[report.verdict]
    signer = "its holder, every credential in it by its issuer" if report.kind is Kind.PRESENTATION else "the issuer"
    return _SENTENCES[report.verdict].format(what=_WHAT[report.kind], signer=signer)


def _facts(report: Report) -> list[tuple[str, str | None]]:
    credential, issuer = report.credential, report.issuer
    facts: list[tuple[str, str | None]] = [("holder", report.holder)]
    if credential is not None:
        is_endorsement = report.kind is Kind.ENDORSEMENT
        facts += [
            ("badge", credential.achievement_name),
            ("endorses" if is_endorsement else "about", credential.subject_id),
        ]
        facts += [("says", credential.description)] if is_endorsement else []
        facts += [("valid", _period(credential.valid_from, credential.valid_until))]
    if issuer is not None:
        facts += [("issuer", issuer.name), ("", issuer.id)]
    return facts


def _period(begins: datetime | None, ends: datetime | None) -> str | None:
    if begins is None:
        return None
    return f"from {begins:%Y-%m-%d}" + (f" until {ends:%Y-%m-%d}" if ends else "")


def _check_lines(check: Check) -> list[str]:
    code = f" [{check.code}]" if check.code and check.outcome is Outcome.FAILED else ""
    aside = "" if check.required else " (does not count)"
    lines = [f"  {_MARKS[check.outcome]} {check.id:<18}{_plain(check.message)}{code}{aside}"]
    if check.detail:
        lines.append(f"    {'':<18}{_plain(check.detail)}")
    return lines


def _plain(value: str) -> str:
    """Return text that cannot move the cursor, colour the screen or write from right to left: it may be a stranger's."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in value)[:400]


def _received(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    if file.startswith(("https://", "http://")):
        return file.encode("utf-8", "surrogateescape")
    return Path(file).read_bytes()
