"""Accounts over an empty records database, with cheap hashes and a clock that a test sets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from assistant import record_tables
from assistant.accounts import Accounts
from assistant.api_tokens import ApiTokens
from assistant.audit import AuditLog
from assistant.credentials import Credentials
from assistant.passwords import Cost, Passwords
from assistant.provider_accounts import ProviderAccounts
from assistant.sessions import Sessions
from assistant.sign_in import SignIn
from index.access import LOCAL, Role
from index.database import open_engine

CHEAP = Cost(passes=1, memory_kib=8, lanes=1)
PASSWORD = "grease the third bearing"


class CountingPasswords(Passwords):
    """Counts how many passwords were looked at."""

    def __init__(self, cost: Cost = CHEAP) -> None:
        super().__init__(cost)
        self.looked_at = 0

    def is_right(self, stored: str, password: str) -> bool:
        self.looked_at += 1
        return super().is_right(stored, password)


class AccountHome:
    """Everything of accounts over one database; opening it again is a restart."""

    def __init__(self, path: Path, passwords: CountingPasswords | None = None) -> None:
        self.engine = open_engine(path, record_tables.MIGRATIONS)
        self.moment = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
        self.passwords = passwords or CountingPasswords()
        self.accounts = Accounts(self.engine, self.passwords, clock=self.clock)
        self.sessions = Sessions(self.engine, clock=self.clock)
        self.tokens = ApiTokens(self.engine, clock=self.clock)
        self.credentials = Credentials(self.engine, self.passwords, clock=self.clock)
        self.sign_in = SignIn(self.credentials, self.sessions, AuditLog(self.engine))
        self.of_providers = ProviderAccounts(self.engine, clock=self.clock)

    def clock(self) -> datetime:
        return self.moment

    def wait(self, **time: float) -> None:
        self.moment += timedelta(**time)

    def add(self, name: str, role: Role = "technician", **fields: object) -> None:
        """Add a user whose password is PASSWORD."""
        self.accounts.add(name, role, LOCAL, password=PASSWORD, **fields)  # type: ignore[arg-type]
