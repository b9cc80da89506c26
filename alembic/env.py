"""How Alembic runs here: over the connection that `okbadges.storage.migrations` hands in, on SQLite and PostgreSQL alike."""

from alembic import context
from sqlalchemy import Connection, create_engine

from okbadges.storage import tables


def run(connection: Connection) -> None:
    """Run the migrations in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=tables.SQLModel.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


connection = context.config.attributes.get("connection")
if connection is not None:
    run(connection)
else:
    # `alembic revision --autogenerate` by a developer: -x url=sqlite:///some.sqlite3
    with create_engine(context.get_x_argument(as_dictionary=True)["url"]).connect() as own:
        run(own)
        own.commit()
