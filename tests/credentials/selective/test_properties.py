"""Any subset can be disclosed and verifies; no edit of what was disclosed goes unnoticed. Sampled by hypothesis."""

from __future__ import annotations

import contextlib
import copy
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.selective.making import SIGNER, badge, derived, signed
from okbadges.credentials.active_context import escape_pointer
from okbadges.credentials.selective import verify_derived
from okbadges.credentials.selective.selection import tokens_of
from okbadges.credentials.strict_json import dumps, loads
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Iterator

FREE = signed(mandatory=[])
"""A badge in which the holder may choose everything."""
SHOWN = derived(signed(), "/evidence", "/credentialSubject/narrative", "/credentialSubject/identifier/1")
TEXT = dumps(SHOWN).decode()


def places(value: Any, pointer: str = "") -> Iterator[str]:
    """Yield the pointer to every value of a document that can stand alone: all but the items of an ordered list."""
    yield pointer
    if isinstance(value, dict):
        for name, member in value.items():
            yield from places(member, f"{pointer}/{escape_pointer(name)}")
    elif isinstance(value, list) and not pointer.endswith("allowedValue"):
        for position, item in enumerate(value):
            yield from places(item, f"{pointer}/{position}")


PLACES = sorted(places(badge()))
LEAVES = sorted(place for place in places(SHOWN) if place and not place.startswith("/@context"))


def verifies(document: Any) -> bool:
    """Tell whether a derived document verifies; any other outcome than a refusal by its code fails the test."""
    try:
        verify_derived(document, document["proof"], SIGNER.public_key)
    except CredentialError:
        return False
    return True


def at(document: Any, pointer: str) -> Any:
    """Return what stands at a pointer."""
    for token in tokens_of(pointer):
        document = document[int(token)] if isinstance(document, list) else document[token]
    return document


@settings(max_examples=60)
@given(st.sets(st.sampled_from(PLACES[1:]), min_size=1, max_size=12), st.integers(0, 3))
def test_any_subset_is_derived_and_verifies(chosen: set[str], mandatory: int) -> None:
    """Whatever is chosen, and however much of it was mandatory, the result verifies and holds what was chosen."""
    pointers = sorted(chosen)
    base = FREE if not mandatory else signed(mandatory=pointers[:mandatory])
    held = dumps(derived(base, *pointers[mandatory:])).decode()
    for pointer in pointers:
        if isinstance(value := at(badge(), pointer), str):
            assert dumps(value).decode() in held


@settings(max_examples=200)
@given(st.integers(0, len(TEXT) - 1), st.characters(codec="utf-8"), st.booleans())
def test_any_single_edit_of_the_file_is_noticed(place: int, character: str, insert: bool) -> None:  # noqa: FBT001 - drawn
    """One character more or other anywhere in a derived badge, its proof included, does not verify unless the JSON says the same."""
    edited = TEXT[:place] + character + TEXT[place + (not insert) :]
    with contextlib.suppress(CredentialError):
        document = loads(edited)
        if document != SHOWN and isinstance(document, dict) and isinstance(document.get("proof"), dict):
            assert not verifies(document)


@given(st.sampled_from(LEAVES))
def test_any_value_that_is_left_out_is_noticed(pointer: str) -> None:
    """No member and no item of a derived badge can be left out."""
    document = copy.deepcopy(SHOWN)
    above, _, last = pointer.rpartition("/")
    inside = at(document, above)
    del inside[int(last) if isinstance(inside, list) else last]
    if pointer == "/proof":
        assert "proof" not in document
    else:
        assert not verifies(document)


@given(
    st.sampled_from(LEAVES),
    st.sampled_from(["", "x", "urn:x", "2030-01-01T00:00:00Z", 1, True, None, [], {}, ["urn:x"]]),
)
def test_any_other_value_is_noticed(pointer: str, value: Any) -> None:
    """No member and no item of a derived badge can have another value."""
    document = copy.deepcopy(SHOWN)
    above, _, last = pointer.rpartition("/")
    inside = at(document, above)
    inside[int(last) if isinstance(inside, list) else last] = value
    if document != SHOWN and isinstance(document["proof"], dict):
        assert not verifies(document)
