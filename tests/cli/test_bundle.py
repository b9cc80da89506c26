"""Bundles: what was fetched, kept so that it reads the same later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from okbadges.cli.bundle import Recorder, read_bundle
from okbadges.credentials.fetching import Fetched, FetchError
from okbadges.credentials.strict_json import dumps, loads
from okbadges.errors import MalformedInput
from verification.making import World

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://issuer.example/x"


def kept(tmp_path: Path, body: bytes) -> bytes:
    """Return what a bundle answers for an address that answered this."""
    record = Recorder(World({URL: body}))
    assert record(URL).body == body
    path = tmp_path / "bundle.json"
    path.write_bytes(record.bundle())
    answer = read_bundle(path)(URL)
    assert answer.status == 200
    return answer.body


def test_it_works(tmp_path: Path) -> None:
    """An object stands in the bundle as it is, and what comes back says the same."""
    assert loads(kept(tmp_path, b'{ "id": "\xc3\xa4", "n": [1, 2.5, null] }')) == {"id": "\u00e4", "n": [1, 2.5, None]}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"a.b.c",
        b"<svg/>\r\n",
        b'"text"',
        b"[1, 2]",
        b'{"a":1,"a":2}',
        b"\xef\xbb\xbf{}",
        b"{",
        b"\0\x7f",
        b"[" * 40 + b"]" * 40,
        b'{"a":' * 33 + b"1" + b"}" * 33,
    ],
)
def test_whatever_is_no_sound_object_comes_back_byte_by_byte(tmp_path: Path, body: bytes) -> None:
    """A text stays as it was, also one that is refused as JSON: it is refused later too."""
    assert kept(tmp_path, body) == body


def test_what_is_no_text_is_refused_with_its_address() -> None:
    """A bundle holds no pictures, and says so instead of keeping half of it."""
    record = Recorder(World({URL: b"\x89PNG\r\n\x1a\n"}))
    record(URL)
    with pytest.raises(MalformedInput, match=r"https://issuer\.example/x answers neither JSON nor text") as refused:
        record.bundle()
    assert refused.value.code == "not-for-a-bundle"


def test_only_answers_are_kept() -> None:
    """Another status than 200, and no answer at all, are not in the bundle; the caller sees them as they are."""
    record = Recorder(World({URL: Fetched(410, {}, b"{}")}))
    assert record(URL).status == 410
    with pytest.raises(FetchError):
        record("https://gone.example/")
    assert record.bundle() == b"{}"


def test_what_a_bundle_lacks_it_does_not_answer(tmp_path: Path) -> None:
    """The file is named, since several may be about."""
    path = tmp_path / "old.json"
    path.write_bytes(b"{}")
    with pytest.raises(FetchError, match=r"The bundle old\.json does not hold") as refused:
        read_bundle(path)(URL)
    assert refused.value.code == "not-in-bundle"


@pytest.mark.parametrize("text", [b"[]", b"{", b'{"a":1,"a":2}', b""])
def test_a_file_that_is_no_bundle_is_named(tmp_path: Path, text: bytes) -> None:
    """Not the credential is broken but the bundle."""
    path = tmp_path / "broken.json"
    path.write_bytes(text)
    with pytest.raises(MalformedInput, match=r"broken\.json") as refused:
        read_bundle(path)
    assert refused.value.code == "bundle-malformed"


def test_a_bundle_may_hold_much(tmp_path: Path) -> None:
    """Long addresses and many documents are fine: it is a file that somebody chose to keep."""
    documents: dict[str, Any] = {f"{URL}?{'q' * 2_000}": {"list": [0] * 200_000}}
    path = tmp_path / "bundle.json"
    path.write_bytes(dumps(documents))
    assert len(read_bundle(path)(next(iter(documents))).body) > 400_000
