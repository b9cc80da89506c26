"""Endorsements inside a credential: somebody else's words about it, its issuer or what it is for (Open Badges 3.0, 9, step 6).

They are found anywhere in the document, each is verified as the credential that it is, and told apart: whatever becomes of them,
the verdict on the credential stays its own. Endorsements of endorsements are not followed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from okbadges.credentials.places import pointer
from okbadges.errors import CredentialError
from okbadges.verification.checks import ENDORSED, ENDORSEMENTS, failed, not_checked, passed
from okbadges.verification.embedded import compact_jws, open_each
from okbadges.verification.reading import members, text, types_of
from okbadges.verification.received import Received
from okbadges.verification.report import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from okbadges.credentials.places import Steps
    from okbadges.credentials.strict_json import Json
    from okbadges.verification.embedded import Embedded
    from okbadges.verification.report import Check

MAX_ENDORSEMENTS = 8

_Stated: TypeAlias = "tuple[str, Json]"
"""The member in which an endorsement stands, and its value."""

_MEMBERS = ("endorsement", "endorsementJwt")
_NAMED = frozenset(_MEMBERS)
_NOT_ENDORSABLE = frozenset(
    {"@context", "credentialSchema", "credentialStatus", "proof", "refreshService", "termsOfUse", *_MEMBERS}
)
"""Members of a credential that are about checking it; whoever endorses them has endorsed nothing that it says."""


def endorsements_in(document: Mapping[str, Json]) -> list[Embedded]:
    """Return the endorsements in the order in which they stand, the outer before the inner; nothing of them is checked yet.

    Problems of single ones: ``not-an-endorsement``, ``malformed-jwt`` and the codes of reading a JWT. After
    `MAX_ENDORSEMENTS`, or more values than a credential may hold, a last one says ``too-many-endorsements`` for the rest.
    """
    if not _has_any(document):
        return []
    return open_each(_all_endorsements(document), _open, most=MAX_ENDORSEMENTS, too_many="too-many-endorsements")


def _has_any(value: Mapping[str, Json] | list[Json]) -> bool:
    """Say whether an endorsement stands anywhere inside; most credentials have none, and need no pointers."""
    if not isinstance(value, list) and not _NAMED.isdisjoint(value):
        return True
    for inner in value if isinstance(value, list) else value.values():
        if type(inner) is not str and isinstance(inner, (dict, list)) and _has_any(inner):
            return True
    return False


def _all_endorsements(document: Mapping[str, Json]) -> Iterator[tuple[str, _Stated]]:
    """Yield every endorsement with its place, breadth first, and go into none of them."""
    level: list[tuple[Steps, Json]] = [((), {**document})]
    while level:
        below: list[tuple[Steps, Json]] = []
        for steps, value in level:
            if isinstance(value, dict):
                for member in _MEMBERS:
                    yield from _each((*steps, member), member, value.get(member))
            below.extend(
                ((*steps, step), inner)
                for step, inner in _inside(value)
                if isinstance(inner, dict | list) and step not in _MEMBERS
            )
        level = below


def _inside(value: Json) -> Iterable[tuple[str | int, Json]]:
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()


def _each(steps: Steps, member: str, value: Json) -> Iterator[tuple[str, _Stated]]:
    if isinstance(value, list):
        for position, one in enumerate(value):
            yield pointer((*steps, position)), (member, one)
    elif value is not None:
        yield pointer(steps), (member, value)


def _open(stated: _Stated) -> Received:
    member, value = stated
    if member == "endorsementJwt":
        received = compact_jws(value if isinstance(value, str) else "")
    else:
        received = Received(value if isinstance(value, dict) else {})
    if "EndorsementCredential" not in types_of(received.document):
        raise CredentialError("not-an-endorsement", "What stands in the place of an endorsement is none.")
    return received


def endorsed_id(document: Mapping[str, Json]) -> str | None:
    """Return the id of what an endorsement endorses, or None when it does not say."""
    return text(members(document.get("credentialSubject")).get("id"))


def check_endorsed(endorsement: Mapping[str, Json], credential: Mapping[str, Json]) -> Check:
    """Check that an endorsement is about something in the credential that holds it: one about something else was put there.

    Required of the endorsement. Code: ``endorses-something-else``.
    """
    wanted = endorsed_id(endorsement)
    if wanted is not None and wanted in _ids_in(credential):
        return passed(ENDORSED, "The endorsement is about something in the credential.", detail=wanted[:200])
    message = "The endorsement is about something else than the credential, its issuer or what it is for."
    return failed(ENDORSED, "endorses-something-else", message, detail=(wanted or "")[:200])


def _ids_in(credential: Mapping[str, Json]) -> set[str]:
    found = set()
    waiting: list[Json] = [{**credential}]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict):
            found.add(text(value.get("id")) or "")
            waiting.extend(inner for name, inner in value.items() if name not in _NOT_ENDORSABLE)
    return found - {""}


def sum_up(found: Sequence[Embedded], verdicts: Sequence[Verdict | None]) -> list[Check]:
    """Return the remark ``endorsements`` on all of them, nothing when there are none. Never required.

    ``verdicts`` are those of ``found``, in its order, None for what could not be opened. Codes: ``endorsement-not-valid`` when
    failed, ``too-many-endorsements`` and ``endorsement-open`` when not checked.
    """
    if not found:
        return []
    detail = "; ".join(
        f"{one.pointer[:100]}: {one.problem or verdict}" for one, verdict in zip(found, verdicts, strict=True)
    )[:400]
    bad = [one for one, verdict in zip(found, verdicts, strict=True) if not _holds_or_open(one, verdict)]
    if bad:
        message = "Not every endorsement by others holds; the credential itself does not depend on them."
        return [failed(ENDORSEMENTS, "endorsement-not-valid", message, detail=detail, required=False)]
    if any(one.problem for one in found):
        message = "Only the first endorsements by others were looked at."
        return [not_checked(ENDORSEMENTS, "too-many-endorsements", message, detail=detail, required=False)]
    if Verdict.INDETERMINATE in verdicts:
        message = "Not every endorsement by others could be checked."
        return [not_checked(ENDORSEMENTS, "endorsement-open", message, detail=detail, required=False)]
    return [passed(ENDORSEMENTS, "The endorsements by others hold.", detail=detail, required=False)]


def _holds_or_open(one: Embedded, verdict: Verdict | None) -> bool:
    return one.problem == "too-many-endorsements" or verdict in {Verdict.VALID, Verdict.INDETERMINATE}
