"""The file in which the operator describes the providers of sign-ins, read whole at start: a mistake stops the start, in one sentence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from okbadges.catalogue.mistakes import field_path, in_words
from okbadges.catalogue.texts import Texts
from okbadges.catalogue.yaml_files import read_yaml
from okbadges.errors import ConfigurationError
from okbadges.integrations.providers import Provider

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from okbadges.catalogue.mistakes import Mistake

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_NOT_PROVIDERS = ("link", "demo")
"""What the journal calls sign-ins that no provider is behind."""
_NAME_LANGUAGES = ("fi", "sv", "en")
_LONGEST_NAME = 60

Word = Annotated[str, Field(pattern=r"^[!#-\[\]-~]{1,255}$")]
"""A scope or an acr value: printable, without spaces and quotes (RFC 6749, 3.3)."""


class _Entry(BaseModel):
    """What is said of one provider."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: object
    issuer: str
    client_id: Annotated[str, Field(pattern=r"^[!-~](?:[ -~]{0,253}[!-~])?$")]
    client_secret_file: Annotated[str, Field(min_length=1)] | None = None
    scopes: tuple[Word, ...] = ("openid",)
    acr_values: tuple[Word, ...] = ()
    max_age: Annotated[int, Field(ge=0, le=366 * 24 * 3600)] | None = None


class _WrongField(Exception):
    """A field and what is wrong with it."""


def read_providers(
    file: Path, *, read_secret: Callable[[Path], str], may_ask: Callable[[object], bool]
) -> tuple[Provider, ...]:
    """Return the providers of a file, in its order; ``may_ask`` tells of an issuer whether it can be asked.

    ``read_secret`` reads a client's secret, whose path counts from the folder of the file. Raises `ConfigurationError`
    (``sign-in-providers``, and what ``read_secret`` raises) with the file and the field at fault.
    """
    mistakes: list[Mistake] = []
    fields = read_yaml(file, str(file), mistakes)
    if mistakes or fields is None:
        first = mistakes[0]
        raise _refused(file, first.field, first.message)
    return tuple(_provider(file, slug, entry, read_secret, may_ask) for slug, entry in fields.items())


def _provider(
    file: Path, slug: str, fields: object, read_secret: Callable[[Path], str], may_ask: Callable[[object], bool]
) -> Provider:
    if not _SLUG.fullmatch(slug) or slug in _NOT_PROVIDERS:
        raise _refused(file, slug, "is not a short name of small letters, digits and dashes (nor link, nor demo)")
    try:
        entry = _Entry.model_validate(fields)
        names = _names(entry.name)
    except ValidationError as invalid:
        first = invalid.errors()[0]
        raise _refused(file, field_path((slug, *first["loc"])), in_words(first, _Entry.model_fields)) from None
    except _WrongField as wrong:
        raise _refused(file, f"{slug}.name", str(wrong)) from None
    if not may_ask(entry.issuer) or set("?#") & set(entry.issuer):
        raise _refused(file, f"{slug}.issuer", "must be an https address without ? and #, as the provider writes it")
    if "openid" not in entry.scopes:
        raise _refused(file, f"{slug}.scopes", "must hold openid")
    secret = None
    if entry.client_secret_file is not None:
        secret = read_secret(file.parent / entry.client_secret_file)
        if not secret:
            raise _refused(file, f"{slug}.client_secret_file", "names an empty file")
    return Provider(slug, names, entry.issuer, entry.client_id, secret, entry.scopes, entry.acr_values, entry.max_age)


def _names(name: object) -> dict[str, str]:
    """Return a name by its languages; one that is the same in all of them stands under no language."""
    try:
        names = {"": name} if isinstance(name, str) else _in_languages(Texts.model_validate(name))
    except ValidationError:
        raise _WrongField("must be one text, or one in each of fi, sv and en") from None
    if any(not 0 < len(text.strip()) <= _LONGEST_NAME for text in names.values()):
        raise _WrongField(f"must have 1 to {_LONGEST_NAME} characters")
    return names


def _in_languages(texts: Texts) -> dict[str, str]:
    given: Iterable[tuple[str, str]] = texts.model_dump(include=set(_NAME_LANGUAGES), exclude_none=True).items()
    return dict(given)


def _refused(file: Path, field: str, what: str) -> ConfigurationError:
    where = f"{field} " if field else ""
    return ConfigurationError("sign-in-providers", f"OKBADGES_SIGN_IN_PROVIDERS, {file}: {where}{what}.")
