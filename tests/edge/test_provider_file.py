"""The file in which the operator describes providers of sign-ins: read whole, or refused in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from okbadges.building import build_rooms
from okbadges.errors import ConfigurationError
from okbadges.integrations.providers import Provider
from okbadges.settings import load_settings
from support.world import SECRET

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = """
lappia:
  name: {fi: Lappian tunnus, sv: Lappias konto, en: Lappia account}
  issuer: https://login.lappia.example/realms/staff
  client_id: okbadges
  client_secret_file: lappia.secret
  scopes: [openid, acr]
  acr_values: [mfa]
  max_age: 3600
kemi:
  name: Kemi
  issuer: https://kemi.example/
  client_id: "12345"
"""


def read(folder: Path, text: str) -> list[Provider]:
    """Return the providers of an installation that is set up with a file of this text."""
    file = folder / "providers.yaml"
    file.write_text(text)
    settings = load_settings(database_url=f"sqlite:///{folder}/x.sqlite3", secret=SECRET, sign_in_providers=file)
    rooms = build_rooms(settings, demo=False)
    rooms.writer.close()
    rooms.database.close()
    return [*rooms.providers]


def secret(folder: Path, text: str = "hush\n", mode: int = 0o600) -> None:
    """Write a client's secret."""
    file = folder / "lappia.secret"
    file.write_text(text)
    file.chmod(mode)


def test_it_works(tmp_path: Path) -> None:
    """Two providers in the order of the file: all that can be said of one, and the least."""
    secret(tmp_path)
    lappia, kemi = read(tmp_path, WHOLE)
    assert lappia == Provider(
        "lappia",
        {"fi": "Lappian tunnus", "sv": "Lappias konto", "en": "Lappia account"},
        "https://login.lappia.example/realms/staff",
        "okbadges",
        "hush",
        ("openid", "acr"),
        ("mfa",),
        3600,
    )
    assert kemi == Provider("kemi", {"": "Kemi"}, "https://kemi.example/", "12345")
    assert [lappia.name_in("sv"), kemi.name_in("sv")] == [("Lappias konto", "sv"), ("Kemi", None)]
    assert "hush" not in repr(lappia)


def test_a_name_that_is_not_translated_is_finnish(tmp_path: Path) -> None:
    """And said to be."""
    [one] = read(tmp_path, "kemi: {name: {fi: Kemin tunnus}, issuer: https://kemi.example, client_id: a}")
    assert one.name_in("en") == ("Kemin tunnus", "fi")


ONE = "kemi: {name: Kemi, issuer: https://kemi.example, client_id: a"
MISTAKES = {
    "": "must hold named fields",
    "[]": "must hold named fields",
    "a: [": "is not readable YAML",
    "kemi: {name: Kemi": "is not readable YAML",
    "kemi:": "kemi must hold named fields",
    "kemi: 5": "kemi must hold named fields",
    "Kemi: {}": "Kemi is not a short name",
    "link: {}": "link is not a short name",
    "demo: {}": "demo is not a short name",
    "a/b: {}": "a/b is not a short name",
    f"{'a' * 41}: {{}}": "is not a short name",
    "kemi: {}": "kemi.name is missing",
    "kemi: {name: Kemi, client_id: a}": "kemi.issuer is missing",
    "kemi: {name: Kemi, issuer: https://kemi.example}": "kemi.client_id is missing",
    f"{ONE}, colour: red}}": "kemi.colour 'colour' is not a known field",
    f"{ONE}, client_id: b}}": "kemi.client_id line 1: is here twice",
    "kemi: {name: 5, issuer: https://kemi.example, client_id: a}": "kemi.name must be one text, or one in each",
    "kemi: {name: '', issuer: https://kemi.example, client_id: a}": "kemi.name must have 1 to 60 characters",
    "kemi: {name: {sv: Kemi}, issuer: https://kemi.example, client_id: a}": "kemi.name must be one text",
    "kemi: {name: {fi: Kemi, de: Kemi}, issuer: https://kemi.example, client_id: a}": "kemi.name must be one text",
    f"kemi: {{name: {'x' * 61}, issuer: https://kemi.example, client_id: a}}": "kemi.name must have 1 to 60",
    "kemi: {name: Kemi, issuer: http://kemi.example, client_id: a}": "kemi.issuer must be an https address",
    "kemi: {name: Kemi, issuer: http://localhost:4000, client_id: a}": "kemi.issuer must be an https address",
    "kemi: {name: Kemi, issuer: 'https://kemi.example?a', client_id: a}": "kemi.issuer must be an https address",
    "kemi: {name: Kemi, issuer: 'https://kemi.example#a', client_id: a}": "kemi.issuer must be an https address",
    "kemi: {name: Kemi, issuer: kemi.example, client_id: a}": "kemi.issuer must be an https address",
    "kemi: {name: Kemi, issuer: https://kemi.example, client_id: 5}": "kemi.client_id must be text",
    "kemi: {name: Kemi, issuer: https://kemi.example, client_id: ''}": "kemi.client_id",
    f"{ONE}, scopes: openid}}": "kemi.scopes must be a list",
    f"{ONE}, scopes: [profile]}}": "kemi.scopes must hold openid",
    f"{ONE}, scopes: [openid, 'a b']}}": "kemi.scopes[1]",
    f"{ONE}, acr_values: [5]}}": "kemi.acr_values[0] must be text",
    f"{ONE}, max_age: soon}}": "kemi.max_age must be a whole number",
    f"{ONE}, max_age: -1}}": "kemi.max_age",
    f"{ONE}, max_age: true}}": "kemi.max_age",
    f"{ONE}, client_secret_file: ''}}": "kemi.client_secret_file is empty",
}


@pytest.mark.parametrize(("text", "words"), MISTAKES.items(), ids=[*MISTAKES])
def test_every_mistake_is_said(tmp_path: Path, text: str, words: str) -> None:
    """One sentence with the setting, the file and the field; nothing starts."""
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, text)
    said = caught.value.detail
    assert said.startswith(f"OKBADGES_SIGN_IN_PROVIDERS, {tmp_path}/providers.yaml: ")
    assert words in said
    assert said.endswith(".")
    assert "\n" not in said


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """A setting that leads nowhere is a mistake too."""
    settings = load_settings(secret=SECRET, sign_in_providers=tmp_path / "nothing.yaml")
    with pytest.raises(ConfigurationError, match=r"nothing\.yaml: cannot be read"):
        build_rooms(settings, demo=False)


def test_the_secret_is_for_its_owner(tmp_path: Path) -> None:
    """Missing, empty, or readable by others: refused, with the command that mends it."""
    with pytest.raises(ConfigurationError, match="write it there, then run: chmod 600"):
        read(tmp_path, WHOLE)
    secret(tmp_path, mode=0o640)
    with pytest.raises(ConfigurationError, match="can be read by others on this machine; run: chmod 600"):
        read(tmp_path, WHOLE)
    secret(tmp_path, " \n")
    with pytest.raises(ConfigurationError, match=r"lappia\.client_secret_file names an empty file"):
        read(tmp_path, WHOLE)


def test_without_a_file_there_are_none(tmp_path: Path) -> None:
    """As every installation begins."""
    rooms = build_rooms(load_settings(database_url=f"sqlite:///{tmp_path}/x.sqlite3", secret=SECRET), demo=False)
    assert [*rooms.providers] == []
    rooms.writer.close()
    rooms.database.close()
