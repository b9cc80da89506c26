"""From reports to words: green only for a valid badge of a known issuer, ticks only for checks that ran, and words for everything."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from okbadges.pages.check_words import check_lines
from okbadges.pages.credential_view import credential_view
from okbadges.pages.issuer_view import issuer_view
from okbadges.pages.verdict_words import Panel, Sign, Tone, panel
from okbadges.verification import checks
from okbadges.verification.report import Check, CredentialFound, IssuerFound, Outcome, Report, Verdict

if TYPE_CHECKING:
    from okbadges.pages.site import Site

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LIE = "✔ VERIFIED"
LANGUAGES = ("fi", "sv", "en")
FOUND = CredentialFound(
    id="urn:uuid:1",
    name=LIE,
    achievement_id="https://elsewhere.example/a",
    achievement_name=LIE,
    description=LIE,
    criteria=LIE,
    criteria_url="javascript:alert(1)",
    image_url="https://elsewhere.example/spy.png",
    image_caption=None,
    language="en",
    subject_id="urn:uuid:2",
    valid_from=datetime(2026, 11, 1, tzinfo=UTC),
    valid_until=datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC),
    awarded_at=None,
    alignments=(),
    has_evidence=True,
)


def report(*changed: Check, recognised: bool = True, name: str = "OK! osaamismerkit") -> Report:
    """Return a report in which every necessary check passed but the changed ones; its verdict follows from the checks."""
    usual = [checks.passed(check_id, "Fine.") for check_id in checks.NECESSARY]
    known = checks.passed(checks.ISSUER_RECOGNISED, "Known.", required=False)
    stranger = checks.failed(checks.ISSUER_RECOGNISED, "issuer-not-recognised", "Unknown.", required=False)
    others = {check.id: check for check in (*usual, known if recognised else stranger)} | {
        check.id: check for check in changed
    }
    found = tuple(others.values())
    issuer = IssuerFound(id="did:web:ok.example", name=name, url="https://ok.example", recognised=recognised)
    return Report(checks.verdict(found), found, NOW, "json", "00" * 32, issuer, FOUND)


def failed(check_id: str, code: str) -> Check:
    """Return a failed check."""
    return checks.failed(check_id, code, "Not fine.")


REVOKED = failed(checks.STATUS, "revoked")
EXPIRED = failed(checks.DATES, "expired")
LATER = failed(checks.DATES, "not-yet-valid")
HELD = failed(checks.STATUS, "suspended")
ALTERED = failed(checks.CONTENT_UNALTERED, "bad-signature")
UNSIGNED = failed(checks.CONTENT_UNALTERED, "unsigned")
WRONG_KEY = failed(checks.ISSUER_KEY, "key-not-issuers")
SHAPELESS = failed(checks.SHAPE, "shape")
OTHERS = failed(checks.RECIPIENT, "recipient-mismatch")
OTHER_SUITE = checks.not_checked(checks.CONTENT_UNALTERED, "unsupported-suite", "Another way.")
NO_BADGE = checks.failed(checks.SHAPE, "not-an-open-badge", "Something else.")
NO_STATUS = checks.not_checked(checks.STATUS, "status-unreachable", "Not there.")
UNREADABLE = failed(checks.READABLE, "not-readable")

CASES = {
    "valid": (report(), Tone.GOOD, Sign.TICK, "Aito ja voimassa"),
    "stranger": (report(recognised=False), Tone.CAUTION, Sign.QUESTION, "Myöntäjää ei tunneta"),
    "open": (report(NO_STATUS), Tone.CAUTION, Sign.QUESTION, "Tätä ei voi tarkistaa juuri nyt"),
    "unsupported": (report(OTHER_SUITE), Tone.CAUTION, Sign.QUESTION, "Tätä ei voi tarkistaa täällä"),
    "no-badge": (report(NO_BADGE), Tone.CAUTION, Sign.QUESTION, "Tästä ei löydy merkkiä"),
    "revoked": (report(REVOKED), Tone.ENDED, Sign.BAR, "Aito, mutta peruttu"),
    "revoked-stranger": (report(REVOKED, recognised=False), Tone.ENDED, Sign.BAR, "Peruttu"),
    "suspended": (report(HELD), Tone.ENDED, Sign.BAR, "Aito, mutta toistaiseksi keskeytetty"),
    "expired": (report(EXPIRED), Tone.ENDED, Sign.CLOCK, "Aito, mutta vanhentunut 30.11.2026"),
    "early": (report(LATER), Tone.CAUTION, Sign.CLOCK, "Aito, mutta voimassa vasta 1.11.2026 alkaen"),
    "altered": (report(ALTERED), Tone.BAD, Sign.CROSS, "Tämä on muutettu tai väärennetty"),
    "unsigned": (report(UNSIGNED), Tone.BAD, Sign.CROSS, "Tätä ei ole allekirjoittanut kukaan"),
    "wrong-key": (report(WRONG_KEY), Tone.BAD, Sign.CROSS, "Allekirjoitus ei ole myöntäjän"),
    "shape": (report(SHAPELESS), Tone.BAD, Sign.CROSS, "Tähän merkkiin ei voi luottaa"),
    "recipient": (report(OTHERS), Tone.BAD, Sign.CROSS, "Merkki ei ole tämän henkilön"),
    "unreadable": (report(UNREADABLE), Tone.CAUTION, Sign.QUESTION, "Tästä ei löydy merkkiä"),
}


def words_of(shown: Panel) -> str:
    """Return everything that a panel says."""
    return " ".join((shown.headline, *shown.sentences, shown.checked))


@pytest.mark.parametrize("case", CASES)
def test_every_verdict_has_its_words_tone_and_sign(site: Site, case: str) -> None:
    """Word, sign and colour say the same, for every verdict."""
    found, tone, sign, headline = CASES[case]
    shown = panel(found, site.words["fi"])
    assert (shown.tone, shown.sign, shown.headline) == (tone, sign, headline)
    assert "21.11.2026" in shown.checked


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", CASES)
def test_every_verdict_speaks_every_language(site: Site, case: str, language: str) -> None:
    """No verdict is without words in any language, and no place is left unfilled."""
    said = words_of(panel(CASES[case][0], site.words[language]))
    assert "{" not in said
    assert said.strip()


def test_green_is_for_valid_and_recognised_alone(site: Site) -> None:
    """No other report gets the tone, or the tick, of a valid badge."""
    green = {name for name, (found, *_) in CASES.items() if panel(found, site.words["fi"]).tone is Tone.GOOD}
    ticked = {name for name, (found, *_) in CASES.items() if panel(found, site.words["fi"]).sign is Sign.TICK}
    assert green == ticked == {"valid"}


@pytest.mark.parametrize("verdict", Verdict)
def test_there_are_words_for_every_verdict(site: Site, verdict: Verdict) -> None:
    """A verdict without the checks that usually lead to it still has a panel."""
    assert panel(replace(report(), verdict=verdict, issuer=None, credential=None), site.words["sv"]).headline


@pytest.mark.parametrize("case", CASES)
def test_a_strangers_words_never_reach_the_panel(site: Site, case: str) -> None:
    """No badge can write its own verdict: not in its name, and not in the name of an unknown issuer."""
    found = CASES[case][0]
    stranger = replace(found, issuer=IssuerFound("did:key:z", LIE, LIE, recognised=False))
    assert LIE not in words_of(panel(stranger, site.words["fi"]))


def test_a_valid_badge_says_who_and_when_by_month(site: Site) -> None:
    """The issuer and the month, never the day, and until when it is valid."""
    said = words_of(panel(report(), site.words["fi"]))
    assert "OK! osaamismerkit" in said
    assert "marraskuussa 2026" in said
    assert "30.11.2026 asti" in said


def test_what_was_left_unchecked_is_named(site: Site) -> None:
    """What could not be checked is named; checks that only waited for it are not listed."""
    waited = checks.waiting(checks.DATES, checks.STATUS)
    said = words_of(panel(report(NO_STATUS, waited), site.words["fi"]))
    assert "peruutustieto" in said
    assert "voimassaoloaika" not in said


@pytest.mark.parametrize(
    ("form", "code", "key"),
    [
        ("png", "no-credential", "verdict.rejected.picture"),
        ("url", "not-readable", "verdict.rejected.link"),
        ("png", "too-large", "verdict.rejected.too_large"),
        ("unknown", "not-readable", "verdict.rejected.about"),
    ],
)
def test_what_could_not_be_read_is_explained(site: Site, form: str, code: str, key: str) -> None:
    """A screenshot, a wrong link and a file that is too large each get their own advice."""
    found = replace(report(failed(checks.READABLE, code)), form=form)
    assert site.words["fi"](key) in panel(found, site.words["fi"]).sentences


def test_a_link_that_does_not_answer_is_said_to_be_one(site: Site) -> None:
    """Where a link could not be followed nothing is wrong with a badge that nobody has seen."""
    found = report(checks.not_checked(checks.READABLE, "unreachable", "No answer."))
    assert site.words["en"]("verdict.rejected.link") in panel(found, site.words["en"]).sentences


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("check_id", checks.CLAUSES)
def test_every_check_has_words(site: Site, check_id: str, outcome: Outcome, language: str) -> None:
    """Each check that there is has a sentence for each outcome, and an explanation where it ran, in the page's language."""
    (line,) = check_lines(
        replace(report(), checks=(Check(check_id, outcome, "English.", "clause"),)), site.words[language]
    )
    assert line.sentence.language == language
    assert bool(line.about) is (outcome is not Outcome.NOT_CHECKED)
    assert line.label
    assert site.words[language](f"check.{check_id}.name")


def test_only_a_check_that_passed_is_in_order(site: Site) -> None:
    """The word and the tick of a passed check stand for no other outcome."""
    lines = check_lines(report(NO_STATUS, WRONG_KEY, recognised=False), site.words["fi"])
    signs = {line.clause + str(line.code): line.sign for line in lines}
    assert [line.label for line in lines if line.sign == "passed"] == ["Kunnossa"] * 4
    assert sorted(set(signs.values())) == ["failed", "not-checked", "notice", "passed"]


def test_codes_that_have_words_use_them(site: Site) -> None:
    """A revoked badge is not said to have a mistake in its status."""
    lines = {line.code: line.sentence.text for line in check_lines(report(REVOKED, EXPIRED), site.words["fi"])}
    assert lines["revoked"] == "Myöntäjä on perunut merkin"
    assert lines["expired"] == "Merkin voimassaolo on päättynyt"


def test_a_list_that_was_not_fetched_is_not_explained(site: Site) -> None:
    """How the list of the revoked is looked up is not said where it was not, nor where the badge names none."""
    none = checks.not_checked(checks.STATUS, "no-status", "None.", required=False)
    for check, about in ((NO_STATUS, None), (none, site.words["fi"]("check.status.about-no-status"))):
        (line,) = (one for one in check_lines(report(check), site.words["fi"]) if one.code == check.code)
        assert line.about == about


@pytest.mark.parametrize("method", ["did:key:z6Mk", "did:jwk:eyJr"])
def test_a_key_inside_an_identifier_is_not_said_to_be_published(site: Site, method: str) -> None:
    """Neither the issuer section nor the check says that somebody publishes a key which is the identifier itself."""
    words = site.words["en"]
    found = replace(report(recognised=False), issuer=IssuerFound(method, "A school", None, recognised=False))
    view = issuer_view(found, words, known_names=[])
    assert view is not None
    about = [line.about for line in check_lines(found, words) if line.sentence.text == words("check.issuer-key.passed")]
    assert view.sentences[1] == about[0] == words("issuer.key_in_identifier")


def test_the_web_address_of_a_known_issuer_is_shown_where_they_signed_it(site: Site) -> None:
    """An altered badge gives no address under the name of an issuer that is known here."""
    for found, shown in ((report(), True), (report(ALTERED), False), (report(recognised=False), True)):
        view = issuer_view(found, site.words["fi"], known_names=[])
        assert view is not None
        assert bool(view.web) is shown


def test_a_check_without_words_is_shown_all_the_same(site: Site) -> None:
    """A new check of another room appears with its own English message."""
    new = replace(report(), checks=(Check("new-one", Outcome.PASSED, "Looked at.", "clause"),))
    (line,) = check_lines(new, site.words["fi"])
    assert (line.sentence.text, line.sentence.language, line.about) == ("Looked at.", "en", None)


@pytest.mark.parametrize(
    ("found", "known", "key"),
    [
        (report(), "issuer.known", "issuer.key"),
        (report(recognised=False), "issuer.unknown", "issuer.key"),
        (report(ALTERED), "issuer.known", "issuer.no_key"),
        (report(checks.waiting(checks.ISSUER_RECOGNISED, "x"), WRONG_KEY), "issuer.claimed", "issuer.no_key"),
    ],
)
def test_how_we_know_the_issuer_follows_from_the_checks(site: Site, found: Report, known: str, key: str) -> None:
    """Nothing is said of a key, or of knowing somebody, that no check has shown."""
    view = issuer_view(found, site.words["en"], known_names=[])
    assert view is not None
    assert view.sentences == (site.words["en"](known), site.words["en"](key))


def test_a_stranger_with_a_known_name_is_warned_of(site: Site) -> None:
    """The same name under another identifier is a warning; the known issuer itself is not."""
    for recognised, warned in ((False, True), (True, False)):
        view = issuer_view(report(recognised=recognised), site.words["fi"], known_names=["OK! osaamismerkit"])
        assert view is not None
        assert bool(view.warnings) is warned


def test_a_strangers_badge_is_plain_text(site: Site) -> None:
    """Nothing of it is an address to follow or a picture to load, and a picture is said not to have been loaded."""
    view = credential_view(report(recognised=False), site.words["fi"], badge=None)
    assert view.badge is None
    assert view.foreign is not None
    facts = {fact.label: fact.value.text for fact in view.foreign.facts}
    assert facts["Kuva"] == site.words["fi"]("verify.picture_not_loaded")
    assert "https://elsewhere.example/spy.png" not in str(view)


@pytest.mark.parametrize(
    ("case", "key"),
    [
        ("valid", "holder.can"),
        ("stranger", "holder.says"),
        ("open", "holder.says"),
        ("revoked", "holder.was"),
        ("expired", "holder.was"),
        ("altered", "holder.claims"),
    ],
)
def test_what_the_holder_can_do_is_led_in_by_the_verdict(site: Site, case: str, key: str) -> None:
    """That the holder can do it is said of a valid badge only; of an altered one, that it claims so."""
    assert credential_view(CASES[case][0], site.words["fi"], badge=None).lead == site.words["fi"](key)


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_an_unproven_end_is_not_called_a_valid_past(site: Site, language: str) -> None:
    """A badge whose signature was not checked is never said to have been valid, only to say that it has ended."""
    words = site.words[language]
    open_content = checks.not_checked(checks.CONTENT_UNALTERED, "earlier-step", "Not looked at.")
    ended = checks.failed(checks.DATES, "expired", "Expired.")
    shown = panel(report(ended, open_content, recognised=False), words)
    assert words("verdict.unproven") in shown.sentences
    assert words("verdict.expired.about") not in shown.sentences
