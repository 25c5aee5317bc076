"""The JSON that the commands for users and tokens print with ``--json``.

Shapes are stable: fields are added, not renamed or removed.
"""

from __future__ import annotations

from assistant.account import Account
from assistant.api_tokens import ApiToken
from assistant.sessions import Session
from ui.schemas import Schema


class UserOut(Schema):
    """A user of ``user list``; ``sites`` and ``groups`` are null for every one.

    ``provider`` is empty for a local account. ``one_time_password`` is there where it was just
    made, and never again.
    """

    name: str
    display_name: str
    role: str
    sites: tuple[str, ...] | None
    groups: tuple[str, ...] | None
    is_disabled: bool
    must_change_password: bool
    provider: str
    created_at: str
    one_time_password: str | None = None

    @classmethod
    def of(cls, account: Account, one_time_password: str = "") -> UserOut:
        """The shape of an account."""
        return cls(
            name=account.name,
            display_name=account.display_name,
            role=account.role,
            sites=account.sites,
            groups=account.groups,
            is_disabled=account.is_disabled,
            must_change_password=account.must_change_password,
            provider=account.provider,
            created_at=account.created_at,
            one_time_password=one_time_password or None,
        )


class SessionOut(Schema):
    """A session of ``user sessions``; times are ISO 8601 in UTC."""

    id: str
    address: str
    opened_at: str
    last_seen_at: str

    @classmethod
    def of(cls, session: Session) -> SessionOut:
        """The shape of a session."""
        return cls(
            id=session.session_id,
            address=session.address,
            opened_at=session.opened_at,
            last_seen_at=session.last_seen_at,
        )


class TokenOut(Schema):
    """A token of ``token list``; ``secret`` is there where it was just made, and never again."""

    id: str
    owner: str
    label: str
    scopes: tuple[str, ...]
    created_at: str
    expires_at: str
    last_used_at: str | None
    revoked_at: str | None
    is_valid: bool
    secret: str | None = None

    @classmethod
    def of(cls, token: ApiToken, secret: str | None = None) -> TokenOut:
        """The shape of a token."""
        return cls(
            id=token.token_id,
            owner=token.owner,
            label=token.label,
            scopes=token.scopes,
            created_at=token.created_at,
            expires_at=token.expires_at,
            last_used_at=token.last_used_at,
            revoked_at=token.revoked_at,
            is_valid=token.is_valid,
            secret=secret,
        )
