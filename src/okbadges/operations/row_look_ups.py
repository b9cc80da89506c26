"""Finding the rows that an event is about, by what kind of thing its subject names: a few queries for many events of one kind."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import select

from okbadges.operations.redoing import COPIED, ERASED
from okbadges.storage.rows import Row, all_rows, table_named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

Event = Mapping[str, Any]
Rows = dict[str, list[Row]]
"""Rows by the name of their table."""
LookUp = Callable[["Connection", Sequence[Event]], list[Rows]]
"""Finds the rows of some events of one kind, in their order."""


def look_up_of(event: Event) -> LookUp | None:
    """Return how the rows of an event are found: by what kind of thing its subject names (decisions: `of_schools`)."""
    if event["action"] not in COPIED:
        return None
    if event["action"] == ERASED:
        return _erased
    if event["subject"].startswith("did:"):
        return _keys if "#" in event["subject"] else _issuers
    return _KINDS.get(event["subject"].partition(":")[0])


def named_id(subject: str) -> uuid.UUID | None:
    """Return the id in a subject such as ``participant:…``; None when there is none."""
    try:
        return uuid.UUID(subject.rpartition(":")[2])
    except ValueError:
        return None


def _credentials(connection: Connection, events: Sequence[Event]) -> list[Rows]:
    """Find credentials with whom they are about, the status list they are in, and the link that was made with them."""
    credentials = _rows(connection, "credentials", "credential_id", {event["subject"] for event in events})
    return _with_what_they_need(connection, [[row] for row in _in_order(events, credentials, "credential_id")])


def _erased(connection: Connection, events: Sequence[Event]) -> list[Rows]:
    """Find what an erasure left of credentials: they belong to the one who stands for all who were erased."""
    people = table_named("participants")
    nobody = [row["id"] for row in all_rows(connection, people, people.c.stands_for_erased)]
    left = defaultdict(list)
    for row in _rows(connection, "credentials", "participant_id", nobody):
        left[row["erased_at"]].append(row)
    return _with_what_they_need(connection, [left[event["at"]] for event in events])


def _with_what_they_need(connection: Connection, credentials: Sequence[Sequence[Row | None]]) -> list[Rows]:
    """Add to the credentials of each event what they refer to that no event of its own brings."""
    groups = [[row for row in group if row is not None] for group in credentials]
    every = [row for group in groups for row in group]
    people = _by(_rows(connection, "participants", "id", _values(every, "participant_id")), "id")
    passports = _by(
        _rows(
            connection, "passports", "id", _values([row for group in people.values() for row in group], "passport_id")
        ),
        "id",
    )
    lists = _by(_rows(connection, "status_lists", "id", _values(every, "status_list_id")), "id")
    links = _by(_rows(connection, "share_links", "id", _values(every, "share_link_id")), "id")
    items = _by(_rows(connection, "share_link_items", "share_link_id", links), "share_link_id")
    ids = _values(every, "id")
    collected = _by(_rows(connection, "collected_credentials", "summary_id", ids), "summary_id")
    forms = _by(_rows(connection, "credential_forms", "credential_row_id", ids), "credential_row_id")
    agreed = _by(_rows(connection, "consents", "participant_id", _values(every, "participant_id")), "participant_id")
    words = _by(_rows(connection, "confirmations", "credential_row_id", ids), "credential_row_id")
    return [
        {
            "passports": _pick(passports, _pick(people, group, "participant_id"), "passport_id"),
            "participants": _pick(people, group, "participant_id"),
            "status_lists": _pick(lists, group, "status_list_id"),
            "credentials": group,
            "share_links": _pick(links, group, "share_link_id"),
            "share_link_items": _pick(items, group, "share_link_id"),
            "collected_credentials": _pick(collected, group, "id"),
            "credential_forms": _pick(forms, group, "id"),
            "confirmations": _pick(words, group, "id"),
            "consents": [row for row in _pick(agreed, group, "participant_id") if row["share_link_id"] is None],
        }
        for group in groups
    ]


def _share_links(connection: Connection, events: Sequence[Event]) -> list[Rows]:
    links = _by(_rows(connection, "share_links", "id", _ids(events)), "id")
    items = _by(_rows(connection, "share_link_items", "share_link_id", links), "share_link_id")
    agreed = _by(_rows(connection, "consents", "share_link_id", links), "share_link_id")
    return [
        {
            "share_links": links.get(named_id(event["subject"]), []),
            "share_link_items": items.get(named_id(event["subject"]), []),
            "consents": agreed.get(named_id(event["subject"]), []),
        }
        for event in events
    ]


def _participants(connection: Connection, events: Sequence[Event]) -> list[Rows]:
    """Find participants with what opens their passport, who else is in it, and what they agreed to."""
    people = _by(_rows(connection, "participants", "id", _ids(events)), "id")
    passports = _values([row for same in people.values() for row in same], "passport_id")
    together = _by(_rows(connection, "participants", "passport_id", passports), "passport_id")
    theirs = [people.get(named_id(event["subject"]), []) for event in events]
    return _with_passports(connection, [_pick(together, own, "passport_id") or own for own in theirs])


def _passports(connection: Connection, events: Sequence[Event]) -> list[Rows]:
    people = _by(_rows(connection, "participants", "passport_id", _ids(events)), "passport_id")
    return _with_passports(connection, [people.get(named_id(event["subject"]), []) for event in events])


def _cards(connection: Connection, events: Sequence[Event]) -> list[Rows]:
    """Find cards with the passport that they open and whose it is: whoever is erased takes them along."""
    cards = _by(_rows(connection, "passport_cards", "id", _ids(events)), "id")
    opened = [cards.get(named_id(event["subject"]), []) for event in events]
    passports = {card["passport_id"] for group in opened for card in group}
    people = _by(_rows(connection, "participants", "passport_id", passports), "passport_id")
    return _with_passports(connection, [_pick(people, group, "passport_id") for group in opened])


def _with_passports(connection: Connection, people: Sequence[Sequence[Row]]) -> list[Rows]:
    every = [row for group in people for row in group]
    ids = _values(every, "passport_id")
    passports = _by(_rows(connection, "passports", "id", ids), "id")
    cards = _by(_rows(connection, "passport_cards", "passport_id", ids), "passport_id")
    agreed = _by(_rows(connection, "consents", "participant_id", _values(every, "id")), "participant_id")
    return [
        {
            "passports": _pick(passports, group, "passport_id"),
            "participants": list(group),
            "passport_cards": _pick(cards, group, "passport_id"),
            "consents": [row for row in _pick(agreed, group, "id") if row["share_link_id"] is None],
        }
        for group in people
    ]


def _workshops(connection: Connection, events: Sequence[Event]) -> list[Rows]:
    workshops = _by(_rows(connection, "workshops", "id", _ids(events)), "id")
    records = _by(_rows(connection, "recognition_records", "workshop_id", _ids(events)), "workshop_id")
    return [
        {
            "workshops": workshops.get(named_id(event["subject"]), []),
            "recognition_records": records.get(named_id(event["subject"]), []),
        }
        for event in events
    ]


def _recognition_records(connection: Connection, events: Sequence[Event]) -> list[Rows]:
    records = _by(_rows(connection, "recognition_records", "id", _ids(events)), "id")
    return [{"recognition_records": records.get(named_id(event["subject"]), [])} for event in events]


def _members(connection: Connection, events: Sequence[Event]) -> list[Rows]:
    """Find members, their accounts and their access keys: those of one who left are revoked without an event of their own."""
    members = _by(_rows(connection, "members", "id", _ids(events)), "id")
    accounts = _by(_rows(connection, "member_accounts", "member_id", members), "member_id")
    keys = _by(_rows(connection, "access_keys", "member_id", members), "member_id")
    ids = [key["id"] for same in keys.values() for key in same]
    allowed = _by(_rows(connection, "access_key_organisations", "access_key_id", ids), "access_key_id")
    return [
        {
            "members": members.get(named_id(event["subject"]), []),
            "member_accounts": accounts.get(named_id(event["subject"]), []),
            "access_keys": (own := keys.get(named_id(event["subject"]), [])),
            "access_key_organisations": _pick(allowed, own, "id"),
        }
        for event in events
    ]


def _organisations(connection: Connection, events: Sequence[Event]) -> list[Rows]:
    found = _by(_rows(connection, "organisations", "slug", {_name(event) for event in events}), "slug")
    return [{"organisations": found.get(_name(event), [])} for event in events]


def _access_keys(connection: Connection, events: Sequence[Event]) -> list[Rows]:
    keys = _by(_rows(connection, "access_keys", "prefix", {_name(event) for event in events}), "prefix")
    ids = [key["id"] for same in keys.values() for key in same]
    allowed = _by(_rows(connection, "access_key_organisations", "access_key_id", ids), "access_key_id")
    return [
        {
            "access_keys": keys.get(_name(event), []),
            "access_key_organisations": _pick(allowed, keys.get(_name(event), []), "id"),
        }
        for event in events
    ]


def _badges(connection: Connection, events: Sequence[Event]) -> list[Rows]:
    """Find the version that was published, with its pictures; of a retired badge all versions, to find the retired one."""
    versions = _by(_rows(connection, "badge_versions", "slug", {_name(event) for event in events}), "slug")
    found = []
    for event in events:
        number = orjson.loads(event["details"]).get("version")
        rows = [row for row in versions.get(_name(event), []) if number in (None, row["version"])]
        ids = [row["id"] for row in rows] if number is not None else []
        found.append(
            {"badge_versions": rows, "badge_images": _rows(connection, "badge_images", "badge_version_id", ids)}
        )
    return found


def _issuers(connection: Connection, events: Sequence[Event]) -> list[Rows]:
    """Find issuers, and with one that was taken over the badge versions that came along."""
    found = _by(_rows(connection, "issuers", "did", {event["subject"] for event in events}), "did")
    credentials = table_named("credentials")
    rows: list[Rows] = []
    for event in events:
        its = found.get(event["subject"], [])
        came_along = event["action"] == "issuer.taken-over" and [row["id"] for row in its]
        used = select(credentials.c.badge_version_id).where(credentials.c.issuer_id.in_(came_along or []))
        ids = list(connection.scalars(used.distinct())) if came_along else []
        versions = _rows(connection, "badge_versions", "id", ids)
        pictures = _rows(connection, "badge_images", "badge_version_id", ids)
        rows.append({"issuers": its, "badge_versions": versions, "badge_images": pictures})
    return rows


def _keys(connection: Connection, events: Sequence[Event]) -> list[Rows]:
    """Find the keys of the issuer of a key (``did:…#key-2``): the one that takes a compromised key's place has no event of its own."""
    dids = {event["subject"].rpartition("#")[0] for event in events}
    issuers = {row["did"]: row for row in _rows(connection, "issuers", "did", dids)}
    keys = _by(_rows(connection, "signing_keys", "issuer_id", [row["id"] for row in issuers.values()]), "issuer_id")
    owners = [issuers.get(event["subject"].rpartition("#")[0]) for event in events]
    return [{"signing_keys": keys.get(owner["id"], []) if owner else []} for owner in owners]


def _webhooks(connection: Connection, events: Sequence[Event]) -> list[Rows]:
    found = _by(_rows(connection, "webhooks", "id", _ids(events)), "id")
    return [{"webhooks": found.get(named_id(event["subject"]), [])} for event in events]


_KINDS: Mapping[str, LookUp] = {
    "urn": _credentials,
    "share-link": _share_links,
    "participant": _participants,
    "passport": _passports,
    "card": _cards,
    "workshop": _workshops,
    "recognition-record": _recognition_records,
    "member": _members,
    "organisation": _organisations,
    "access-key": _access_keys,
    "badge": _badges,
    "webhook": _webhooks,
}


def _rows(connection: Connection, table_name: str, column: str, values: Iterable[Any]) -> list[Row]:
    table = table_named(table_name)
    wanted = list(values)
    return list(all_rows(connection, table, table.c[column].in_(wanted))) if wanted else []


def _by(rows: Iterable[Row], column: str) -> dict[Any, list[Row]]:
    grouped: dict[Any, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row[column], []).append(row)
    return grouped


def _pick(found: Mapping[Any, list[Row]], rows: Iterable[Row], column: str) -> list[Row]:
    return [one for value in dict.fromkeys(row[column] for row in rows) for one in found.get(value, [])]


def _in_order(events: Sequence[Event], rows: Iterable[Row], column: str) -> list[Row | None]:
    by_name = {row[column]: row for row in rows}
    return [by_name.get(event["subject"]) for event in events]


def _values(rows: Iterable[Row], column: str) -> set[Any]:
    return {row[column] for row in rows} - {None}


def _ids(events: Sequence[Event]) -> set[uuid.UUID]:
    return {found for event in events if (found := named_id(event["subject"])) is not None}


def _name(event: Event) -> str:
    name: str = event["subject"].partition(":")[2]
    return name
