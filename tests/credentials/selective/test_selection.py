"""What JSON pointers select of a document, and which pointers lead nowhere."""

from __future__ import annotations

from typing import Any

import pytest

from okbadges.credentials.selective.selection import select, tokens_of
from okbadges.errors import CredentialError

DOCUMENT: dict[str, Any] = {
    "@context": ["https://contexts.example/1"],
    "id": "urn:a",
    "type": ["Thing"],
    "name": "N",
    "said": {"@value": "hei", "@language": "fi"},
    "odd/na~me": {"type": "Odd", "x": 1, "y": 2},
    "parts": [
        {"id": "urn:p0", "type": "Part", "size": 0, "parts": [{"size": 10}, {"size": 11}]},
        {"@context": "https://contexts.example/2", "size": 1, "colour": "red"},
        "text",
    ],
}
HEAD: dict[str, Any] = {name: DOCUMENT[name] for name in ("@context", "id", "type")}


def refusal(*pointers: str) -> tuple[str, str]:
    """Return code and pointer of the refusal."""
    with pytest.raises(CredentialError) as caught:
        select(DOCUMENT, pointers)
    return caught.value.code, caught.value.where


def test_it_works() -> None:
    """A member is selected with what every object on the way says of itself."""
    assert select(DOCUMENT, ["/odd~1na~0me/x"]).document == {**HEAD, "odd/na~me": {"type": "Odd", "x": 1}}


@pytest.mark.parametrize(
    ("pointers", "members"),
    [
        ([""], {name: DOCUMENT[name] for name in DOCUMENT}),
        (["/type", "/id", "/@context/0"], {}),
        (["/name", "/name"], {"name": "N"}),
        (["/said"], {"said": DOCUMENT["said"]}),
        (["/parts"], {"parts": DOCUMENT["parts"]}),
        (["/parts/2"], {"parts": ["text"]}),
        (["/parts/1/size"], {"parts": [{"@context": "https://contexts.example/2", "size": 1}]}),
        (
            ["/parts/0/parts/1", "/parts/2"],
            {"parts": [{"id": "urn:p0", "type": "Part", "parts": [{"size": 11}]}, "text"]},
        ),
        (["/parts/0/size", "/parts/0"], {"parts": [DOCUMENT["parts"][0]]}),
        (["/parts/0", "/parts/0/size"], {"parts": [DOCUMENT["parts"][0]]}),
        (["", "/name"], {name: DOCUMENT[name] for name in DOCUMENT}),
    ],
)
def test_what_is_selected(pointers: list[str], members: dict[str, Any]) -> None:
    """Whole values, single items, nested items; a wider pointer takes in a narrower one, in either order."""
    assert select(DOCUMENT, pointers).document == HEAD | members


def test_the_order_of_the_document_is_kept() -> None:
    """Members and items stand in the order of the document, whatever the order of the pointers."""
    selection = select(DOCUMENT, ["/parts/2", "/parts/0/size", "/name"])
    assert list(selection.document) == ["@context", "id", "type", "name", "parts"]
    assert selection.document["parts"] == [{"id": "urn:p0", "type": "Part", "size": 0}, "text"]


@pytest.mark.parametrize(
    "pointer",
    [
        "/nothing",
        "/parts/3",
        "/parts/-",
        "/parts/-1",
        "/parts/00",
        "/parts/01",
        "/parts/1.0",
        "/parts/²",
        "/parts/",
        "/name/0",
        "/name/",
        "/",
        "/parts/2/0",
        "/parts/99999999999999999999",
        "//name",
        "/odd~1na~0me/z",
    ],
)
def test_a_pointer_that_leads_nowhere_is_refused(pointer: str) -> None:
    """Every pointer must lead somewhere, or a slip of the pen would hide what was to be mandatory."""
    assert refusal("/name", pointer) == ("no-such-member", pointer)


@pytest.mark.parametrize("pointer", ["name", "#/name", "/odd~2", "/odd~", " /name"])
def test_what_is_no_pointer_is_refused(pointer: str) -> None:
    """Only RFC 6901's own spelling is a pointer."""
    assert refusal(pointer) == ("malformed-pointer", pointer)


def test_a_text_is_not_cut_from_its_language() -> None:
    """Half of a value object would say something else."""
    assert refusal("/said/@value") == ("not-disclosable-alone", "/said/@value")


def test_tokens() -> None:
    """Escapes are undone in the one right order: ~01 is ~1, not a slash."""
    assert tokens_of("/a~01/~10") == ("a~1", "/0")


@pytest.mark.parametrize(
    ("label", "before"),
    [
        ("_:", "_:"),
        ("_:/parts", "_:/parts"),
        ("_:/parts/0", "_:/parts/1"),
        ("_:/parts/0/x", "_:/parts/1/x"),
        ("_:/parts/0#2", "_:/parts/1#2"),
        ("_:/parts/0@graph", "_:/parts/1@graph"),
        ("_:/parts/1", "_:/parts/2"),
    ],
)
def test_labels_go_back_to_where_the_node_stood(label: str, before: str) -> None:
    """After the first item of an array is left out, the others are found where they were; cells and graphs too."""
    assert select(DOCUMENT, ["/parts/1", "/parts/2"]).label_before(label) == before
