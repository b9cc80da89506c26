"""What a batch is going to do: for whom each line is, how it is known again, and in which order the lines are worked on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from okbadges.catalogue.shelf import latest_badge
from okbadges.errors import InvalidInput, NotFound
from okbadges.issuing.award import Repeat
from okbadges.issuing.lines import Line, Outcome, check_line, refused
from okbadges.organisations.groups import find_group_by_slug
from okbadges.organisations.labels import folded
from okbadges.organisations.participants import present_labels

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence

    from sqlmodel import Session

    from okbadges.issuing.order import Order
    from okbadges.organisations.callers import Caller
    from okbadges.organisations.workshops import Organisation
    from okbadges.storage.sealing import Secrets


@dataclass(frozen=True, slots=True)
class Planned:
    """A line whose participant is found, and how it is known again."""

    number: int
    order: Order
    repeat: Repeat


@dataclass(frozen=True, slots=True)
class Plan:
    """What a batch will do, in this order: the skill badges first, then the summaries that bring them together."""

    caller: Caller
    organisation: Organisation
    skills: tuple[Planned, ...]
    summaries: tuple[Planned, ...]
    refused: tuple[Outcome, ...]

    @property
    def size(self) -> int:
        """Return how many lines there are, the refused ones too."""
        return len(self.skills) + len(self.summaries) + len(self.refused)


class Planning:
    """Plans one batch of one organisation, inside one session."""

    def __init__(
        self, session: Session, secrets: Secrets, caller: Caller, organisation: Organisation, name: str | None
    ) -> None:
        """Plan for ``caller``; ``name`` is the batch's own, if it has one."""
        self._session = session
        self._secrets = secrets
        self._caller = caller
        self._organisation = organisation
        self._name = name
        self._groups: dict[str, dict[str, list[uuid.UUID]] | None] = {}
        self._first: dict[bytes, int] = {}

    def plan(self, lines: Sequence[Line | Outcome]) -> Plan:
        """Return the plan; a line that cannot be planned is refused in it."""
        planned, outcomes = list[Planned](), list[Outcome]()
        for line in lines:
            if isinstance(line, Outcome):
                outcomes.append(line)
                continue
            try:
                planned.append(self._planned(line))
            except InvalidInput as error:
                outcomes.append(refused(line.number, line.order.badge, error))
        summaries = {slug for slug in {one.order.badge for one in planned} if self._is_summary(slug)}
        return Plan(
            caller=self._caller,
            organisation=self._organisation,
            skills=tuple(one for one in planned if one.order.badge not in summaries),
            summaries=tuple(one for one in planned if one.order.badge in summaries),
            refused=tuple(outcomes),
        )

    def _planned(self, line: Line) -> Planned:
        check_line(line)
        order = line.order
        if line.group is not None and line.label is not None:
            order = replace(order, participant=self._labelled(line.group, line.label))
        key = self._key(line.number, order)
        first = self._first.setdefault(key, line.number)
        if first != line.number:
            raise InvalidInput(
                "same-row",
                f"Row {first} asks for the same badge for the same participant already; take one of the two out.",
            )
        # giving one's word later, for the rows that need it, leaves the others as they are
        return Planned(line.number, order, Repeat(key, replace(order, criteria_met=False).request_hash()))

    def _key(self, number: int, order: Order) -> bytes:
        """Return how a line is known again: by what it says of whom, or for somebody new by its row in a named batch."""
        scope = ("batch", self._organisation.id.hex, self._name or "")
        if order.participant is not None:
            day, spoken = order.awarded_on.isoformat(), order.award_language or ""
            return self._secrets.repeat_hash(*scope, order.participant.hex, order.badge, day, order.language, spoken)
        if self._name is None:
            raise InvalidInput(
                "batch-name-missing",
                "A row without a participant is for somebody new, and looks the same in every group: give this batch a name of its "
                "own (Idempotency-Key, or --batch), so that a repeat is known and nobody is given the links of somebody else.",
                field="participant",
            )
        return self._secrets.repeat_hash(*scope, f"row-{number}")

    def _labelled(self, slug: str, label: str) -> uuid.UUID:
        """Return who has this label in a group that the caller leads. A refusal does not repeat what was looked for."""
        if slug not in self._groups:
            self._groups[slug] = self._people_of(slug)
        people = self._groups[slug]
        if people is None:
            raise InvalidInput(
                "unknown-group", "You lead no such group now, and its labels are for its leader only.", field="group"
            )
        found = people.get(folded(label), [])
        if not found:
            raise InvalidInput("unknown-label", "Nobody in this group has such a label now.", field="label")
        if len(found) > 1:
            raise InvalidInput(
                "ambiguous-label", "Two in this group have this label; give the participant's id.", field="label"
            )
        return found[0]

    def _people_of(self, slug: str) -> dict[str, list[uuid.UUID]] | None:
        """Return who is in the caller's own running group by label, or None where the caller leads no such group."""
        try:
            group = find_group_by_slug(self._session, self._organisation, slug)
        except NotFound:
            return None
        if group.leader_id != self._caller.member_id or group.ended_at is not None:
            return None
        people: dict[str, list[uuid.UUID]] = {}
        for participant, label in present_labels(self._session.connection(), self._secrets, group.id).items():
            if label is not None:
                people.setdefault(folded(label), []).append(participant)
        return people

    def _is_summary(self, slug: str) -> bool:
        """Tell whether it is a summary badge; one that is not there is refused later, in its own words."""
        try:
            return latest_badge(self._session, slug).kind == "summary"
        except NotFound:
            return False
