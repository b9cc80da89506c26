"""Decisions: education providers, what they decided about credit, on which badges, and which of these they endorse.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database up."""
    op.create_table(
        "education_providers",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("provider_oid", sa.String(), nullable=False),
        sa.Column("institution_oid", sa.String(), nullable=True),
        sa.Column("process_codes", sa.String(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_education_providers_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_education_providers")),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=True),
        sa.Column("share_link_id", sa.Uuid(), nullable=True),
        sa.Column("generation", sa.String(), nullable=False),
        sa.Column("target_kind", sa.String(), nullable=False),
        sa.Column("target_uri", sa.String(), nullable=False),
        sa.Column("decided", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_record", sa.LargeBinary(), nullable=False),
        sa.Column("record_hash", sa.String(), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_decisions_member_id_members")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_decisions_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name=op.f("fk_decisions_participant_id_participants")
        ),
        sa.ForeignKeyConstraint(
            ["share_link_id"], ["share_links.id"], name=op.f("fk_decisions_share_link_id_share_links")
        ),
        sa.ForeignKeyConstraint(["supersedes_id"], ["decisions.id"], name=op.f("fk_decisions_supersedes_id_decisions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_decisions_supersedes_id")),
    )
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.create_index("ix_decisions_organisation_id_id", ["organisation_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_decisions_participant_id"), ["participant_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_decisions_share_link_id"), ["share_link_id"], unique=False)

    op.create_table(
        "decision_badges",
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("credential_row_id", sa.Uuid(), nullable=True),
        sa.Column("badge", sa.String(), nullable=True),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("bar", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["credential_row_id"], ["credentials.id"], name=op.f("fk_decision_badges_credential_row_id_credentials")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_decision_badges_decision_id_decisions")
        ),
        sa.PrimaryKeyConstraint("decision_id", "position", name=op.f("pk_decision_badges")),
    )
    with op.batch_alter_table("decision_badges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_badges_badge"), ["badge"], unique=False)
        batch_op.create_index(batch_op.f("ix_decision_badges_credential_row_id"), ["credential_row_id"], unique=False)

    op.create_table(
        "endorsements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("endorsement_id", sa.String(), nullable=False),
        sa.Column("issuer_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("credential_row_id", sa.Uuid(), nullable=True),
        sa.Column("signing_key_id", sa.Uuid(), nullable=False),
        sa.Column("status_list_id", sa.Uuid(), nullable=False),
        sa.Column("status_index", sa.Integer(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=True),
        sa.Column("document_hash", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["credential_row_id"], ["credentials.id"], name=op.f("fk_endorsements_credential_row_id_credentials")
        ),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_endorsements_decision_id_decisions")),
        sa.ForeignKeyConstraint(["issuer_id"], ["issuers.id"], name=op.f("fk_endorsements_issuer_id_issuers")),
        sa.ForeignKeyConstraint(
            ["signing_key_id"], ["signing_keys.id"], name=op.f("fk_endorsements_signing_key_id_signing_keys")
        ),
        sa.ForeignKeyConstraint(
            ["status_list_id"], ["status_lists.id"], name=op.f("fk_endorsements_status_list_id_status_lists")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endorsements")),
        sa.UniqueConstraint("endorsement_id", name=op.f("uq_endorsements_endorsement_id")),
        sa.UniqueConstraint("status_list_id", "status_index", name=op.f("uq_endorsements_status_list_id_status_index")),
    )
    with op.batch_alter_table("endorsements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_endorsements_credential_row_id"), ["credential_row_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_endorsements_decision_id"), ["decision_id"], unique=False)


def downgrade() -> None:
    """Bring the database back."""
    op.drop_table("endorsements")
    op.drop_table("decision_badges")
    op.drop_table("decisions")
    op.drop_table("education_providers")
