"""Alembic's way in. specwatch hands over its open connection; the `alembic` command names a URL with `-x url=…`."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, create_engine

from monitor.store.tables import Base


def migrate(connection: Connection) -> None:
    """Run on an open connection; the migrations of one run are one transaction, on SQLite too."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transactional_ddl=True,
        # SQLite changes tables by copying them.
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    url = context.get_x_argument(as_dictionary=True).get("url")
    if url is None:
        raise SystemExit("name a database: alembic -x url=sqlite:///try.db …, or use `specwatch db upgrade`")
    with create_engine(url).begin() as connection:
        migrate(connection)
