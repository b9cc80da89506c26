"""``/decisions/{id}``: the decision to read, and what a school takes along."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from html import unescape
from typing import TYPE_CHECKING

import pytest
from sqlmodel import select

from okbadges.pages.recognition.decision_view import fill_key
from okbadges.recognition.exports.ehoks import to_ehoks
from okbadges.recognition.exports.koski import to_koski
from okbadges.recognition.record import Process, TargetKind
from okbadges.storage.tables import DecisionRow
from pages.recognition.test_areas import plain
from recognition.exports.making import TUVA, YTTT, decision
from support.college import new_college
from support.passport import browser
from support.studying import decide_about, signed_in

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from okbadges.pages.site import Site
    from pages.recognition.conftest import Talk


@pytest.fixture(scope="module")
def kept(table: Talk) -> uuid.UUID:
    """Return a decision to recognise the whole of YTTT."""
    return decide_about(
        table.world,
        table.college,
        table.link,
        title="lehtori",
        grade="passed",
        diary_number="OPH-1825-2021",
        assessor="Veikko Viherpeukalo",
        assessor_is_ours="yes",
    )


@pytest.fixture(scope="module")
def stranger(table: Talk) -> TestClient:
    """Return a browser in which a teacher of another school is signed in."""
    return signed_in(table.world, new_college(table.world, "saku").tuula_id)


def test_it_works(table: Talk, kept: uuid.UUID) -> None:
    """What was decided, by whom, on what grounds and on which badges; and the files that go along."""
    answer = table.tuula.get(f"/decisions/{kept}?done=kept")
    assert answer.status_code == 200, answer.text
    said = plain(answer.text)
    for words in (
        "Päätös on tallennettu.",
        "Työelämässä toimiminen YTTT · Yhteiskunta- ja työelämäosaaminen",
        "Tunnustettu kokonaan 21.11.2026, Tuula Opettaja, lehtori",
        "Tunnustettu 2 osp Arvosana Hyväksytty Perusteet Perusteet 2022 Diaarinumero OPH-1825-2021",
        "Suoraan asiakirjojen perusteella",
        "Toinen arvioija Veikko Viherpeukalo",
        "Opiskelija esitti nämä osaamismerkit",
        "Den studerande visade",
        "Silloin aito ja voimassa. Tunnistettu oppimisympäristö: raportti OTT-2024-7",
        "SHA-256: ",
    ):
        assert words in said, words
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"


def test_ehoks_goes_along(table: Talk, kept: uuid.UUID) -> None:
    """A file in the shape of its schema; what is left to fill there stands on the page, by field and by whom."""
    answer = table.tuula.get(f"/decisions/{kept}/ehoks.json")
    assert answer.headers["content-disposition"].startswith('attachment; filename="ehoks-yttt-2026-11-21-')
    (unit,) = answer.json()["aiemmin-hankitut-yhteiset-tutkinnon-osat"]
    assert unit["osa-alueet"][0]["osa-alue-koodi-uri"] == "ammatillisenoppiaineet_yttt"
    assert "arvioija" not in answer.text
    page = plain(table.tuula.get(f"/decisions/{kept}").text)
    for field in ("tutkinnon-osa-koodi-versio", "valittu-todentamisen-prosessi-koodi-uri"):
        assert field not in answer.text.replace("osa-alue-koodi-versio", "")
        assert field in page
    assert "Todentamisen tapa: Suoraan asiakirjojen perusteella." in page
    assert "opiskelijarekisteri Tutkinnon osan koodin versio, jota HOKS käyttää." in page


def test_koski_goes_along(table: Talk, kept: uuid.UUID) -> None:
    """A file in the shape of its model, with the grounds in Finnish and Swedish."""
    content = table.tuula.get(f"/decisions/{kept}/koski.json").json()
    assert content["arviointi"][0]["arvosana"]["koodiarvo"] == "Hyväksytty"
    assert content["tunnustettu"]["selite"].keys() == {"fi", "sv"}
    assert "suorituskieli" in plain(table.tuula.get(f"/decisions/{kept}").text)


@pytest.mark.parametrize("system", ["ehoks", "koski"])
def test_what_is_to_be_filled_goes_along(table: Talk, kept: uuid.UUID, system: str) -> None:
    """As a file for whoever fills it: which decision, which file, and each field with who fills it, by name."""
    answer = table.tuula.get(f"/decisions/{kept}/{system}-to-fill.txt?lang=en")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    beside = table.tuula.get(f"/decisions/{kept}/{system}.json")
    name = re.search(r'filename="(.*)\.json"', beside.headers["content-disposition"])
    assert name
    assert answer.headers["content-disposition"] == f'attachment; filename="{name[1]}-to-fill.txt"'
    for words in (str(kept), f"{name[1]}.json", "Who: the student register", "YTTT"):
        assert words in answer.text, words
    assert "to-fill" not in beside.text
    assert "you" not in re.findall(r"Who: (.*)", answer.text)
    page = table.tuula.get(f"/decisions/{kept}").text
    assert f'href="/decisions/{kept}/{system}-to-fill.txt"' in page


def test_whoever_fills_is_named(table: Talk, kept: uuid.UUID) -> None:
    """A secretary who reads the file is not "you"."""
    ehoks = table.tuula.get(f"/decisions/{kept}/ehoks-to-fill.txt").text
    assert "Kuka: Ammattiopisto Lappia\nTieto: Todentamisen tapa: Suoraan asiakirjojen perusteella." in ehoks


def test_the_whole_record_is_what_the_journal_has_the_hash_of(table: Talk, kept: uuid.UUID) -> None:
    """Byte by byte as it is kept."""
    content = table.tuula.get(f"/decisions/{kept}/decision.json").content
    with table.world.rooms.database.read() as session:
        row = session.exec(select(DecisionRow).where(DecisionRow.id == kept)).one()
    assert hashlib.sha256(content).hexdigest() == row.record_hash
    assert json.loads(content)["target"]["code"] == "YTTT"


def test_a_row_goes_to_the_study_office(table: Talk, kept: uuid.UUID) -> None:
    """In the language of whoever asks."""
    answer = table.tuula.get(f"/decisions/{kept}/row.csv?lang=sv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    head, row = answer.content.decode("utf-8-sig").splitlines()
    assert head.startswith("Studerande;Dag;Läroanstalt;")
    assert "Erkänt helt" in row


def test_a_row_can_name_the_student(table: Talk, kept: uuid.UUID) -> None:
    """The name is in this one file and nowhere else; what is no name is said beside the field, and a formula stays words."""
    at = f"/decisions/{kept}/row.csv"
    answer = table.tuula.post(at, data={"student": " Sani Opiskelija "})
    assert answer.content.decode("utf-8-sig").splitlines()[1].startswith("Sani Opiskelija")
    assert "Sani Opiskelija" not in table.tuula.get(at).text
    assert "Sani Opiskelija" not in table.tuula.get(f"/decisions/{kept}").text
    assert not table.tuula.post(at, data={"student": "=1+1"}).text.splitlines()[1].startswith("=")
    refused = table.tuula.post(at, data={"student": "x" * 81})
    assert refused.status_code == 422
    assert "Kirjoita enintään 80 merkkiä" in refused.text
    assert "x" * 81 in refused.text
    assert (
        table.tuula.post(at, data={"student": "Sani"}, headers={"Origin": "https://elsewhere.example"}).status_code
        == 403
    )


@pytest.mark.parametrize(
    ("decided", "offers", "sentence"),
    [
        ("part", [], "Koski ottaa sen, mikä tunnustettiin kokonaan."),
        ("part", [], "eHOKS ottaa koko osa-alueen."),
        ("not-now", [], "Mitään ei tunnustettu vielä"),
        ("refer", [], "Mitään ei tunnustettu vielä"),
    ],
)
def test_what_a_system_does_not_take_is_said(talk: Talk, decided: str, offers: list[str], sentence: str) -> None:
    """In words, and the address refuses too."""
    made = decide_about(talk.world, talk.college, talk.link, decided=decided)
    page = talk.tuula.get(f"/decisions/{made}").text
    assert re.findall(rf"/decisions/{made}/(ehoks|koski)\.json", page) == offers
    assert sentence in plain(page)
    for system in {"ehoks", "koski"} - set(offers):
        assert talk.tuula.get(f"/decisions/{made}/{system}.json").status_code == 409


def test_a_superseded_decision_says_so_and_goes_nowhere(talk: Talk) -> None:
    """It can be read, it leads to the newer one, and it is not taken along."""
    first = decide_about(talk.world, talk.college, talk.link, decided="part")
    second = decide_about(talk.world, talk.college, talk.link, correction="Kaikki on nyt näytetty.")
    page = talk.tuula.get(f"/decisions/{first}").text
    assert "Tämän päätöksen tilalla on uudempi." in plain(page)
    assert f'href="/decisions/{second}"' in page
    assert "ehoks.json" not in page
    for file in ("ehoks.json", "ehoks-to-fill.txt"):
        assert talk.tuula.get(f"/decisions/{first}/{file}").status_code == 409
    newer = talk.tuula.get(f"/decisions/{second}").text
    assert "Mitä korjattiin Kaikki on nyt näytetty." in plain(newer)
    assert f'href="/decisions/{first}"' in newer


@pytest.mark.parametrize(
    "path", ["", "/ehoks.json", "/koski.json", "/koski-to-fill.txt", "/decision.json", "/row.csv", "/print", "/correct"]
)
def test_another_school_finds_nothing(table: Talk, stranger: TestClient, kept: uuid.UUID, path: str) -> None:
    """Neither does anybody with a mistyped address; who is not signed in is asked to."""
    answer = stranger.get(f"/decisions/{kept}{path}")
    assert answer.status_code == 404
    assert "Täällä ei ole tällaista päätöstä" in plain(answer.text)
    for wrong in (uuid.UUID(int=1), "x", "1' or 1=1"):
        assert table.tuula.get(f"/decisions/{wrong}{path}").status_code == 404
    assert browser(table.world).get(f"/decisions/{kept}{path}").status_code == 303


@pytest.mark.parametrize("system", ["x", "ehoks.json", "..%2f"])
def test_an_unknown_system_is_not_there(table: Talk, kept: uuid.UUID, system: str) -> None:
    """There are two systems."""
    assert table.tuula.get(f"/decisions/{kept}/{system}.json").status_code == 404
    assert table.tuula.get(f"/decisions/{kept}/{system}-to-fill.txt").status_code == 404


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_there_are_words_for_every_field_that_is_left_to_fill(site: Site, language: str) -> None:
    """Whatever the exports leave open is explained in the language of the page."""
    words = site.words[language]
    open_ones = decision(YTTT.model_copy(update={"code": "VVTK26", "osp": None}), recognised_osp=None, grade=None)
    tuva = decision(TUVA, recognised_osp=None, grade=None)
    ways = [to_ehoks(open_ones.model_copy(update={"process": process})) for process in Process]
    for export in (*ways, to_koski(open_ones), to_koski(tuva)):
        assert export.to_fill
        for one in export.to_fill:
            assert words(f"recognition.fill.{fill_key(one.field)}")
            assert words(f"recognition.fill.by.{one.by}")


def test_foreign_words_are_escaped(talk: Talk) -> None:
    """What a teacher wrote is text, never a part of the page."""
    made = decide_about(talk.world, talk.college, talk.link, conditions="<script>alert(1)</script>")
    for path in ("", "/print", "/correct"):
        page = talk.tuula.get(f"/decisions/{made}{path}").text
        assert "<script>alert" not in page
        assert "<script>alert(1)</script>" in unescape(page)


def test_the_kinds_of_targets_are_all_known(site: Site) -> None:
    """A new kind of target needs words for what its badges allow."""
    for kind in TargetKind:
        if kind is not TargetKind.COMMON_AREA:
            assert site.words["fi"].knows(f"recognition.other.{kind}.no-record")
