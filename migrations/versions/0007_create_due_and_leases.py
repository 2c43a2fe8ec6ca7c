"""Create the tables of what falls due and of who is in charge."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "due",
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("job", "name", name=op.f("pk_due")),
    )
    op.create_index("ix_due_next", "due", ["job", "due_at", "name"])
    op.create_index("ix_due_owner", "due", ["owner"])
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    with op.batch_alter_table("runs") as runs:
        runs.alter_column("job", existing_type=sa.String(length=40), type_=sa.String(length=250), existing_nullable=False)


def downgrade() -> None:
    # What ran under a longer name was made by the newer program alone.
    op.execute("DELETE FROM runs WHERE length(job) > 40")
    with op.batch_alter_table("runs") as runs:
        runs.alter_column("job", existing_type=sa.String(length=250), type_=sa.String(length=40), existing_nullable=False)
    op.drop_table("leases")
    op.drop_index("ix_due_owner", table_name="due")
    op.drop_index("ix_due_next", table_name="due")
    op.drop_table("due")
