"""What a school endorsed, as a link shows it: looked at now, and only what stands is shown with its words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from okbadges.credentials.strict_json import loads
from okbadges.passport.shown_endorsements import shown_endorsements
from okbadges.verification.endorsements import check_endorsed
from okbadges.verification.reading import members, text
from okbadges.verification.report import Outcome, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.credentials.strict_json import Json
    from okbadges.edge.rooms import Rooms
    from okbadges.pages.words import Phrase, Words
    from okbadges.passport.sharing import OpenedLink, SharedCredential
    from okbadges.passport.shown_endorsements import Endorsement


@dataclass(frozen=True, slots=True)
class EndorsementView:
    """One endorsement: who says it, what they say (None where it could not be checked), and where its file is."""

    sentence: str
    says: Phrase | None
    address: str


def endorsement_views(
    rooms: Rooms, opened: OpenedLink, shared: SharedCredential, words: Words, *, at: str
) -> tuple[EndorsementView, ...]:
    """Check every endorsement that a link shows of a badge, now; the files are opened under ``at``."""
    with rooms.database.read() as session:
        found = shown_endorsements(session, opened, shared)
    views = (_view(rooms, one, shared, words, f"{at}/{one.id}") for one in found)
    return tuple(view for view in views if view is not None)


def comment_of(endorsement: Endorsement) -> str:
    """Return what an endorsement says."""
    subject = members(_signed(endorsement.document).get("credentialSubject"))
    return text(subject.get("endorsementComment")) or ""


def _view(
    rooms: Rooms, endorsement: Endorsement, shared: SharedCredential, words: Words, address: str
) -> EndorsementView | None:
    """Return how an endorsement stands; None for one that does not hold: nobody's word is then nothing to show."""
    report = rooms.verify(endorsement.document)
    about = check_endorsed(_signed(endorsement.document), _signed(shared.document))
    if report.verdict is Verdict.INDETERMINATE:
        return EndorsementView(words("recognised.shared.open"), None, address)
    if report.verdict is not Verdict.VALID or about.outcome is not Outcome.PASSED or report.issuer is None:
        return None
    sentence = words("recognised.shared.valid", issuer=report.issuer.name or report.issuer.id)
    return EndorsementView(sentence, words.phrase((comment_of(endorsement), shared.language)), address)


def _signed(document: bytes) -> Mapping[str, Json]:
    """Return a document that was signed here, as what it says."""
    value = loads(document)
    if not isinstance(value, dict):
        raise TypeError("what is signed here is an object")
    return value
