"""Tell the states of a message apart: what waits from what is being sent, what was refused from what was given up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# `given up` was either; only who came to the eighth attempt was not refused for good.
_FORWARD = (
    ("pending", "state = 'waiting' AND attempts = 0"),
    ("deferred", "state = 'waiting'"),
    ("accepted", "state = 'sent'"),
    ("dead", "state = 'given up' AND attempts >= 8"),
    ("failed", "state = 'given up'"),
)
_BACK = (
    ("waiting", "state IN ('pending', 'sending', 'deferred')"),
    ("sent", "state = 'accepted'"),
    ("given up", "state IN ('failed', 'dead')"),
)


def upgrade() -> None:
    op.add_column("outbox", sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("outbox", sa.Column("uncertain", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("outbox", sa.Column("withdrawn", sa.Boolean(), nullable=False, server_default=sa.false()))
    _rename(_FORWARD)


def downgrade() -> None:
    _rename(_BACK)
    with op.batch_alter_table("outbox") as table:
        table.drop_column("withdrawn")
        table.drop_column("uncertain")
        table.drop_column("tried_at")


def _rename(states: tuple[tuple[str, str], ...]) -> None:
    for state, which in states:
        op.execute(f"UPDATE outbox SET state = '{state}' WHERE {which}")
