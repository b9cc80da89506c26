"""Mail: the e-mail address that a holder can add to their passport, and the letters that are on their way.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database up."""
    op.create_table(
        "passport_mails",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("passport_id", sa.Uuid(), nullable=False),
        sa.Column("address_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_address", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("wording", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("link_hash", sa.LargeBinary(), nullable=True),
        sa.Column("link_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["passport_id"], ["passports.id"], name=op.f("fk_passport_mails_passport_id_passports")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passport_mails")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_passport_mails_link_hash")),
        sa.UniqueConstraint("passport_id", name=op.f("uq_passport_mails_passport_id")),
    )
    with op.batch_alter_table("passport_mails", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_passport_mails_address_hash"), ["address_hash"], unique=False)

    op.create_table(
        "outgoing_mails",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("passport_id", sa.Uuid(), nullable=True),
        sa.Column("sealed_letter", sa.LargeBinary(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["passport_id"], ["passports.id"], name=op.f("fk_outgoing_mails_passport_id_passports")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_mails")),
    )
    with op.batch_alter_table("outgoing_mails", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outgoing_mails_passport_id"), ["passport_id"], unique=False)


def downgrade() -> None:
    """Bring the database back."""
    op.drop_table("outgoing_mails")
    op.drop_table("passport_mails")
