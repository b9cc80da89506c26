"""From a badge of another issuer to what its holder sees of it: in a list by what it says of itself, alone, and with what a check finds when its holder asks for one.

All of it is a stranger's text: cut, plain and set apart. No picture of theirs is loaded, so that nobody learns that it was looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from okbadges.errors import CredentialError
from okbadges.pages.foreign import LONGEST_NAME, isolated, show
from okbadges.pages.verdict_words import Panel, Sign, Tone
from okbadges.pages.words import Phrase
from okbadges.passport.brought import program_name
from okbadges.verification.found import find_credential, find_issuer
from okbadges.verification.intake import credential_in
from okbadges.verification.report import Report, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from okbadges.pages.words import Words
    from okbadges.passport.brought import Brought
    from okbadges.verification.report import CredentialFound, IssuerFound

ADDRESS = "/passport/others"

_LONGEST_IN_LIST = 80
_LOOKS = {
    Verdict.INDETERMINATE: (Tone.CAUTION, Sign.QUESTION),
    Verdict.EXPIRED: (Tone.ENDED, Sign.CLOCK),
    Verdict.NOT_YET_VALID: (Tone.ENDED, Sign.CLOCK),
    Verdict.SUSPENDED: (Tone.ENDED, Sign.BAR),
    Verdict.REVOKED: (Tone.ENDED, Sign.BAR),
    Verdict.INVALID: (Tone.BAD, Sign.CROSS),
    Verdict.REJECTED: (Tone.BAD, Sign.CROSS),
}
_DATED = {Verdict.EXPIRED, Verdict.NOT_YET_VALID}


@dataclass(frozen=True, slots=True)
class BroughtCard:
    """A badge of another issuer in a list: its name and who gave it as it says, when it came, and where its own page is."""

    name: Phrase
    by: str | None
    came: str
    address: str


def brought_cards(brought: Iterable[Brought], words: Words) -> list[BroughtCard]:
    """Return badges of others for a list, in their order. Nothing of them is checked here."""
    return [_card(one, words) for one in brought]


def came(brought: Brought, words: Words) -> str:
    """Return when a badge came into the passport, and with which program where that is known."""
    day, program = words.day(brought.brought_at), program_name(brought.registration)
    return (
        words("brought.came_with", day=day, program=isolated(program, longest=_LONGEST_IN_LIST))
        if program
        else words("brought.came", day=day)
    )


def panel_for_holder(report: Report, words: Words) -> Panel:
    """Return what a check found, said to whom the badge belongs: they know better than we do where it is from."""
    checked = words("verdict.checked", moment=words.moment(report.checked_at))
    if report.verdict is Verdict.VALID:
        known = report.issuer is not None and report.issuer.recognised
        key, tone, sign = ("valid", Tone.GOOD, Sign.TICK) if known else ("unknown", Tone.CAUTION, Sign.QUESTION)
    else:
        key, (tone, sign) = report.verdict.value.lower(), _LOOKS[report.verdict]
    sentences = [words(f"brought.standing.{key}.about")]
    found = report.credential
    moment = found and (found.valid_until if report.verdict is Verdict.EXPIRED else found.valid_from)
    if report.verdict in _DATED and moment:
        sentences.insert(0, words(f"brought.standing.{key}.day", day=words.day(moment)))
    return Panel(tone, sign, words(f"brought.standing.{key}.headline"), tuple(sentences), checked)


def said_name(found: CredentialFound | None, words: Words, *, longest: int = LONGEST_NAME) -> Phrase:
    """Return the name that a badge gives itself, fit to be shown."""
    name = found and (found.achievement_name or found.name)
    if not found or not name or not name.strip():
        return Phrase(words("brought.nameless"), words.language)
    return show(name, words, language=found.language, longest=longest).phrase


def said_by(issuer: IssuerFound | None, words: Words) -> str | None:
    """Return who gave a badge, as the badge says."""
    by = (issuer.name or issuer.id) if issuer else None
    return words("brought.by", issuer=isolated(by, longest=_LONGEST_IN_LIST)) if by else None


def seen_unchecked(brought: Brought) -> Report:
    """Return what a badge says of itself, as a report in which nothing was checked: nobody is asked, so nobody learns of the look."""
    found, issuer = _read(brought)
    return Report(Verdict.INDETERMINATE, (), brought.changed_at, "unknown", "", issuer=issuer, credential=found)


def _card(brought: Brought, words: Words) -> BroughtCard:
    found, issuer = _read(brought)
    return BroughtCard(
        name=said_name(found, words, longest=_LONGEST_IN_LIST),
        by=said_by(issuer, words),
        came=came(brought, words),
        address=f"{ADDRESS}/{brought.row_id}",
    )


def _read(brought: Brought) -> tuple[CredentialFound | None, IssuerFound | None]:
    """Return what the file says; nothing of one that a later version of this service does not read any more."""
    try:
        document = credential_in(brought.document).document
    except CredentialError:
        return None, None
    return find_credential(document), find_issuer(document, recognised=False)
