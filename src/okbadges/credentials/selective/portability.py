"""What other implementations of ecdsa-sd-2023 would sign and verify differently: it is refused when signing, never when verifying.

A badge is no use to its holder when half of the verifiers refuse it. Two things are read differently by widely used libraries:

* a text or an address that holds ``_:``: they look for blank nodes in whole lines of N-Quads, also between quotation marks;
* statements whose order is not the same by code points (RDF Dataset Canonicalization 1.0, 4.4.3) and by UTF-16 code units, in
  which JavaScript compares. Only texts with characters beyond U+FFFF can be that, beside alike ones from U+E000 on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.credentials.active_context import escape_pointer
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from okbadges.credentials.strict_json import Json


def refuse_unportable(document: Mapping[str, Json], lines: Sequence[str]) -> None:
    """Raise "not-portable" when other implementations would not agree about ``lines``, the ordered statements of ``document``."""
    where = _blank_node_look_alike(dict(document), "")
    if where is not None:
        raise CredentialError("not-portable", "Other verifiers take _: in a text for something else.", where=where)
    if list(lines) != sorted(lines, key=lambda line: line.encode("utf-16-be")):
        raise CredentialError("not-portable", "Rare characters (U+E000 or above) are put in another order elsewhere.")


def _blank_node_look_alike(value: Json, pointer: str) -> str | None:
    """Return the pointer to the first text that holds ``_:``."""
    if isinstance(value, str):
        return pointer if "_:" in value else None
    inner: list[tuple[str, Json]] = []
    if isinstance(value, dict):
        inner = [(escape_pointer(name), member) for name, member in value.items()]
    elif isinstance(value, list):
        inner = [(str(position), item) for position, item in enumerate(value)]
    found = (_blank_node_look_alike(held, f"{pointer}/{step}") for step, held in inner)
    return next((place for place in found if place is not None), None)
