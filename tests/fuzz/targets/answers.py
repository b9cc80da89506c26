"""What strangers' servers answer: whatever it is, the report about a sound badge holds, and says VALID only for a sound answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.credentials.strict_json import dumps, loads
from okbadges.errors import CredentialError
from okbadges.verification import Verdict, to_json
from verification.making import LIST_URL, Maker, World, check, status_entry, world_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAKER = Maker.by_web()
LIST = MAKER.status_list(8)
BADGE = dumps(MAKER.badge(credentialStatus=status_entry()))
SOUND = world_of(MAKER, status=LIST).documents
DID_URL = next(url for url in SOUND if url != LIST_URL)


def target(data: bytes) -> None:
    """Put the bytes in the place of each of the two documents that the badge needs."""
    for url in (DID_URL, LIST_URL):
        report = check(BADGE, World({**SOUND, url: data}))
        to_json(report)
        if report.verdict is Verdict.VALID:
            assert url == DID_URL or _is_list(data)


def _is_list(data: bytes) -> bool:
    try:
        return loads(data.strip(b" \t\r\n")) == LIST
    except CredentialError:
        return False


def seeds(_shared: Path | None) -> Iterator[bytes]:
    """Yield the right answers, and some that are not."""
    yield from (dumps(MAKER.did_document()), dumps(LIST), dumps(MAKER.status_list(7)), b"<html></html>", b"[]", b"{}")
