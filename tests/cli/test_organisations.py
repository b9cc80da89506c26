"""``okbadges organisation`` and ``okbadges workshop``."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from support.college import INSTITUTION_OID, PROVIDER_OID
from support.command_line import Operator, operating
from support.groups import get

if TYPE_CHECKING:
    from support.world import World

RECOGNISED = (
    "workshop", "recognise", "kemi", "pyora", "--target", "ammatillisenoppiaineet_vvai", "--target", "tutkinnonosat_400012",
    "--report", "OTT-9", "--recognised-by", "Opettaja", "--recognised-inside", "Vastaava ohjaaja", "--diaari", "LAO/12/2026",
    "--valid-from", "2026-01-01", "--report-url", "https://college.example/9",
)  # fmt: skip


@pytest.fixture
def operator(world: World, monkeypatch: pytest.MonkeyPatch) -> Operator:
    """Return the operator of this test's installation."""
    return operating(world, monkeypatch)


def test_it_works(operator: Operator) -> None:
    """An organisation is made with a workshop; asking for a second person is switched on and off."""
    operator.must("organisation", "create", "ii", "--name", "Iin paja", "--issuer", "ok")
    operator.must("workshop", "create", "ii", "kahvila", "--name", "Kahvila")
    assert "asks for a second person" in operator.must("organisation", "set", "ii", "--second-person")
    assert "ii  Iin paja  (second person" in operator.must("organisation", "list")
    assert "does not ask" in operator.must("organisation", "set", "ii", "--no-second-person")
    assert "ii  Iin paja\n" in operator.must("organisation", "list")
    assert operator.run("organisation", "set", "ii")[0] == 2
    assert operator.run("organisation", "set", "nowhere", "--second-person")[0] == 2


def test_disclosing_names_are_warned_of(operator: Operator) -> None:
    """Names that could tell why people are there are warned of and kept."""
    assert "warning" in operator.must("organisation", "create", "x", "--name", "Kuntoutussäätiö", "--issuer", "ok")
    assert "warning" in operator.must("workshop", "create", "kemi", "x", "--name", "Kuntouttava paja")
    assert "warning" not in operator.must("workshop", "create", "kemi", "y", "--name", "Kahvila")


def test_a_report_is_kept_and_ended(operator: Operator) -> None:
    """One report covers several targets, a repeat keeps nothing twice, and one of its records is ended early."""
    for _ in range(2):
        assert "tutkinnonosat_400012" in operator.must(*RECOGNISED)
    lines = operator.must("workshop", "records", "kemi", "pyora").splitlines()
    assert len(lines) == 2
    record = uuid.UUID(lines[0].split()[0])
    operator.must("workshop", "end-recognition", "kemi", str(record), "--last-day", "2026-11-30")
    assert "2026-01-01 to 2026-11-30" in operator.must("workshop", "records", "kemi", "pyora").splitlines()[0]
    path = "/organisations/kemi/workshops/pyora/recognition-records"
    shown = get(operator.world, path, operator.world.as_aino()).json()["recognition_records"][0]
    assert (shown["diaari"], shown["recognised_inside"]) == ("LAO/12/2026", "Vastaava ohjaaja")
    assert operator.run("workshop", "end-recognition", "ranua", str(record), "--last-day", "2026-11-29")[0] == 2


def test_what_cannot_be_is_said(operator: Operator) -> None:
    """An address that teachers could not open safely, and days the wrong way round."""
    status, said = operator.run(*RECOGNISED[:-1], "http://college.example/9")
    assert (status, "https" in said) == (2, True)
    assert operator.run(*RECOGNISED, "--valid-until", "2025-01-01")[0] == 2


def test_a_school_is_noted_with_its_codes(operator: Operator) -> None:
    """By its OIDs, without the codes of the processes at first, then with the three that it confirmed."""
    oids = ("--provider-oid", PROVIDER_OID, "--institution-oid", INSTITUTION_OID)
    assert "leave them open" in operator.must("organisation", "education-provider", "kemi", *oids)
    codes = [word for number in (1, 2, 3) for word in ("--process-code", f"osaamisentodentamisenprosessi_000{number}")]
    assert "confirmed" in operator.must("organisation", "education-provider", "kemi", *oids, *codes)
    assert operator.run("organisation", "education-provider", "kemi", *oids, *codes[:2])[0] == 2
    assert operator.run("organisation", "education-provider", "kemi", "--provider-oid", "1.2.3")[0] == 2
    assert operator.run("organisation", "education-provider", "nowhere", *oids)[0] == 2
    status, said = operator.run("organisation", "education-provider", "ranua", *oids)
    assert (status, "noted as kemi already" in said) == (2, True)
