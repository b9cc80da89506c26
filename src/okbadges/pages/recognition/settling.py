"""From a form that was sent to a decision that is kept: once, on the badges as they are now, and with nothing lost that was typed.

The form is shown again where something of it is refused, where something changed since it was shown, where somebody else of the school
decided meanwhile, and once where a word could tell why somebody was at a workshop.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from okbadges.catalogue.neutrality import find_disclosing_words
from okbadges.errors import Conflict, InvalidInput, NotFound
from okbadges.pages.recognition.decide_form import seen_lines, superseded_by, wanted, wanted_id
from okbadges.pages.recognition.deciding_view import changes_said, matter_view, since_decided
from okbadges.pages.recognition.frame import mistake_of, private_page, see
from okbadges.pages.recognition.names import badge_names
from okbadges.pages.recognition.prefill import outcome_words
from okbadges.pages.site import visit
from okbadges.recognition.changes import changes, state_of
from okbadges.recognition.deciding import Deciding, is_the_same, record_of
from okbadges.recognition.decisions import find_decision, keep_decision
from okbadges.recognition.record import Matched
from okbadges.recognition.standing import DecidedMeanwhile, one_matter

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence

    from fastapi import Request, Response

    from okbadges.edge.rooms import Rooms
    from okbadges.pages.mistake import Mistake
    from okbadges.pages.recognition.decide_form import Typed
    from okbadges.pages.recognition.deciding_view import MatterView
    from okbadges.pages.recognition.frame import Teacher
    from okbadges.recognition.changes import Change
    from okbadges.recognition.decisions import Kept
    from okbadges.recognition.matters import Matter
    from okbadges.recognition.record import DecisionRecord
    from okbadges.recognition.verifying_again import Again


WITHOUT_PROOF = (Matched.IN_PERSON, Matched.NOT_MATCHED)
"""How somebody can say that the person was matched where no check of the digits ran."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What a form is shown with: who decides, about what, where it is sent, where it came from.

    ``corrects`` is the decision in whose place the new one comes, if there is one. ``matched`` is how the person can have been matched,
    and ``match_at`` where the digits are checked. ``again`` is what became of the badges since the decision that is corrected.
    """

    teacher: Teacher
    matter: Matter
    action: str
    back: str
    corrects: uuid.UUID | None = None
    matched: tuple[Matched, ...] = tuple(Matched)
    match_at: str = ""
    again: Again | None = None


class LookAgain(Conflict):
    """Nothing is wrong, and whoever decides should look at something before it is kept."""

    def __init__(self, code: str, detail: str, *, changed: Sequence[Change] = (), words: Sequence[str] = ()) -> None:
        """Keep what changed, or which words to think about."""
        super().__init__(code, detail)
        self.changed = changed
        self.words = words


def settle(request: Request, rooms: Rooms, desk: Desk, kept: Kept, typed: Typed) -> Response:
    """Keep what was decided and lead to it, or show the form again."""
    try:
        record = _record(rooms, desk, typed)
        if record is not None:
            _look(rooms, desk, typed)
            stamp = rooms.stamp(desk.teacher.actor)
            same = one_matter(rooms.units, record.target.uri)
            keep_decision(rooms.writer, stamp, rooms.secrets, record, kept, bars=desk.matter.bars, matter=same)
    except DecidedMeanwhile as refused:
        return form_page(request, rooms, replace(desk, corrects=refused.decision), typed, refused)
    except (InvalidInput, Conflict) as refused:
        return form_page(request, rooms, desk, typed, refused)
    return see(request, f"/decisions/{wanted_id(typed)}?done=kept")


def form_page(
    request: Request,
    rooms: Rooms,
    desk: Desk,
    typed: Typed,
    refused: InvalidInput | Conflict | None = None,
) -> Response:
    """Show the form, as it was first or as it was typed; with what was refused and what changed, if anything was."""
    words = visit(request).words
    view = matter_view(desk.matter, rooms, words)
    view = replace(view, matched=tuple(one for one in view.matched if one.value in desk.matched))
    to_look_at = refused if isinstance(refused, LookAgain) else None
    changed = to_look_at.changed if to_look_at else changes(seen_lines(typed), desk.matter)
    names = badge_names(rooms, desk.matter.badges, words)
    update: dict[str, object] = {"seen": list(state_of(desk.matter)), "supersedes": str(desk.corrects or "")}
    if to_look_at and to_look_at.words:
        update["warned"] = [*typed.warned, *to_look_at.words]
    if refused is not None and refused.code == "kept-already":
        update["id"] = str(rooms.stamp(desk.teacher.actor).row_id())
    return private_page(
        request,
        "recognition/decide.html",
        title=words("recognition.decide.title"),
        mistake=_beside(mistake_of(refused, words), view) if refused else None,
        view=view,
        typed=typed.model_copy(update=update),
        action=desk.action,
        back=desk.back,
        corrects=desk.corrects,
        match_at=desk.match_at if Matched.MATCH_CODE not in desk.matched else "",
        teacher=desk.teacher,
        changed=changes_said(changed, names, words),
        since=since_decided(desk.again, desk.matter, names, words) if desk.again else (),
        disclosing=to_look_at.words if to_look_at else (),
        kept=typed.id if refused is not None and refused.code == "kept-already" else None,
    )


def _beside(mistake: Mistake, view: MatterView) -> Mistake:
    """Return a mistake beside its field, or above the form where that has no such field."""
    absent = {"id", "supersedes", "osp" if view.is_tuva else "weeks"}
    absent |= set() if view.languages else {"language"}
    absent |= {"grade"} if view.is_vocational else set()
    absent |= set() if view.asks_comparing else {"compared"}
    absent |= set() if view.outcomes else {"outcomes"}
    return replace(mistake, field=None) if mistake.field in absent else mistake


def _record(rooms: Rooms, desk: Desk, typed: Typed) -> DecisionRecord | None:
    """Return the record to keep; None where this form was kept already, as it is.

    Raises what reading the form and `record_of` raise, `InvalidInput` (``match-not-checked``), `Conflict`: ``kept-already``,
    ``decided-meanwhile``.
    """
    decision_id, already = wanted_id(typed), _kept(rooms, desk.teacher, typed)
    supersedes = already.supersedes if already else desk.corrects
    if already is None and superseded_by(typed) != desk.corrects:
        raise Conflict("decided-meanwhile", "Your school decided about this while the form was open.")
    deciding = Deciding(decision_id, rooms.now(), desk.teacher.provider, desk.teacher.name, supersedes)
    said = wanted(typed)
    if already is None and said.matched not in desk.matched:
        raise InvalidInput("match-not-checked", "The six digits were not checked here a moment ago.", field="matched")
    record = record_of(desk.matter, said, deciding)
    if already is None:
        return record
    if not is_the_same(record, already):
        raise Conflict("kept-already", "This form was kept already, with something else in it.")
    return None


def _kept(rooms: Rooms, teacher: Teacher, typed: Typed) -> DecisionRecord | None:
    """Return the decision that this form made already."""
    try:
        with rooms.database.read() as session:
            return find_decision(session, rooms.secrets, teacher.school, wanted_id(typed))
    except NotFound:
        return None


def _look(rooms: Rooms, desk: Desk, typed: Typed) -> None:
    """Raise `LookAgain` (``changed``, ``disclosing``) where somebody should look once more."""
    if changed := changes(seen_lines(typed), desk.matter):
        raise LookAgain("changed", "Something changed since the form was shown.", changed=changed)
    official = " ".join(_official(rooms, desk.matter))
    known = {*typed.warned, *find_disclosing_words(official)}
    words = [word for text in typed.texts for word in find_disclosing_words(text) if word not in known]
    if words:
        raise LookAgain(
            "disclosing",
            "Some words could tell why somebody was at a workshop; sent once more, they stay.",
            words=tuple(dict.fromkeys(words)),
        )


def _official(rooms: Rooms, matter: Matter) -> list[str]:
    """Return the texts of requirements and badges: whoever decides may repeat what stands in them."""
    names = [matter.target.name, *([matter.target.unit_name] if matter.target.unit_name else [])]
    texts = [*(one.model_dump() for one in names), *(one.model_dump() for one in outcome_words(rooms, matter).values())]
    said = [text for one in texts for text in one.values() if text]
    return [*said, *(one.name for one in matter.badges), *(one.recognised_by or "" for one in matter.badges)]
