"""Taking a credential out of an SVG, and baking one in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fuzz.finding import files, refusals
from okbadges.credentials.baking import bake_svg, unbake
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLAIN = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"{}>{}<rect width="1" height="1"/></svg>'
OB3 = ' xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"'
OB2 = ' xmlns:openbadges="http://openbadges.org"'


def target(data: bytes) -> None:
    """Take out of the picture; where there is nothing inside, bake and take out again."""
    with refusals():
        try:
            unbake(data)
        except CredentialError as error:
            if error.code != "no-credential":
                raise
            assert unbake(bake_svg(data, b'{"a":1}')) == b'{"a":1}'


def seeds(shared: Path | None) -> Iterator[bytes]:
    """Yield pictures with and without something inside."""
    yield PLAIN.format("", "").encode()
    yield PLAIN.format(OB3, '<openbadges:credential><![CDATA[{"a":1}]]></openbadges:credential>').encode()
    yield PLAIN.format(OB3, '<openbadges:credential verify="aaa.bbb.ccc"/>').encode()
    yield PLAIN.format(
        OB2, '<openbadges:assertion verify="https://a.example/1"><![CDATA[{}]]></openbadges:assertion>'
    ).encode()
    yield b'<?xml version="1.0" encoding="utf-8"?><!DOCTYPE svg [<!ENTITY a "b">]>' + PLAIN.format("", "&a;").encode()
    yield from files(shared, "interop/samples/*.svg")
