"""The edition: a number that the database moves itself whenever a row that seldom changes does.

Revision ID: 0010
Revises: 0009
"""

import time

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# when an access key was used last is noted every hour and means nothing to whoever remembers the key
OF_KEYS = ("key_hash", "scopes", "role", "member_id", "expires_at", "revoked_at")
MOVED = "UPDATE editions SET number = number + 1 WHERE id = 1"
WATCHED = {
    "issuers": (),
    "signing_keys": (),
    "organisations": (),
    "workshops": (),
    "badge_versions": (),
    "members": (),
    "access_keys": OF_KEYS,
    "access_key_organisations": (),
}


def upgrade() -> None:
    """Bring the database up."""
    editions = op.create_table(
        "editions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_editions")),
    )
    # two databases never begin alike: one that is put in the place of another is another edition
    op.bulk_insert(editions, [{"id": 1, "number": time.time_ns() // 1_000_000}])
    if op.get_bind().dialect.name == "sqlite":
        _watch_on_sqlite()
    else:
        _watch_on_postgresql()


def _watch_on_sqlite() -> None:
    for table, columns in WATCHED.items():
        update = f"UPDATE OF {', '.join(columns)}" if columns else "UPDATE"
        for what, name in (("INSERT", "insert"), (update, "update"), ("DELETE", "delete")):
            op.execute(f"CREATE TRIGGER new_edition_{table}_{name} AFTER {what} ON {table} BEGIN {MOVED}; END")


def _watch_on_postgresql() -> None:
    op.execute(
        f"CREATE FUNCTION new_edition() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {MOVED}; RETURN NULL; END $$"
    )
    for table, columns in WATCHED.items():
        update = f"UPDATE OF {', '.join(columns)}" if columns else "UPDATE"
        op.execute(
            f"CREATE TRIGGER new_edition_{table} AFTER INSERT OR {update} OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION new_edition()"
        )


def downgrade() -> None:
    """Take it down again."""
    if op.get_bind().dialect.name == "sqlite":
        for table in WATCHED:
            for name in ("insert", "update", "delete"):
                op.execute(f"DROP TRIGGER new_edition_{table}_{name}")
    else:
        for table in WATCHED:
            op.execute(f"DROP TRIGGER new_edition_{table} ON {table}")
        op.execute("DROP FUNCTION new_edition()")
    op.drop_table("editions")
