"""Which rows belong to an issuer that is handed over, and how what is sealed in them goes from one secret to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select
from sqlmodel import SQLModel

from okbadges.passport import own_links, reflections
from okbadges.recognition import decisions
from okbadges.storage.rows import table_named
from okbadges.storage.sealing import Sealed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import ColumnElement, Table

    from okbadges.storage.journal import Stamp
    from okbadges.storage.rows import Row
    from okbadges.storage.sealing import Secrets

NOT_HANDED_OVER = frozenset(
    {
        "access_key_organisations",
        "access_keys",
        "brought_credentials",
        "duties",
        "editions",
        "failures",
        "holder_profiles",
        "installation",
        "member_accounts",
        "oauth_clients",
        "oauth_grants",
        "oauth_tokens",
        "outgoing_mails",
        "passport_cards",
        "passport_mails",
        "passports",
        "sign_in_links",
        "sign_ins",
        "wallet_offers",
        "webhook_attempts",
        "webhook_deliveries",
        "webhooks",
    }
)
"""Tables that belong to an installation: whoever takes an issuer over has people and programs of their own, and prints new cards."""

_BELONGS: Mapping[str, tuple[str, str]] = {
    "signing_keys": ("issuer_id", "issuers"),
    "status_lists": ("issuer_id", "issuers"),
    "organisations": ("issuer_id", "issuers"),
    "credentials": ("issuer_id", "issuers"),
    "workshops": ("organisation_id", "organisations"),
    "recognition_records": ("workshop_id", "workshops"),
    "members": ("organisation_id", "organisations"),
    "participants": ("organisation_id", "organisations"),
    "learning_groups": ("organisation_id", "organisations"),
    "group_participants": ("group_id", "learning_groups"),
    "ticked_steps": ("participant_id", "participants"),
    "confirmations": ("participant_id", "participants"),
    "evidence": ("participant_id", "participants"),
    "consents": ("participant_id", "participants"),
    "reflections": ("participant_id", "participants"),
    "share_links": ("participant_id", "participants"),
    "share_link_items": ("share_link_id", "share_links"),
    "collected_credentials": ("summary_id", "credentials"),
    "credential_forms": ("credential_row_id", "credentials"),
    "badge_images": ("badge_version_id", "badge_versions"),
    "education_providers": ("organisation_id", "organisations"),
    "decisions": ("organisation_id", "organisations"),
    "decision_badges": ("decision_id", "decisions"),
    "endorsements": ("decision_id", "decisions"),
}
"""By which column the rows of a table hang on the rows of another that belong to the issuer."""

_SEALED: Mapping[tuple[str, str], tuple[Sealed, Callable[[Row], str]]] = {
    ("signing_keys", "sealed_private_key"): (Sealed.PRIVATE_KEY, lambda row: row["id"].hex),
    ("members", "sealed_name"): (Sealed.WORDS, lambda row: f"member:{row['id'].hex}"),
    ("participants", "sealed_label"): (Sealed.WORDS, lambda row: f"label:{row['id'].hex}"),
    ("ticked_steps", "sealed_note"): (Sealed.WORDS, lambda row: f"note:{row['id'].hex}"),
    ("evidence", "sealed_content"): (Sealed.EVIDENCE, lambda row: f"evidence:{row['id'].hex}"),
    ("reflections", "sealed_words"): (
        Sealed.OWN_WORDS,
        lambda row: reflections.bound_to(row["participant_id"], row["badge"], row["criterion_hash"]),
    ),
    ("share_links", "sealed_name"): (Sealed.OWN_WORDS, lambda row: own_links.bound_to(row["id"])),
    ("decisions", "sealed_record"): (Sealed.WORDS, lambda row: decisions.bound_to(row["id"])),
    ("credentials", "sealed_revocation_note"): (Sealed.WORDS, lambda row: f"revocation-note:{row['credential_id']}"),
}
"""What is sealed under the secret of an installation, as what, and to what it is bound."""


def handed_over_tables() -> list[Table]:
    """Return every table of which rows are handed over, those first that others refer to."""
    return [table for table in SQLModel.metadata.sorted_tables if table.name not in NOT_HANDED_OVER]


def of_issuer(table: Table, slug: str) -> ColumnElement[bool]:
    """Return which rows of a table belong to an issuer."""
    match table.name:
        case "issuers":
            return table.c.slug == slug
        case "events" | "event_heads":
            return table.c.chain == slug
        case "badge_versions":
            users = (table_named("credentials"), table_named("ticked_steps"))
            return or_(
                *(table.c.id.in_(select(user.c.badge_version_id).where(of_issuer(user, slug))) for user in users)
            )
        case name:
            column, parent = _BELONGS[name]
            owner = table_named(parent)
            return table.c[column].in_(select(owner.c.id).where(of_issuer(owner, slug)))


def opened(name: str, row: Row, secrets: Secrets) -> Row:
    """Return a row with what is sealed in it opened, and without what stays here: a passport with its card, a link's code with its secret."""
    if name == "participants":
        row["passport_id"] = None
    if name == "share_links":
        row["code_hash"] = None
    for (table, column), (kind, bound_to) in _SEALED.items():
        if table == name and row[column]:
            row[column] = secrets.unseal(row[column], bound_to=bound_to(row), kind=kind)
    return row


def sealed(name: str, row: Row, secrets: Secrets, stamp: Stamp) -> Row:
    """Return a row with what was opened in it sealed again, under this installation's secret."""
    for (table, column), (kind, bound_to) in _SEALED.items():
        if table == name and row[column]:
            row[column] = secrets.seal(row[column], bound_to=bound_to(row), random_bytes=stamp.random_bytes, kind=kind)
    return row
