"""Remember what each source's comparisons and ledger were made from; index what the packing of versions asks for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sources", sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("sources", sa.Column("derived", sa.String(length=120), nullable=True))
    op.add_column("sources", sa.Column("turns_on", sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("sources") as table:
        table.drop_column("turns_on")
        table.drop_column("derived")
        table.drop_column("revision")
