"""What a restore does with each kind of event, and which columns never leave the database for the second place.

A new action belongs in one of these sets; a test asks for it.
"""

from __future__ import annotations

ERASED = "participant.erased"
COPIED = frozenset(
    {
        "access-key.created",
        "access-key.revoked",
        "badge.published",
        "badge.retired",
        "card.issued",
        "card.opened",
        "consent.given",
        "consent.withdrawn",
        "credential.accepted",
        "credential.declined",
        "credential.form-made",
        "credential.hidden",
        "credential.issued",
        "credential.revoked",
        "credential.shown",
        "decision.made",
        "education-provider.noted",
        "endorsement.made",
        "issuer.created",
        "issuer.handed-over",
        "issuer.taken-over",
        "key.added",
        "key.compromised",
        "member.account-connected",
        "member.account-removed",
        "member.added",
        "member.left",
        "organisation.changed",
        "organisation.created",
        ERASED,
        "passport.joined",
        "pin.removed",
        "pin.set",
        "recognition-record.added",
        "recognition-record.ended",
        "share-link.made",
        "share-link.withdrawn",
        "webhook.changed",
        "webhook.created",
        "webhook.disabled",
        "webhook.ended",
        "webhook.secret-rotated",
        "workshop.created",
    }
)
"""Of which events rows are copied."""
REDONE = COPIED - {"member.added"} | {
    "brought-credential.removed",
    "credential.handed-in",
    "evidence.deleted",
    "evidence.erased",
    "installation.restored",
    "installation.settled",
    "mail.removed",
    "mail-link.made",
    "mail-link.used",
    "profile.removed",
    "program.allowed",
    "program.connected",
    "program.ended",
    "reflection.wiped",
    "retention.deleted",
    "sign-in-link.made",
    "sign-in.began",
    "sign-in.ended",
    "wallet-offer.answered",
    "wallet-offer.ended",
    "wallet-offer.made",
    "wallet-offer.opened",
    "wallet-offer.taken",
    "wallet-offer.taken-again",
    "webhook.redelivered",
    "webhook.tested",
}
"""What a restore redoes wholly, by the rows or because nothing but the journal changed. A new member comes back without a name,
everybody signs in again, every program asks again, and offers to wallets are made anew. What a webhook was to send again is sent when it
is asked for again.

Everything else is named after a restore, with its count and its days.
"""

NOT_COPIED = {
    "participants": ("sealed_label",),
    "members": ("sealed_name",),
    "credentials": ("sealed_revocation_note",),
    "share_links": ("sealed_name",),
    "status_lists": ("document",),
    "webhooks": ("issuer_cursor", "catalogue_cursor", "failing_since"),
}
"""Columns that are not copied: what has a day on which it is deleted, and what is made anew when it is missing.
A webhook that was restored reads on from where the backup, or its beginning, says."""
INSTEAD = {"members": {"sealed_name": b""}}
"""What stands in a new row for a column that was not copied and cannot be empty."""
