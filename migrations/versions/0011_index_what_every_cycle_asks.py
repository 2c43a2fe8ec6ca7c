"""Index what every cycle asks: outages that stand or are untold, and the attempt to fetch that was stored last."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_outages_untold",
        "outages",
        ["since"],
        sqlite_where=sa.text("told_over IS 0"),
        postgresql_where=sa.text("told_over IS false"),
    )
    tried = sa.text("outcome <> 'imported'")
    op.create_index("ix_checks_tried", "checks", ["source_id", "id"], sqlite_where=tried, postgresql_where=tried)


def downgrade() -> None:
    op.drop_index("ix_checks_tried", "checks")
    op.drop_index("ix_outages_untold", "outages")
