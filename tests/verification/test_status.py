"""Revocation and suspension: what the issuer's list says, and when it is not to be relied on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from okbadges.credentials.fetching import FetchError
from okbadges.credentials.status_list import StatusBits
from okbadges.verification import Outcome, Verdict
from verification.making import LIST_URL, NOW, Maker, World, check, code_of, status_entry, world_of

if TYPE_CHECKING:
    from okbadges.verification import Report

MAKER = Maker.by_key()
SUSPENSION_URL = "https://issuer.example/status/2"


def verified(entry: object, world: World) -> Report:
    """Verify a good badge with this ``credentialStatus``."""
    return check(MAKER.badge(credentialStatus=entry), world)


def listed(*taken_back: int, **changes: Any) -> World:
    """Return a world with the issuer's list, on which these are taken back."""
    return world_of(status=MAKER.status_list(*taken_back, **changes))


def assert_open(report: Report, code: str) -> None:
    """Everything but the status has passed, and the status is open for this reason."""
    assert (report.verdict, code_of(report, "status")) == (Verdict.INDETERMINATE, code)
    assert {found.id for found in report.checks if found.required and found.outcome is not Outcome.PASSED} == {"status"}


def test_it_works() -> None:
    """A clear bit on the issuer's own list leaves the credential valid, with one fetch."""
    world = listed(8)
    assert verified(status_entry(), world).verdict is Verdict.VALID
    assert world.asked == [LIST_URL]


def test_a_set_bit_revokes() -> None:
    """The one bit decides, and the report says so."""
    report = verified(status_entry(), listed(7))
    assert (report.verdict, code_of(report, "status")) == (Verdict.REVOKED, "revoked")


def test_a_set_bit_of_suspension_suspends() -> None:
    """The purpose of the list is what a set bit means."""
    report = verified(status_entry(purpose="suspension"), listed(7, purpose="suspension"))
    assert (report.verdict, code_of(report, "status")) == (Verdict.SUSPENDED, "suspended")


def test_without_an_entry_there_is_nothing_to_look_up() -> None:
    """No tick is shown for a look-up that did not happen, and the credential stays valid."""
    report = check(MAKER.badge())
    status = next(found for found in report.checks if found.id == "status")
    assert report.verdict is Verdict.VALID
    assert (status.outcome, status.required, status.code) == (Outcome.NOT_CHECKED, False, "no-status")


def test_an_expired_credential_that_was_revoked_is_revoked() -> None:
    """The status is looked at although the dates have failed, and the worse word wins."""
    badge = MAKER.badge(credentialStatus=status_entry(), validUntil="2026-10-02T00:00:00Z")
    assert check(badge, listed(7)).verdict is Verdict.REVOKED
    assert check(badge, listed()).verdict is Verdict.EXPIRED


def test_the_list_may_name_several_purposes() -> None:
    """A list whose purposes include the wanted one is relied on."""
    both = MAKER.status_list(7, purpose=["suspension", "revocation"])  # type: ignore[arg-type]
    assert verified(status_entry(), world_of(status=both)).verdict is Verdict.REVOKED


def test_an_unreachable_list_is_never_not_revoked() -> None:
    """No answer leaves the verdict open."""
    assert_open(verified(status_entry(), World()), "status-unreachable")


@pytest.mark.parametrize("code", ["url-not-allowed", "address-not-allowed", "redirect-refused"])
def test_a_refused_address_says_so(code: str) -> None:
    """What the fetcher refuses is told apart from what does not answer."""

    def refuse(url: str) -> Any:
        raise FetchError(code, url)

    assert_open(check(MAKER.badge(credentialStatus=status_entry()), refuse), code)


def test_a_list_of_another_issuer_is_not_relied_on() -> None:
    """However well signed, somebody else's list says nothing about this credential."""
    other = Maker.by_key(9).status_list()
    assert_open(verified(status_entry(), world_of(status=other)), "status-issuer-mismatch")


def test_a_list_in_the_issuers_name_signed_by_another_is_not_relied_on() -> None:
    """The list is proven by the same rules as the credential."""
    other = Maker.by_key(9)
    forged = {**MAKER.status_list(), "proof": other.status_list()["proof"]}
    assert_open(verified(status_entry(), world_of(status=forged)), "status-bad-signature")


def test_an_unsigned_list_is_not_relied_on() -> None:
    """A list without a proof is somebody's text."""
    unsigned = MAKER.status_list()
    del unsigned["proof"]
    assert_open(verified(status_entry(), world_of(status=unsigned)), "status-bad-signature")


def test_a_changed_list_is_not_relied_on() -> None:
    """Clearing the bit without signing again is noticed."""
    changed = MAKER.status_list(7)
    changed["credentialSubject"]["encodedList"] = StatusBits().encoded()
    assert_open(verified(status_entry(), world_of(status=changed)), "status-bad-signature")


def test_another_list_of_the_same_issuer_is_not_relied_on() -> None:
    """A list that says it belongs elsewhere was put in the place of the right one."""
    elsewhere = MAKER.status_list(url="https://issuer.example/status/other")
    assert_open(verified(status_entry(), world_of(status=elsewhere)), "status-list-mismatch")


def test_a_list_without_id_is_relied_on() -> None:
    """The id of a list is optional (Bitstring Status List 1.0, 2.2)."""
    assert verified(status_entry(), listed(7, id=...)).verdict is Verdict.REVOKED


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"validUntil": "2026-11-01T00:00:00Z"}, "status-list-dates"),
        ({"validFrom": "2026-11-03T00:00:00Z"}, "status-list-dates"),
        ({"type": ["VerifiableCredential"]}, "status-type-mismatch"),
    ],
)
def test_a_list_out_of_its_time_or_kind_is_not_relied_on(changes: dict[str, Any], code: str) -> None:
    """The list is a credential with dates and a type of its own."""
    assert_open(verified(status_entry(), listed(**changes)), code)


def test_a_list_without_dates_is_relied_on() -> None:
    """The data model does not require validFrom."""
    assert verified(status_entry(), listed(7, validFrom=...)).verdict is Verdict.REVOKED


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        (dict.fromkeys(("type", "encodedList", "statusPurpose"), ...), "status-type-mismatch"),
        ({"encodedList": ...}, "status-malformed"),
        ({"statusPurpose": ...}, "status-purpose-mismatch"),
    ],
)
def test_a_list_of_another_shape_is_not_relied_on(changes: dict[str, Any], code: str) -> None:
    """A subject that is not a bitstring of the right purpose is not looked into."""
    subject = {**MAKER.status_list()["credentialSubject"], **changes}
    kept = {name: value for name, value in subject.items() if value is not ...}
    assert_open(verified(status_entry(), listed(credentialSubject=kept)), code)


def test_the_purpose_of_list_and_entry_must_be_the_same() -> None:
    """A suspension list says nothing about revocation."""
    assert_open(verified(status_entry(), listed(purpose="suspension")), "status-purpose-mismatch")


@pytest.mark.parametrize("index", ["-1", "1.5", "", "+3", "007", " 7", "7 ", "0x7", "\u0667", "1e3", "9" * 11])
def test_an_index_that_is_no_plain_number_is_refused(index: str) -> None:
    """The index is a decimal number in one spelling."""
    assert_open(verified(status_entry(index), listed()), "status-malformed")


def test_an_index_beyond_the_list_is_refused() -> None:
    """The list has 131 072 places, the last of which can be looked up."""
    assert_open(verified(status_entry("131072"), listed()), "status-index-out-of-range")
    assert verified(status_entry("131071"), listed(131_071)).verdict is Verdict.REVOKED


def test_lists_of_bombs_and_other_nonsense_are_not_unpacked() -> None:
    """A list that unpacks to more than it may, or is not packed as the standard says, is not relied on."""
    subject = MAKER.status_list()["credentialSubject"]
    for encoded in ("uAAAA", "zAAAA", "u" + "A" * 500):
        report = verified(status_entry(), listed(credentialSubject={**subject, "encodedList": encoded}))
        assert report.verdict is Verdict.INDETERMINATE


def test_other_kinds_of_status_leave_it_open() -> None:
    """A status that is not looked up is not a status that is fine."""
    entry = {"id": "https://issuer.example/status/1#7", "type": "1EdTechRevocationList"}
    assert_open(verified(entry, listed()), "status-type-unsupported")


def test_purposes_without_effect_are_not_looked_up() -> None:
    """A message or a newer version does not take a credential back, and no tick claims to have looked."""
    world = World()
    report = verified(status_entry(purpose="message"), world)
    assert (report.verdict, code_of(report, "status"), world.asked) == (Verdict.VALID, "status-without-effect", [])


def test_unknown_purposes_leave_it_open() -> None:
    """Nobody knows what a set bit of an unknown purpose means."""
    assert_open(verified(status_entry(purpose="frobnicate"), listed(purpose="frobnicate")), "status-unknown-purpose")


def test_several_entries_are_each_looked_at_and_the_worst_wins() -> None:
    """Two lists, one of which suspends: suspended, with a remark that Open Badges allows one."""
    both = [status_entry(), status_entry(url=SUSPENSION_URL, purpose="suspension")]
    suspended = MAKER.status_list(7, url=SUSPENSION_URL, purpose="suspension")
    world = World({LIST_URL: MAKER.status_list(), SUSPENSION_URL: suspended})
    report = verified(both, world)
    assert (report.verdict, code_of(report, "status-entries")) == (Verdict.SUSPENDED, "several-status-entries")
    fine = World(
        {LIST_URL: MAKER.status_list(), SUSPENSION_URL: MAKER.status_list(url=SUSPENSION_URL, purpose="suspension")}
    )
    assert verified(both, fine).verdict is Verdict.VALID
    assert verified(both, World({LIST_URL: MAKER.status_list()})).verdict is Verdict.INDETERMINATE
    assert verified(list(reversed(both)), World({LIST_URL: MAKER.status_list(7)})).verdict is Verdict.REVOKED


def test_many_entries_are_not_a_way_to_make_us_ask_many_hosts() -> None:
    """More than four entries are not looked at, and nobody is asked."""
    world = World()
    report = verified([status_entry(url=f"https://h{number}.example/s") for number in range(5)], world)
    assert_open(report, "too-many-status-entries")
    assert world.asked == []


def test_the_status_of_a_list_is_not_followed() -> None:
    """A list that names a status of its own leads nowhere further."""
    world = listed(7, credentialStatus=status_entry(8))
    assert verified(status_entry(), world).verdict is Verdict.REVOKED
    assert world.asked == [LIST_URL]


def test_nobody_is_asked_for_a_credential_that_is_not_proven() -> None:
    """The addresses in a forged credential are a stranger's wishes: its status is not looked up."""
    world = listed()
    forged = {**MAKER.badge(credentialStatus=status_entry()), "name": "Other"}
    report = check(forged, world)
    assert (report.verdict, code_of(report, "status"), world.asked) == (Verdict.INVALID, "earlier-step", [])


def test_a_list_with_another_issuers_document_out_of_reach_is_open() -> None:
    """The list of a did:web issuer needs that issuer's document; without it nothing is relied on."""
    web = Maker.by_web()
    badge = web.badge(credentialStatus=status_entry())
    world = world_of(web, status=web.status_list(7))
    assert check(badge, world, now=NOW).verdict is Verdict.REVOKED
    assert len(world.asked) == 2
