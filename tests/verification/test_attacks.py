"""The attack suite through `verify`: nothing that must never be valid is valid, everything honest of a supported form is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from integrations.scripted import PUBLIC
from okbadges.verification import Outcome, Recipient, Verdict
from verification.attacks import Suite, WorldNetwork
from verification.making import Maker, check, credential

if TYPE_CHECKING:
    from pathlib import Path

    from okbadges.verification import Report


@pytest.fixture(scope="module")
def suite(shared: Path) -> Suite:
    """Return the attack suite of the shared material."""
    return Suite(shared / "attacks")


def codes(report: Report) -> list[tuple[str, str | None]]:
    """Return what kept a report from being valid."""
    return [(check.id, check.code) for check in report.checks if check.required and check.outcome is not Outcome.PASSED]


@pytest.mark.parametrize("group", "ABCDEFHIJ")
def test_every_case_gets_a_verdict_that_is_expected(suite: Suite, group: str) -> None:
    """No case of the group gets a verdict that it must never get, and honest ones are VALID; `make bench` has seconds and memory."""
    wrong = []
    for case in suite.cases(group):
        fetch = suite.fetch(case.world)
        report = case.run(fetch)
        if report.verdict not in case.verdicts or report.verdict in case.never:
            wrong.append((case.id, report.verdict.value, sorted(case.verdicts), codes(report)))
    assert wrong == []


def test_no_case_leads_the_real_fetcher_inside(suite: Suite) -> None:
    """Through the guarded fetcher, group G gets its verdicts and no forbidden host, address or scheme is ever asked."""
    wrong, asked_inside = [], []
    for case in suite.cases("G"):
        network = WorldNetwork(suite, case)
        report = case.run(network.fetcher())
        asked = {*network.looked_up, *network.connected, *network.requested}
        inside = set(network.connected) - {PUBLIC}
        if report.verdict not in case.verdicts or report.verdict in case.never:
            wrong.append((case.id, report.verdict.value, codes(report)))
        if inside or asked & {*case.outbound_forbidden} or len(network.requested) > case.outbound_max:
            asked_inside.append((case.id, sorted(asked)))
    assert (wrong, asked_inside) == ([], [])


def test_the_rest_runs_through_the_real_fetcher_too(suite: Suite) -> None:
    """Issuers' documents and status lists behind the guarded fetcher give the same verdicts as without it."""
    wrong = []
    for case in suite.cases("AEF"):
        report = case.run(WorldNetwork(suite, case).fetcher())
        if report.verdict not in case.verdicts:
            wrong.append((case.id, report.verdict.value, codes(report)))
    assert wrong == []


def test_a_name_that_a_spreadsheet_would_run_is_only_a_name(suite: Suite) -> None:
    """The four cases with such a recipient are honest: the badge is VALID, and what an export makes of the name is the export's."""
    maker = Maker.by_key()
    for name in suite.names_to_export():
        identity = {"type": "IdentityObject", "hashed": False, "identityHash": name, "identityType": "name"}
        document = credential(maker.did)
        document["credentialSubject"]["identifier"] = [identity]
        report = check(maker.sign(document), recipient=Recipient(name, "name"))
        assert (report.verdict, report.recipient_match) == (Verdict.VALID, True)
    assert len(suite.names_to_export()) == 4


def test_what_is_left_out_here_is_named(suite: Suite) -> None:
    """Only what needs a service is not run by these tests: its scenarios (K), and a form with too many fields (`tests/pages`)."""
    assert suite.left_out() == {"K": 32, "I": 4, "H": 1}
