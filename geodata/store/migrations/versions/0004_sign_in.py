"""Sessions are listed, phones stay signed in, a second factor, and who saw a thing is found at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from geodata.store.types import Instant, Json

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add what signing in needs; sessions end, since those of before have no name to be ended by."""
    op.execute("DELETE FROM sign_in")
    op.add_column("sign_in", sa.Column("id", sa.Text(), nullable=True))
    op.add_column("sign_in", sa.Column("network", sa.Text(), nullable=False, server_default=""))
    op.add_column("sign_in", sa.Column("device_id", sa.Text(), nullable=True))
    op.create_index("ix_sign_in_id", "sign_in", ["id"], unique=True)
    op.create_index("ix_sign_in_device", "sign_in", ["device_id"], unique=False)
    op.add_column("account", sa.Column("enabled_at", Instant(), nullable=True))
    _factors()
    _devices()
    op.drop_index("ix_audit_object", "audit")
    op.create_index("ix_audit_object", "audit", ["object", "at"], unique=False)
    op.create_index("ix_audit_act", "audit", ["act", "at"], unique=False)


def _factors() -> None:
    op.create_table(
        "second_factor",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("offered_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("enrolled_at", Instant(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("recovery", Json(), nullable=False, server_default="[]"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("account_id"),
    )


def _devices() -> None:
    op.create_table(
        "device",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_digest", sa.Text(), nullable=False),
        sa.Column("retired_digest", sa.Text(), nullable=False, server_default=""),
        sa.Column("turned_at", Instant(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False, server_default=""),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_device_account", "device", ["account_id"], unique=False)
