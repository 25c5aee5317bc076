"""Tables of accounts, sessions, tokens and sign-in attempts; they live with the records.

No secret is stored: of a password its argon2id hash, of a session and a token the SHA-256 of
their 256 random bits.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

account = sa.Table(
    "account",
    metadata,
    sa.Column("key", sa.String, primary_key=True),  # the name, folded; never used again
    sa.Column("name", sa.String, nullable=False, unique=True),
    sa.Column("display_name", sa.String, nullable=False),
    sa.Column("role", sa.String, nullable=False),
    sa.Column("sites", sa.JSON(none_as_null=True)),  # NULL: every site
    sa.Column("groups", sa.JSON(none_as_null=True)),  # NULL: every group
    sa.Column("is_disabled", sa.Boolean, nullable=False),
    sa.Column("provider", sa.String, nullable=False),  # empty for a local account
    sa.Column("subject", sa.String, nullable=False),  # the provider's own key of the user
    sa.Column("password_hash", sa.String, nullable=False),  # empty where there is none
    sa.Column("one_time_until", sa.String),  # while the password is one to be changed
    sa.Column("last_address", sa.String, nullable=False),  # of the last sign-in by password
    sa.Column("created_at", sa.String, nullable=False),
    sa.Column("created_by", sa.String, nullable=False),
    sa.Column("changed_at", sa.String, nullable=False),
    sa.Column("changed_by", sa.String, nullable=False),
)
sa.Index(
    "account_of_provider",
    account.c.provider,
    account.c.subject,
    unique=True,
    sqlite_where=account.c.provider != "",
    postgresql_where=account.c.provider != "",
)

session = sa.Table(
    "session",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("secret_hash", sa.String, nullable=False, unique=True),
    sa.Column("account_key", sa.ForeignKey("account.key"), nullable=False, index=True),
    sa.Column("address", sa.String, nullable=False),
    sa.Column("opened_at", sa.String, nullable=False),  # of the sign-in; a renewal keeps it
    sa.Column("last_seen_at", sa.String, nullable=False),
)

api_token = sa.Table(
    "api_token",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("secret_hash", sa.String, nullable=False, unique=True),
    sa.Column("account_key", sa.ForeignKey("account.key"), nullable=False, index=True),
    sa.Column("label", sa.String, nullable=False),
    sa.Column("scopes", sa.JSON, nullable=False),
    sa.Column("created_at", sa.String, nullable=False),
    sa.Column("expires_at", sa.String, nullable=False),
    sa.Column("last_used_at", sa.String),
    sa.Column("revoked_at", sa.String),
)

sign_in_attempt = sa.Table(
    "sign_in_attempt",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("at", sa.Float, nullable=False, index=True),  # seconds since 1970
    sa.Column("name_hash", sa.String, nullable=False, index=True),
    sa.Column("address", sa.String, nullable=False, index=True),
    sa.Column("lane", sa.String, nullable=False),  # main | known
)


def create(connection: sa.Connection) -> None:
    """Create the tables: a migration of the records database."""
    metadata.create_all(connection)
