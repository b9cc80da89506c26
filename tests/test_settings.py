"""The settings, and what is refused before anything is served."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from okbadges.errors import ConfigurationError
from okbadges.settings import described, load_settings

if TYPE_CHECKING:
    from pathlib import Path

SECRET = base64.b64encode(bytes(32)).decode()


@pytest.fixture(autouse=True)
def _nothing_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Begin without settings of the developer's own."""
    monkeypatch.chdir(tmp_path)


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each setting is an OKBADGES_ variable."""
    monkeypatch.setenv("OKBADGES_PORT", "9001")
    assert load_settings().port == 9001


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("OKBADGES_PORT", "many"),
        ("OKBADGES_WORKERS", "0"),
        ("OKBADGES_LOG_FORMAT", "xml"),
        ("OKBADGES_ACCESSIBILITY_ASSESSED_ON", "last spring"),
    ],
)
def test_an_unusable_value_names_its_variable(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    """A wrong value is refused by the name that the operator wrote."""
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigurationError, match=variable):
        load_settings()


@pytest.mark.parametrize(
    "base_url",
    [
        "http://badges.example.org",
        "badges.example.org",
        "https://badges.example.org/",
        "ftp://x",
        "https://u:p@x.org",
        "https://x.org?a",
    ],
)
def test_an_unsafe_base_url_is_refused(base_url: str) -> None:
    """Only https (or this very machine) can stand in a signed credential, without a slash at its end."""
    with pytest.raises(ConfigurationError, match="OKBADGES_BASE_URL"):
        load_settings(base_url=base_url)


@pytest.mark.parametrize(
    "contact",
    [
        "",
        "Iida",
        "iida@",
        "@merkit.example",
        "iida@merkit",
        ".iida@merkit.example",
        "iida@merkit.example, aino@merkit.example",
        "mailto:iida@merkit.example",
        "iida@merkit.example?subject=a",
        "http://merkit.example",
        "https://",
        "https://iida@merkit.example",
        "https://merkit.example:nine",
        "https://[merkit.example",
        "https://merkit.example/ a",
        "https://merkit.example/\npalaute",
        "javascript:alert(1)",
        "//merkit.example",
        f"https://merkit.example/{'a' * 200}",
    ],
)
def test_a_contact_that_nobody_can_write_to_is_refused(monkeypatch: pytest.MonkeyPatch, contact: str) -> None:
    """It stands on public pages as a link: an e-mail address or an https address, or none; said in one sentence, before anything is served."""
    monkeypatch.setenv("OKBADGES_CONTACT", contact)
    with pytest.raises(
        ConfigurationError, match="OKBADGES_CONTACT must be an e-mail address or an https address"
    ) as refused:
        load_settings()
    assert refused.value.code == "contact"


@pytest.mark.parametrize(
    "contact",
    ["a@b.fi", "tuki.paja+ok@merkit.example", "https://merkit.example", "https://merkit.example:8443/a?b=c#d"],
)
def test_a_contact_is_kept_as_it_is_written(contact: str) -> None:
    """Only the space around it goes; without one there is none."""
    assert load_settings(contact=f" {contact}\n").contact == contact
    assert load_settings().contact is None


def test_a_secret_that_others_can_read_is_refused(tmp_path: Path) -> None:
    """A world-readable secret is refused with the command that mends it."""
    file = tmp_path / "secret"
    file.write_text(SECRET)
    file.chmod(0o644)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        load_settings(secret_file=file).secrets()
    file.chmod(0o600)
    load_settings(secret_file=file).secrets()


@pytest.mark.parametrize("content", ["", "not base64!", "c2hvcnQ=", "ä"])
def test_a_broken_secret_is_refused(tmp_path: Path, content: str) -> None:
    """A secret that is not whole is refused in words."""
    file = tmp_path / "secret"
    file.write_text(content, encoding="utf-8")
    file.chmod(0o600)
    with pytest.raises(ConfigurationError):
        load_settings(secret_file=file).secrets()


def test_without_a_secret_the_command_that_makes_one_is_named() -> None:
    """No secret at all is refused with the command."""
    with pytest.raises(ConfigurationError, match="okbadges secret create"):
        load_settings().secrets()


def test_secrets_are_masked_where_settings_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list shows where each value came from and never a secret or a password."""
    monkeypatch.setenv("OKBADGES_SECRET", SECRET)
    monkeypatch.setenv("OKBADGES_DATABASE_URL", "postgresql+psycopg://okbadges:hunter2@db/okbadges")
    rows = {row[0]: row for row in described(load_settings(), {"OKBADGES_SECRET": SECRET})}
    said = str(rows)
    monkeypatch.setenv("OKBADGES_DATABASE_URL", "postgresql+psycopg:///okb?host=db&user=u&password=hunter2")
    said += str(described(load_settings(), {}))
    assert SECRET not in said
    assert "hunter2" not in said
    assert "okbadges:***@db" in rows["OKBADGES_DATABASE_URL"][1]
    assert rows["OKBADGES_SECRET"][2] == "environment"
    assert rows["OKBADGES_PORT"][2] == "default"


def test_doors_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    """A certificate needs its key and an https base URL; issuing without a key is for conformance runs alone."""
    file = tmp_path / "file.pem"
    for given, code in (
        ({"base_url": "https://localhost:8443", "tls_certificate": file}, "tls-half"),
        ({"base_url": "https://localhost:8443", "tls_key": file}, "tls-half"),
        ({"tls_certificate": file, "tls_key": file}, "tls-base-url"),
        ({"vc_api_without_key": True}, "vc-api-without-key"),
        ({"vc_api_without_key": True, "vc_api_profile": "off"}, "vc-api-without-key"),
        ({"vc_api_profile": "everything"}, "setting"),
    ):
        with pytest.raises(ConfigurationError) as refused:
            load_settings(**given)
        assert refused.value.code == code
    assert load_settings().vc_api_profile == "openbadges"
    assert load_settings(vc_api_profile="any", vc_api_without_key=True).vc_api_without_key
