"""Passports: cards that open them, what the holder agreed to, accepted and wrote, and what a link of theirs shows.

Revision ID: 0003
Revises: 0002

What was issued with a share link was handed over with the person's word, so it counts as accepted when it was issued.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database up."""
    op.create_table(
        "passports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pin_hash", sa.LargeBinary(), nullable=True),
        sa.Column("visits_from", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passports")),
    )
    op.create_table(
        "passport_cards",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("passport_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["passport_id"], ["passports.id"], name=op.f("fk_passport_cards_passport_id_passports")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passport_cards")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_passport_cards_code_hash")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_passport_cards_token_hash")),
    )
    with op.batch_alter_table("passport_cards", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_passport_cards_passport_id"), ["passport_id"], unique=False)

    op.create_table(
        "consents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("share_link_id", sa.Uuid(), nullable=True),
        sa.Column("wording", sa.String(), nullable=False),
        sa.Column("given_how", sa.String(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name=op.f("fk_consents_participant_id_participants")
        ),
        sa.ForeignKeyConstraint(
            ["share_link_id"], ["share_links.id"], name=op.f("fk_consents_share_link_id_share_links")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    with op.batch_alter_table("consents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consents_participant_id"), ["participant_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_consents_share_link_id"), ["share_link_id"], unique=False)

    op.create_table(
        "reflections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("badge", sa.String(), nullable=False),
        sa.Column("criterion_hash", sa.String(), nullable=False),
        sa.Column("sealed_words", sa.LargeBinary(), nullable=True),
        sa.Column("sure_before", sa.Integer(), nullable=True),
        sa.Column("sure_after", sa.Integer(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name=op.f("fk_reflections_participant_id_participants")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reflections")),
        sa.UniqueConstraint(
            "participant_id",
            "badge",
            "criterion_hash",
            name=op.f("uq_reflections_participant_id_badge_criterion_hash"),
        ),
    )

    with op.batch_alter_table("participants", schema=None) as batch_op:
        batch_op.add_column(sa.Column("passport_id", sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f("ix_participants_passport_id"), ["passport_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_participants_passport_id_passports"), "passports", ["passport_id"], ["id"]
        )

    with op.batch_alter_table("credentials", schema=None) as batch_op:
        batch_op.add_column(sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("share_links", schema=None) as batch_op:
        batch_op.add_column(sa.Column("shows", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("sealed_name", sa.LargeBinary(), nullable=True))

    op.execute("UPDATE share_links SET shows = ''")
    op.execute(
        "UPDATE credentials SET accepted_at = issued_at WHERE id IN (SELECT credential_row_id FROM share_link_items)"
    )
    with op.batch_alter_table("share_links", schema=None) as batch_op:
        batch_op.alter_column("shows", existing_type=sa.String(), nullable=False)


def downgrade() -> None:
    """Bring the database back."""
    with op.batch_alter_table("share_links", schema=None) as batch_op:
        batch_op.drop_column("sealed_name")
        batch_op.drop_column("shows")

    with op.batch_alter_table("credentials", schema=None) as batch_op:
        batch_op.drop_column("hidden_at")
        batch_op.drop_column("declined_at")
        batch_op.drop_column("accepted_at")

    with op.batch_alter_table("participants", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_participants_passport_id_passports"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_participants_passport_id"))
        batch_op.drop_column("passport_id")

    op.drop_table("reflections")
    op.drop_table("consents")
    op.drop_table("passport_cards")
    op.drop_table("passports")
