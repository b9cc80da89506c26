"""Growth: what went through a whole table goes by an index, and duties find the few rows that they look for.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

WHOLE = (
    ("ix_access_key_organisations_organisation_id", "access_key_organisations", ["organisation_id"]),
    ("ix_endorsements_status_list_id_revoked_at", "endorsements", ["status_list_id", "revoked_at"]),
    ("ix_events_chain_action_number", "events", ["chain", "action", "number"]),
    ("ix_events_chain_at_number", "events", ["chain", "at", "number"]),
    ("ix_events_subject_chain_number", "events", ["subject", "chain", "number"]),
    ("ix_holder_profiles_changed_at", "holder_profiles", ["changed_at"]),
    ("ix_oauth_grants_code_expires_at", "oauth_grants", ["code_expires_at"]),
    ("ix_share_links_expires_on", "share_links", ["expires_on"]),
)
OF_SOME = (
    ("ix_credentials_copy_of_id", "credentials", "copy_of_id", "copy_of_id IS NOT NULL"),
    ("ix_credentials_with_note", "credentials", "participant_id", "sealed_revocation_note IS NOT NULL"),
    ("ix_group_participants_left_at", "group_participants", "left_at", "left_at IS NOT NULL"),
    ("ix_oauth_grants_ended_at", "oauth_grants", "ended_at", "ended_at IS NOT NULL"),
    ("ix_passport_mails_not_confirmed", "passport_mails", "added_at", "confirmed_at IS NULL"),
    ("ix_share_links_with_name", "share_links", "expires_on", "sealed_name IS NOT NULL"),
    ("ix_share_links_withdrawn_at", "share_links", "withdrawn_at", "withdrawn_at IS NOT NULL"),
    ("ix_wallet_offers_not_taken", "wallet_offers", "expires_at", "wallet_hash IS NULL"),
)


def upgrade() -> None:
    """Bring the database up."""
    # of those that are a copy from now on: see OF_SOME
    op.drop_index("ix_credentials_copy_of_id", table_name="credentials")
    for name, table, columns in WHOLE:
        op.create_index(name, table, columns, unique=False)
    for name, table, column, where in OF_SOME:
        op.create_index(
            name, table, [column], unique=False, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
        )
    op.drop_index("ix_events_subject", table_name="events")


def downgrade() -> None:
    """Bring the database back."""
    op.create_index("ix_events_subject", "events", ["subject"], unique=False)
    for name, table, *_ in (*WHOLE, *OF_SOME):
        op.drop_index(name, table_name=table)
    op.create_index("ix_credentials_copy_of_id", "credentials", ["copy_of_id"], unique=False)
