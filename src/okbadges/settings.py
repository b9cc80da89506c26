"""The settings of an installation, from the environment (``OKBADGES_…``) or a ``.env`` file. Read by app and cli only.

`okbadges settings` lists them with where each came from; secrets are masked there and nowhere logged.
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, StringConstraints, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from okbadges.errors import ConfigurationError
from okbadges.private_files import read_private
from okbadges.storage.sealing import Secrets

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "OKBADGES_"
_RATE = "^(off|[1-9][0-9]{0,6}/(second|minute|hour))$"
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1")
_EMAIL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._+-]{0,62}[A-Za-z0-9])?@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")
_LONGEST_CONTACT = 200


class Settings(BaseSettings):
    """What an operator can set."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True)

    base_url: Annotated[str, StringConstraints(strip_whitespace=True)] = Field(
        default="http://localhost:8000",
        description="Where the service answers; part of every signed credential, fixed at first start",
    )
    database_url: SecretStr = Field(
        default=SecretStr("sqlite:///okbadges.sqlite3"),
        description="sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/NAME",
    )
    secret_file: Path | None = Field(
        default=None, description="File with the installation's secret; readable by its owner only"
    )
    secret: SecretStr | None = Field(default=None, description="The secret itself, where files are not practical")
    second_place: Path | None = Field(
        default=None, description="Folder on another disk where the journal is copied, for restores; it must be there"
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on")
    port: int = Field(default=8000, ge=1, le=65535, description="Port to listen on")
    workers: int = Field(default=1, ge=1, le=64, description="Server processes")
    tls_certificate: Path | None = Field(
        default=None, description="Certificate chain (PEM) to serve https with, where no reverse proxy does"
    )
    tls_key: Path | None = Field(default=None, description="The private key (PEM) of that certificate")
    trusted_proxies: str = Field(default="127.0.0.1", description="Addresses whose X-Forwarded-… headers are believed")
    allow_loopback_issuers: bool = Field(
        default=False,
        description="Development only: fetch did documents and status lists of other services on this machine by http",
    )
    vc_api_profile: Literal["off", "openbadges", "any"] = Field(
        default="openbadges",
        description="off, openbadges (badges of this installation's issuers), or any (conformance runs only)",
    )
    vc_api_without_key: bool = Field(
        default=False,
        description="Conformance runs only: let everybody issue under /vc-api/ with the keys of the profile any",
    )
    evidence_months: int = Field(default=24, ge=1, le=120, description="How long evidence is kept")
    label_months: int = Field(
        default=12,
        ge=1,
        le=120,
        description="How long labels and notes are kept after the last thing that happened to a participant",
    )
    quiet_months: int = Field(
        default=36,
        ge=1,
        le=120,
        description="How long is kept what was begun and not used any more: steps without their badge, own words, ended stays in groups, consents to links",
    )
    contact: Annotated[str, StringConstraints(strip_whitespace=True)] | None = Field(
        default=None,
        description="Whom people ask about privacy and accessibility: an e-mail address or an https address, shown on the pages",
    )
    accessibility_assessed_on: date | None = Field(
        default=None,
        description="The day on which you last assessed the accessibility of the pages, for their statement",
    )
    pkcs11_module: Path | None = Field(
        default=None,
        description="PKCS#11 library of a token that keeps private keys, for example /usr/lib/…/libsofthsm2.so",
    )
    pkcs11_token: str | None = Field(default=None, description="The label of that token")
    pkcs11_pin_file: Path | None = Field(
        default=None, description="File with the PIN of that token; readable by its owner only"
    )
    sign_in_providers: Path | None = Field(
        default=None, description="YAML file that describes the OpenID Connect providers with which members sign in"
    )
    smtp_url: SecretStr | None = Field(default=None, description="Mail server: smtp://HOST:587 or smtps://HOST:465")
    smtp_password_file: Path | None = Field(default=None, description="File with USER:PASSWORD there; its owner's only")
    mail_from: str | None = Field(default=None, description="The e-mail address from which letters to holders come")
    rate_per_key: str = Field(
        default="600/minute",
        pattern=_RATE,
        description="How often one access key may call each server process: so many/second, /minute or /hour, or off",
    )
    rate_per_address: str = Field(
        default="120/minute",
        pattern=_RATE,
        description="How often one address may have something verified by each server process, or off",
    )
    signing_templates: bool = Field(
        default=True,
        description="Sign by templates; off works every credential out from the beginning, ten times slower, to compare",
    )
    replica_seconds: int | None = Field(
        default=None,
        ge=1,
        le=600,
        description="The database is a read replica: answer public reads only, and none when it is more seconds behind than this",
    )
    metrics_open: bool = Field(
        default=False, description="Show /metrics without an access key, where only a scraper of yours can reach it"
    )
    log_format: Annotated[str, StringConstraints(pattern="^(json|text)$")] = Field(
        default="json", description="json or text"
    )

    @property
    def is_https(self) -> bool:
        """Tell whether people reach the service by https."""
        return self.base_url.startswith("https://")

    @property
    def verify_rate(self) -> str:
        """Return how often one address may verify: a conformance run asks as fast as it can, unless it is told not to."""
        is_free = self.vc_api_profile == "any" and "rate_per_address" not in self.model_fields_set
        return "off" if is_free else self.rate_per_address

    def secrets(self) -> Secrets:
        """Read the installation's secret. Raises `ConfigurationError`, in one sentence with the command that mends it."""
        if self.secret is not None:
            return Secrets(_decoded(self.secret.get_secret_value()))
        if self.secret_file is None:
            raise ConfigurationError(
                "no-secret",
                "There is no secret; make one with: okbadges secret create okbadges.secret, then set OKBADGES_SECRET_FILE=okbadges.secret",
            )
        return Secrets(_decoded(read_private(self.secret_file)))

    def pkcs11_pin(self) -> str | None:
        """Read the token's PIN, None where no token is set. Raises `ConfigurationError` as `secrets` does."""
        if self.pkcs11_pin_file is None:
            return None
        made_with = f"write the PIN there, then run: chmod 600 {self.pkcs11_pin_file}"
        return read_private(self.pkcs11_pin_file, what="PIN", mended=made_with).strip()

    def client_secret(self, path: Path) -> str:
        """Read our secret at a provider of sign-ins. Raises `ConfigurationError` as `secrets` does."""
        return read_private(path, what="client secret", mended=f"write it there, then run: chmod 600 {path}").strip()

    def smtp_sign_in(self, path: Path) -> str:
        """Read user and password at the mail server. Raises `ConfigurationError` as `secrets` does."""
        return read_private(path, what="password", mended=f"write it there, then run: chmod 600 {path}").strip()


def load_settings(**given: object) -> Settings:
    """Read the settings; ``given`` wins over the environment. Raises `ConfigurationError` naming the variable at fault."""
    try:
        settings = Settings(**given)  # type: ignore[arg-type]
    except ValidationError as invalid:
        first = invalid.errors()[0]
        name = f"{PREFIX}{str(first['loc'][0]).upper()}"
        raise ConfigurationError("setting", f"{name} is not usable: {first['msg']}.") from None
    check_base_url(settings.base_url)
    check_contact(settings.contact)
    _check_doors(settings)
    return settings


def require_chosen_base_url(settings: Settings) -> None:
    """Refuse an installation whose address nobody chose: it is in every signed credential and can never be changed."""
    if "base_url" not in settings.model_fields_set:
        raise ConfigurationError(
            "base-url-missing",
            "OKBADGES_BASE_URL is not set; choose the address of this service with care, for example "
            "OKBADGES_BASE_URL=https://badges.example.org (on your own machine: http://localhost:8000).",
        )


def check_base_url(base_url: str) -> None:
    """Refuse a base URL that could not stand in a signed credential for decades."""
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ConfigurationError(
            "base-url", f"OKBADGES_BASE_URL must look like https://badges.example.org, not {base_url!r}."
        )
    if base_url.endswith("/"):
        raise ConfigurationError("base-url", "OKBADGES_BASE_URL must not end with a slash.")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise ConfigurationError(
            "base-url-http",
            f"OKBADGES_BASE_URL must be https for {parts.hostname}: verifiers fetch keys by https only; put a reverse proxy before okbadges.",
        )


def check_contact(contact: str | None) -> None:
    """Refuse a contact that nobody could write to: it stands on public pages as a link."""
    if contact is None or (len(contact) <= _LONGEST_CONTACT and (_EMAIL.fullmatch(contact) or _is_web_page(contact))):
        return
    raise ConfigurationError(
        "contact",
        "OKBADGES_CONTACT must be an e-mail address or an https address, for example help@badges.example.org, "
        f"not {contact!r}; or leave it out.",
    )


def _is_web_page(address: str) -> bool:
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises for one that is none
    except ValueError:
        return False
    # what `urlsplit` passes over (spaces, control characters) must not pass here
    is_plain = re.fullmatch(r"[!-~]+", address) is not None
    return is_plain and parts.scheme == "https" and bool(parts.hostname) and parts.username is None


def _check_doors(settings: Settings) -> None:
    """Refuse settings of the doors that contradict each other."""
    if (settings.tls_certificate is None) != (settings.tls_key is None):
        raise ConfigurationError(
            "tls-half", "OKBADGES_TLS_CERTIFICATE and OKBADGES_TLS_KEY belong together; set both of them, or neither."
        )
    if settings.tls_certificate is not None and not settings.is_https:
        raise ConfigurationError(
            "tls-base-url",
            "With OKBADGES_TLS_CERTIFICATE the service answers by https: OKBADGES_BASE_URL must say so too.",
        )
    token = (settings.pkcs11_module, settings.pkcs11_token, settings.pkcs11_pin_file)
    if any(token) and not all(token):
        raise ConfigurationError(
            "token-half",
            "OKBADGES_PKCS11_MODULE, OKBADGES_PKCS11_TOKEN and OKBADGES_PKCS11_PIN_FILE belong together; set all of them, or none.",
        )
    if settings.vc_api_without_key and settings.vc_api_profile != "any":
        raise ConfigurationError(
            "vc-api-without-key",
            "OKBADGES_VC_API_WITHOUT_KEY is for conformance runs and needs OKBADGES_VC_API_PROFILE=any; unset it.",
        )


def described(settings: Settings, environment: Mapping[str, str]) -> list[tuple[str, str, str, str]]:
    """Return (variable, value, where it came from, what it is for) of every setting; secrets are masked."""
    rows = []
    for name, field in Settings.model_fields.items():
        variable = f"{PREFIX}{name.upper()}"
        value = getattr(settings, name)
        was_set = name in settings.model_fields_set
        source = "environment" if variable in environment else ".env file" if was_set else "default"
        rows.append((variable, _shown(name, value), source, field.description or ""))
    return rows


def _shown(name: str, value: object) -> str:
    if value is None:
        return "(not set)"
    if name == "database_url" and isinstance(value, SecretStr):
        return _masked(value.get_secret_value())
    return "********" if isinstance(value, SecretStr) else str(value)


def _masked(database_url: str) -> str:
    """Return a database URL without its password, wherever it stands in it."""
    try:
        url = make_url(database_url)
    except ArgumentError:
        return "********"
    secret = {key: "********" for key in url.query if "pass" in key.lower()}
    return url.update_query_dict(secret).render_as_string(hide_password=True)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text.strip(), validate=True)
    except binascii.Error:
        raise ConfigurationError(
            "secret-malformed",
            "The installation's secret is not what `okbadges secret create` makes; check that it was copied whole.",
        ) from None
