"""Keep of a document that consists of several files which they were."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contents", sa.Column("parts", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("contents") as table:
        table.drop_column("parts")
