"""Revocation and suspension: what the issuer's list says, and when it is not to be relied on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from okbadges.credentials.fetching import FetchError
from okbadges.credentials.status_list import StatusBits
from okbadges.errors import CredentialError
from okbadges.verification import Fetched, Outcome, Verdict
from okbadges.verification.report import StatusFound
from okbadges.verification.resolve import Documents
from okbadges.verification.status import check_status
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


def detail_of(report: Report) -> str:
    """Return what the check of the status adds."""
    return next(found.detail or "" for found in report.checks if found.id == "status")


def test_a_list_that_is_not_proven_says_which_check_failed() -> None:
    """The reason is that of the check that failed, not that another had to wait for it."""
    unsigned = MAKER.status_list()
    del unsigned["proof"]
    said = detail_of(verified(status_entry(), world_of(status=unsigned)))
    assert said.startswith("The status list is not proven to be the issuer's. Nobody has signed this.")
    forged = {**MAKER.status_list(), "proof": Maker.by_key(9).status_list()["proof"]}
    said = detail_of(verified(status_entry(), world_of(status=forged)))
    assert "The key is not one that the signer's own document lists." in said
    assert "Not looked at" not in said


@pytest.mark.parametrize(
    ("changes", "member"),
    [
        ({"statusListIndex": "07"}, "statusListIndex"),
        ({"statusListIndex": -1}, "statusListIndex"),
        ({"statusListCredential": 5}, "statusListCredential"),
        ({"statusSize": 0}, "statusSize"),
    ],
)
def test_a_malformed_entry_names_the_member(changes: dict[str, Any], member: str) -> None:
    """Whoever wrote the entry is told what of it cannot be read."""
    world = listed()
    document: dict[str, Any] = {"issuer": MAKER.did, "credentialStatus": {**status_entry(), **changes}}
    [found], _ = check_status(document, documents=Documents(world), now=NOW)
    assert (found.code, member in (found.detail or "")) == ("status-malformed", True)


def test_a_list_that_cannot_be_had_names_its_address() -> None:
    """Whoever saved documents for later learns which one is missing."""
    assert detail_of(verified(status_entry(), World())) == f"{LIST_URL}: no such host"


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


def test_an_index_may_be_a_number() -> None:
    """The examples of Open Badges write one, where the W3C has a text of digits."""
    _, found = looked_up({**status_entry(), "statusListIndex": 7}, listed(7))
    assert (found[0].index, found[0].state) == (7, "set")
    for index in (-1, 10_000_000_000):
        assert looked_up({**status_entry(), "statusListIndex": index}, listed(7))[0][0].code == "status-malformed"


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


@pytest.mark.parametrize(
    "kind", ["RevocationList2020Status", "", 5, ["BitstringStatusListEntry", "StatusList2021Entry"]]
)
def test_other_kinds_of_status_leave_it_open(kind: Any) -> None:
    """A status that is not looked up is not a status that is fine; an entry of two kinds would hide one of them."""
    checks, found = check_status(
        {"issuer": MAKER.did, "credentialStatus": {**status_entry(), "type": kind}},
        documents=Documents(World()),
        now=NOW,
    )
    assert [(check.outcome, check.required, check.code) for check in checks] == [
        (Outcome.NOT_CHECKED, True, "status-type-unsupported")
    ]
    assert found[0].state is None


def meanings(*words: str) -> list[dict[str, str]]:
    """Return a ``statusMessage`` that gives each value a word."""
    return [{"status": hex(value), "message": word} for value, word in enumerate(words)]


def message_entry(*words: str, size: int = 1, index: int = 7) -> dict[str, Any]:
    """Return an entry of purpose message with values of ``size`` bits."""
    return {**status_entry(index, purpose="message"), "statusSize": size, "statusMessage": meanings(*words)}


def test_a_message_is_told_and_changes_nothing() -> None:
    """The issuer's word for the value that stands in the list is part of the report; no tick claims to have looked at a revocation."""
    for taken_back, state, word in (((), "0x0", "pending"), ((7,), "0x1", "accepted")):
        report = verified(message_entry("pending", "accepted"), listed(*taken_back, purpose="message"))
        assert (report.verdict, code_of(report, "status")) == (Verdict.VALID, "status-without-effect")
        _, found = looked_up(message_entry("pending", "accepted"), listed(*taken_back, purpose="message"))
        assert found == [StatusFound("BitstringStatusListEntry", "message", LIST_URL, 7, state, word)]


def looked_up(entry: object, world: World) -> tuple[list[Any], list[StatusFound]]:
    """Look up a status entry of the good issuer, and return the checks and what was found."""
    document = {"id": "urn:uuid:1", "issuer": MAKER.did, "credentialStatus": entry}
    checks, found = check_status(document, documents=Documents(world), now=NOW)  # type: ignore[arg-type]
    return checks, list(found)


@pytest.mark.parametrize(
    ("size", "bits", "value"), [(2, (14,), 2), (2, (15,), 1), (3, (21, 23), 5), (8, (56, 63), 0x81)]
)
def test_values_of_several_bits_are_read_most_significant_bit_first(
    size: int, bits: tuple[int, ...], value: int
) -> None:
    """Entry 7 of values of n bits begins at bit 7 n."""
    words = [f"word {number}" for number in range(1 << size)]
    long = StatusBits(131_072 * size)
    for bit in bits:
        long.set(bit)
    subject = {**MAKER.status_list(purpose="message")["credentialSubject"], "encodedList": long.encoded()}
    _, found = looked_up(message_entry(*words, size=size), listed(credentialSubject=subject))
    assert [(one.state, one.message) for one in found] == [(hex(value), f"word {value}")]


def test_a_list_of_several_bits_must_still_hide_who_is_looked_up() -> None:
    """131 072 bits are only half as many places of two bits."""
    checks, found = looked_up(
        {**status_entry(), "statusSize": 2, "statusMessage": meanings("a", "b", "c", "d")}, listed(14)
    )
    assert (checks[0].outcome, checks[0].code, found[0].state) == (Outcome.NOT_CHECKED, "status-list-too-short", None)


def test_any_value_but_zero_revokes() -> None:
    """A revocation with reasons has several values, all but the first of which take the credential back."""
    reasons = {**status_entry(), "statusSize": 2, "statusMessage": meanings("good", "lapsed", "withdrawn", "wrong")}
    long = StatusBits(262_144)
    long.set(14)
    subject = {**MAKER.status_list()["credentialSubject"], "encodedList": long.encoded()}
    world = listed(credentialSubject=subject)
    assert verified(reasons, world).verdict is Verdict.REVOKED
    _, found = looked_up(reasons, world)
    assert (found[0].state, found[0].message) == ("set", "withdrawn")
    assert verified({**reasons, "statusListIndex": "8"}, world).verdict is Verdict.VALID


@pytest.mark.parametrize(
    "changes",
    [
        {"statusSize": 0},
        {"statusSize": 9},
        {"statusSize": True},
        {"statusSize": "1"},
        {"statusSize": 1.0},
        {"statusSize": 2},
        {"statusSize": 2, "statusMessage": meanings("a", "b", "c")},
        {"statusMessage": meanings("a")},
        {"statusMessage": [*meanings("a"), *meanings("a")]},
        {"statusMessage": [{"status": "0", "message": "a"}, {"status": "1", "message": "b"}]},
        {"statusMessage": [{"status": "0x0"}, {"status": "0x1", "message": "b"}]},
        {"statusMessage": ["a", "b"]},
        {"statusListCredential": 5},
        {"statusListIndex": True},
        {"statusListIndex": 7.0},
        {"statusListIndex": None},
    ],
)
def test_an_entry_that_is_not_built_as_one_is_not_looked_up(changes: dict[str, Any]) -> None:
    """What breaks the data model of the list is malformed, whatever its list says, and nobody is asked."""
    world = listed()
    checks, _ = looked_up({**status_entry(), **changes}, world)
    assert [(check.outcome, check.required, check.code) for check in checks] == [
        (Outcome.NOT_CHECKED, True, "status-malformed")
    ]
    assert world.asked == []


def test_a_message_that_cannot_be_read_is_a_remark() -> None:
    """What could change nothing when it is read changes nothing when it is not; the state stays empty."""
    for entry, world in (
        (message_entry("a", "b"), World()),
        (message_entry("a"), listed(purpose="message")),
        (message_entry("a", "b"), listed(purpose="suspension")),
        (status_entry(purpose="message"), listed(purpose="message")),
    ):
        checks, found = looked_up(entry, world)
        assert [(check.code, check.required) for check in checks] == [("status-without-effect", False)]
        assert [(one.purpose, one.state, one.message) for one in found] == [("message", None, None)]


def test_a_newer_version_is_told_and_changes_nothing() -> None:
    """The purpose refresh says that the issuer has a newer version."""
    for taken_back, state in (((), "clear"), ((7,), "set")):
        checks, found = looked_up(status_entry(purpose="refresh"), listed(*taken_back, purpose="refresh"))
        assert [(check.code, check.required) for check in checks] == [("status-without-effect", False)]
        assert [one.state for one in found] == [state]


def test_a_message_never_covers_a_revocation() -> None:
    """Of two entries the one that can take the credential back decides, also when it cannot be had."""
    both = [message_entry("a", "b"), status_entry(url=SUSPENSION_URL)]
    message = MAKER.status_list(7, purpose="message")
    for revocation, verdict in (
        (MAKER.status_list(url=SUSPENSION_URL), Verdict.VALID),
        (MAKER.status_list(7, url=SUSPENSION_URL), Verdict.REVOKED),
        (Fetched(404, {}, b""), Verdict.INDETERMINATE),
    ):
        report = verified(both, World({LIST_URL: message, SUSPENSION_URL: revocation}))
        assert report.verdict is verdict


def test_what_was_found_is_told_of_every_entry() -> None:
    """The report says of each entry where it points and what stood there; hostile lengths are cut."""
    long_url = "https://issuer.example/" + "s" * 1_000
    both = [status_entry(), {**status_entry(9, url=long_url, purpose="p" * 1_000)}]
    _, found = looked_up(both, listed(7))
    assert found[0] == StatusFound("BitstringStatusListEntry", "revocation", LIST_URL, 7, "set", None)
    assert found[1] == StatusFound("BitstringStatusListEntry", "p" * 300, long_url[:300], 9, None, None)
    assert looked_up({}, World())[1] == [StatusFound(None, None, None, None, None, None)]
    assert looked_up("x", World())[1] == [StatusFound(None, None, None, None, None, None)]


def test_nothing_is_found_where_nothing_is_looked_at() -> None:
    """No entry, an empty list and too many of them leave nothing to tell."""
    for status in ([], [status_entry()] * 5):
        assert looked_up(status, World())[1] == []
    assert check_status({}, documents=Documents(World()), now=NOW)[1] == ()


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


def test_a_list_is_worked_out_once_in_a_verification() -> None:
    """However many credentials in one file lead to it: an answer and a refusal are both kept."""
    documents, made = Documents(World()), []

    def answer() -> str:
        made.append("answer")
        return "answer"

    def refuse() -> str:
        made.append("refusal")
        raise CredentialError("status-malformed", "no")

    for _ in range(3):
        assert documents.once("one", answer) == "answer"
        with pytest.raises(CredentialError):
            documents.once("other", refuse)
    assert made == ["answer", "refusal"]


def test_one_list_answers_every_issuer_for_themselves() -> None:
    """What was worked out for the issuer of the list is no answer for another issuer, nor for an entry of another kind."""
    documents = Documents(listed(7))
    for issuer, kind, code in (
        (MAKER.did, "BitstringStatusListEntry", "revoked"),
        (Maker.by_key(9).did, "BitstringStatusListEntry", "status-issuer-mismatch"),
        (MAKER.did, "StatusList2021Entry", "status-type-mismatch"),
        (MAKER.did, "BitstringStatusListEntry", "revoked"),
    ):
        document: dict[str, Any] = {
            "id": "urn:uuid:1",
            "issuer": issuer,
            "credentialStatus": {**status_entry(), "type": kind},
        }
        checks, _ = check_status(document, documents=documents, now=NOW)
        assert checks[0].code == code
