"""The id of a participant in an address: one that is none is answered like one that nobody knows."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import Depends, Path

from okbadges.organisations.groups import unknown_participant


def _participant_id(
    participant_id: Annotated[
        str, Path(description="The participant's id", examples=["8f14e45f-ceea-4d6b-9a3e-2b1c0d9e8f7a"])
    ],
) -> uuid.UUID:
    """Return the id. Raises `NotFound` (``unknown-participant``) for what is none."""
    try:
        return uuid.UUID(participant_id)
    except ValueError:
        raise unknown_participant() from None


ParticipantId = Annotated[uuid.UUID, Depends(_participant_id)]
