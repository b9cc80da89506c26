"""Whether what schools keep is as it was kept: each decision opens and fits to its row, each endorsement verifies."""

from __future__ import annotations

import hashlib
from itertools import chain
from typing import TYPE_CHECKING

from okbadges.errors import OkbadgesError
from okbadges.operations.credential_checks import compromised_keys, handed_over_issuers, in_batches, remembering
from okbadges.operations.findings import Finding
from okbadges.recognition.decisions import open_record
from okbadges.storage.tables import DecisionRow, EndorsementRow
from okbadges.verification import verify
from okbadges.verification.report import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from okbadges.edge.rooms import Rooms


def decision_findings(rooms: Rooms) -> Iterator[Finding]:
    """Yield each decision whose record does not open, is not the one that was kept, or says something else than its row."""
    for rows in in_batches(rooms, DecisionRow):
        for row in rows:
            wrong = _wrong(rooms, row)
            if wrong is not None:
                yield Finding("decision", wrong, "Compare it with a backup; then look who could write to the database.")


def endorsement_findings(rooms: Rooms) -> Iterator[Finding]:
    """Yield each endorsement that does not verify as it should; those of compromised keys are not shown, and are made anew on request."""
    fetch, compromised, elsewhere = remembering(rooms), compromised_keys(rooms), handed_over_issuers(rooms)
    for row in chain.from_iterable(in_batches(rooms, EndorsementRow)):
        if row.document is None or row.issuer_id in elsewhere or row.signing_key_id in compromised:
            continue
        verdict = verify(row.document, fetch=fetch, now=rooms.now()).verdict
        expected = Verdict.REVOKED if row.revoked_at else Verdict.VALID
        is_as_signed = hashlib.sha256(row.document).hexdigest() == row.document_hash
        if verdict is not expected or not is_as_signed:
            yield Finding(
                "endorsement",
                f"{row.endorsement_id} should be {expected} and is {verdict}{'' if is_as_signed else ', and is not what was signed'}.",
                "Compare the row with a backup; then look who could write to the database.",
            )


def _wrong(rooms: Rooms, row: DecisionRow) -> str | None:
    try:
        record = open_record(rooms.secrets, row)
    except (OkbadgesError, ValueError) as refused:
        return f"The decision {row.id} does not open: {refused}"
    said = (record.id, record.decided, record.target.uri, record.decided_on, record.supersedes)
    if said != (row.id, row.decided, row.target_uri, row.decided_on, row.supersedes_id):
        return f"The decision {row.id} says something else than its row."
    return None
