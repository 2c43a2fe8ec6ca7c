"""Remember what each source's comparisons and ledger were made from; index what is asked for."""

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
    op.create_index("ix_contents_stored", "contents", ["source_id", "id"])
    op.create_index("ix_outbox_period", "outbox", ["kind", "period"])


def downgrade() -> None:
    op.drop_index("ix_outbox_period", "outbox")
    op.drop_index("ix_contents_stored", "contents")
    with op.batch_alter_table("sources") as table:
        table.drop_column("turns_on")
        table.drop_column("derived")
        table.drop_column("revision")
