"""What is left to fill in another system, as a plain file for whoever fills it: the export itself holds known values only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.pages.recognition.decision_view import person, why_to_fill

if TYPE_CHECKING:
    from okbadges.pages.words import Words
    from okbadges.recognition.exports.shape import Export
    from okbadges.recognition.record import DecisionRecord


def to_fill_text(record: DecisionRecord, export: Export, words: Words, *, system: str, beside: str) -> str:
    """Return which decision and which file it is about, then each field with who fills it and why it is not in that file."""
    target = record.target
    head = {
        "decision": str(record.id),
        "about": f"{target.name.in_language(words.language)[0]} ({target.code}), {words.day(record.decided_on)}",
        "file": beside,
    }
    lines = [words("recognition.fill.file.title", system=words(f"recognition.export.{system}"))]
    lines += [_line(name, said, words) for name, said in head.items()]
    for one in export.to_fill:
        who = _who(one.by, record, words)
        lines += ["", one.field, _line("who", who, words), _line("why", why_to_fill(record, one.field, words), words)]
    return "\n".join([*lines, ""])


def _line(name: str, said: str, words: Words) -> str:
    return f"{words(f'recognition.fill.file.{name}')}: {said}"


def _who(by: str, record: DecisionRecord, words: Words) -> str:
    """Return who fills a field in: on a page that is "you" and "your school", in a file of somebody else they have names."""
    named = {"teacher": person(record.decider), "school": record.school.name}
    return named.get(by) or words(f"recognition.fill.by.{by}")
