"""Codes of share links: what somebody types from paper, found by its HMAC.

Revision ID: 0006
Revises: 0005

A code is made with the installation's secret, which no migration knows: links that were there before have none and keep their address.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database up."""
    with op.batch_alter_table("share_links", schema=None) as batch_op:
        batch_op.add_column(sa.Column("code_hash", sa.LargeBinary(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_share_links_code_hash"), ["code_hash"])


def downgrade() -> None:
    """Bring the database back."""
    with op.batch_alter_table("share_links", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_share_links_code_hash"), type_="unique")
        batch_op.drop_column("code_hash")
