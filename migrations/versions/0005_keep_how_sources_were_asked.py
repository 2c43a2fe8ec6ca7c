"""Keep validators for each way of asking, what checks learned of the way, and outages.

The validators that were there do not say which headers they were given to: the next check asks without any.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "validators",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("profile", sa.String(length=40), nullable=False),
        sa.Column("content_id", sa.Integer(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_validators_source_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["content_id"], ["contents.id"], name=op.f("fk_validators_content_id")),
        sa.PrimaryKeyConstraint("source_id", "profile", name=op.f("pk_validators")),
    )
    op.create_index(op.f("ix_validators_content_id"), "validators", ["content_id"])
    op.create_table(
        "outages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("told_over", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_outages_source_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outages")),
        sa.UniqueConstraint("source_id", "since", name=op.f("uq_outages_source_id_since")),
    )
    op.add_column("checks", sa.Column("profile", sa.String(length=40), nullable=True))
    op.add_column("checks", sa.Column("request_id", sa.Text(), nullable=True))
    op.add_column("checks", sa.Column("moved_to", sa.Text(), nullable=True))
    op.add_column("checks", sa.Column("not_before", sa.DateTime(timezone=True), nullable=True))
    for column in ("etag", "last_modified", "validated_url", "validated_content_id"):
        op.drop_column("sources", column)


def downgrade() -> None:
    for column in ("etag", "last_modified", "validated_url"):
        op.add_column("sources", sa.Column(column, sa.Text(), nullable=True))
    op.add_column("sources", sa.Column("validated_content_id", sa.Integer(), nullable=True))
    for column in ("not_before", "moved_to", "request_id", "profile"):
        op.drop_column("checks", column)
    op.drop_table("outages")
    op.drop_table("validators")
