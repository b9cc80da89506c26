"""A batch as a spreadsheet: the lines that it asks for, and what became of them.

Each column can also be given once for the whole batch; what a row says itself goes before that.
"""

from __future__ import annotations

import re
import uuid
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, get_args

from okbadges.catalogue.published import EvidenceKind
from okbadges.catalogue.texts import LANGUAGES
from okbadges.errors import InvalidInput
from okbadges.issuing.lines import Line, Outcome, refused
from okbadges.issuing.order import Order, Purpose, Share
from okbadges.progress.observation import Observation, ObservedBy
from okbadges.spreadsheets import read_date, read_rows, write_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

_LONGEST = 64
_MOST_OCCASIONS = 1000
_UUID = re.compile(r"(?:urn:uuid:)?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")
# as spreadsheets in Finnish, Swedish and English write it, and as people do
_YES = frozenset({"true", "tosi", "sant", "yes", "kyllä", "ja", "x", "1"})
_NO = frozenset({"false", "epätosi", "falskt", "no", "ei", "nej", "0"})


def _choice(words: Sequence[str], text: str, field: str) -> str:
    if text.lower() not in words:
        raise InvalidInput("invalid-field", f"Write one of: {', '.join(words)}.", field=field)
    return text.lower()


def _name(text: str, field: str) -> str:
    if len(text) > _LONGEST or not text.isprintable():
        raise InvalidInput("invalid-field", f"Write at most {_LONGEST} characters, all on one line.", field=field)
    return text


def _participant(text: str, field: str) -> uuid.UUID:
    found = _UUID.fullmatch(text.lower())
    if found is None:
        raise InvalidInput(
            "invalid-field",
            "Write the participant's id as it was given out, or leave it empty for somebody new; never a name.",
            field=field,
        )
    return uuid.UUID(found[1])


def _language(text: str, field: str) -> str:
    return _choice(LANGUAGES, text, field)


def _award_language(text: str, field: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}", text.lower()):
        raise InvalidInput("invalid-field", "Write the code of a language, for example sv or en.", field=field)
    return text.lower()


def _day(text: str, field: str) -> Any:  # noqa: ANN401 - a date; the readers of a row have one type
    return read_date(text, field=field)


def _yes(text: str, field: str) -> bool:
    if text.lower() not in _YES | _NO:
        raise InvalidInput("invalid-field", "Write yes or no.", field=field)
    return text.lower() in _YES


def _observer(text: str, field: str) -> str:
    return _choice(get_args(ObservedBy), text, field)


def _methods(text: str, field: str) -> tuple[str, ...]:
    """Read methods that stand in one cell, separated by commas or spaces; each counts once."""
    found = [_choice(get_args(EvidenceKind), one, field) for one in re.split(r"[\s,;|+]+", text) if one]
    if not found:
        _choice(get_args(EvidenceKind), "", field)
    return tuple(dict.fromkeys(found))


def _occasions(text: str, field: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= _MOST_OCCASIONS:
        raise InvalidInput("invalid-field", f"Write a whole number from 1 to {_MOST_OCCASIONS}.", field=field)
    return int(text)


def _purpose(text: str, field: str) -> Purpose:
    return Purpose(_choice([purpose.value for purpose in Purpose], text, field))


READERS: Mapping[str, Callable[[str, str], Any]] = MappingProxyType(
    {
        "badge": _name,
        "participant": _participant,
        "group": _name,
        "label": _name,
        "workshop": _name,
        "language": _language,
        "awarded_on": _day,
        "award_language": _award_language,
        "valid_until": _day,
        "criteria_met": _yes,
        "observed_by": _observer,
        "methods": _methods,
        "occasions": _occasions,
        "observed_from": _day,
        "observed_until": _day,
        "share_purpose": _purpose,
        "share_expires_on": _day,
        "share_agreed": _yes,
    }
)
"""How the cell of each column is read; every one raises `InvalidInput` with the column as its field."""

OF_A_BATCH = (
    "badge", "group", "workshop", "language", "awarded_on", "valid_until", "criteria_met", "observed_by", "methods", "occasions",
    "observed_from", "observed_until", "share_purpose", "share_expires_on", "share_agreed",
)  # fmt: skip
"""The columns that can be given once for a whole batch."""

OUTCOME_COLUMNS = (
    "row", "badge", "outcome", "id", "participant", "claim_link", "share_link", "revoked_at", "code", "field", "detail",
)  # fmt: skip


def read_lines(data: bytes, *, organisation: str, defaults: Mapping[str, str]) -> list[Line | Outcome]:
    """Return the lines of a CSV file; a row that cannot be read is an outcome already.

    ``defaults`` are cells for rows that leave these columns empty. Raises `InvalidInput` for the file as a whole
    (`okbadges.spreadsheets.read_rows`) and for a default that cannot be read, with its column as the field.
    """
    given = {column: text.strip() for column, text in defaults.items() if text.strip()}
    for column, text in given.items():
        if column not in OF_A_BATCH:
            words = f"{column} cannot be given for a whole batch; what can: {', '.join(OF_A_BATCH)}."
            raise InvalidInput("unknown-default", words, field=column)
        READERS[column](text, column)
    required = [] if "badge" in given else ["badge"]
    rows = read_rows(data, columns=required, optional=[column for column in READERS if column not in required])
    return [_line(row.number, {**row.values, **_missing(row.values, given)}, organisation) for row in rows]


def write_outcomes(outcomes: Iterable[Outcome]) -> bytes:
    """Return what became of the lines as CSV, one row each; it holds the claim links."""
    return write_rows(OUTCOME_COLUMNS, (_cells(outcome) for outcome in outcomes))


def _missing(values: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """Return the defaults for the columns that a row leaves empty; one that has a participant needs no group."""
    alone = values["participant"] and not values["group"]
    return {column: text for column, text in given.items() if not values[column] and not (alone and column == "group")}


def _line(number: int, values: Mapping[str, str], organisation: str) -> Line | Outcome:
    try:
        cells = {column: READERS[column](text, column) for column, text in values.items() if text}
        for column in ("badge", "workshop", "language", "awarded_on"):
            if column not in cells:
                raise _incomplete(column)
        order = Order(
            badge=cells["badge"],
            organisation=organisation,
            workshop=cells["workshop"],
            participant=cells.get("participant"),
            language=cells["language"],
            awarded_on=cells["awarded_on"],
            valid_until=cells.get("valid_until"),
            award_language=cells.get("award_language"),
            share=_share(cells),
            observation=_observation(cells),
            criteria_met=cells.get("criteria_met", False),
        )
    except InvalidInput as error:
        return refused(number, values["badge"][:_LONGEST], error)
    return Line(number, order, cells.get("group"), cells.get("label"))


def _share(cells: Mapping[str, Any]) -> Share | None:
    agreed = cells.get("share_agreed", False)
    if not _any_of(cells, "share_purpose", "share_expires_on", beside=("share_agreed",) if agreed else ()):
        return None
    return Share(cells["share_purpose"], cells["share_expires_on"], agreed)


def _observation(cells: Mapping[str, Any]) -> Observation | None:
    if not _any_of(cells, "observed_by", "methods", "occasions", beside=("observed_from", "observed_until")):
        return None
    return Observation(
        observed_by=cells["observed_by"],
        methods=cells["methods"],
        occasions=cells["occasions"],
        observed_from=cells.get("observed_from"),
        observed_until=cells.get("observed_until"),
    )


def _any_of(cells: Mapping[str, Any], *needed: str, beside: Sequence[str] = ()) -> bool:
    """Tell whether any of these columns says something; then each that is needed has to. Raises `InvalidInput`."""
    if not any(column in cells for column in (*needed, *beside)):
        return False
    for column in needed:
        if column not in cells:
            raise _incomplete(column)
    return True


def _incomplete(column: str) -> InvalidInput:
    return InvalidInput(
        "row-incomplete", f"This row does not say {column}, and neither does the batch as a whole.", field=column
    )


def _cells(outcome: Outcome) -> dict[str, str]:
    cells = {"row": str(outcome.number), "badge": outcome.badge, "outcome": outcome.result.value}
    if outcome.issued is not None:
        issued = outcome.issued
        cells |= {
            "id": issued.credential_id,
            "participant": str(issued.participant),
            "claim_link": issued.claim_link,
            "share_link": issued.share_link or "",
            "revoked_at": issued.revoked_at.isoformat() if issued.revoked_at else "",
        }
    if outcome.refusal is not None:
        refusal = outcome.refusal
        cells |= {"code": refusal.code, "field": refusal.field or "", "detail": refusal.detail}
    return cells
