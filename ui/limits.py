"""What one user may ask and upload: a bucket of questions in memory, a quota a day in the records.

The quota is counted in one transaction, so that it holds for several processes and survives a
restart. Questions are counted by this process only: after a restart everybody starts afresh.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Literal

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field

from assistant.audit_tables import upload_count as table
from assistant.errors import TooLarge, TooMany
from index.access import Principal
from index.database import writing

What = Literal["question", "upload"]

_MB = 1_000_000
_MOST_BUCKETS = 10_000
_KEPT_DAYS = 3


class LimitSettings(BaseModel):
    """Limits of one user; days are days in UTC, sizes are megabytes (10^6 bytes)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    questions_per_minute: int = Field(default=30, ge=1)
    questions_at_once: int = Field(default=3, ge=1)
    questions_waiting: int = Field(default=30, ge=0)
    uploads_per_day: int = Field(default=200, ge=0)
    upload_mb_per_day: int = Field(default=2000, ge=0)
    upload_mb: int = Field(default=200, ge=1, description="of one file")


class Limits:
    """Counts what users do; safe to use from several threads."""

    def __init__(
        self,
        engine: sa.Engine,
        settings: LimitSettings | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        today: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Keep the quotas in the records database."""
        self._engine = engine
        self.settings = settings or LimitSettings()
        self._clock = clock
        self._today = today
        self._lock = threading.Lock()
        self._buckets: dict[str, tuple[float, float]] = {}  # user -> (tokens, when)

    def take(self, principal: Principal, what: What, amount: int = 1, *, files: int = 1) -> None:
        """Take note that a user asks questions, or uploads files, before they are let do it.

        Args:
            principal: who.
            what: what is done.
            amount: how many questions; of an upload the bytes of all its files.
            files: how many files an upload has.

        Raises:
            TooMany: the user has to wait; nothing was taken.
            TooLarge: it is more than the user may ever do at once; nothing was taken.
        """
        if what == "question":
            self._take_questions(principal.user, amount)
        else:
            self._take_uploads(principal.user, files, amount)

    def check_size(self, size: int) -> None:
        """Go on only if one file of this many bytes may be uploaded at all.

        Raises:
            TooLarge: it may not.
        """
        most = self.settings.upload_mb * _MB
        if size > most:
            raise TooLarge(
                f"The file has {size / _MB:,.1f} MB, more than {self.settings.upload_mb:,} MB. "
                "Split it, or ask an administrator to ingest it on the server."
            )

    def _take_questions(self, user: str, amount: int) -> None:
        most = self.settings.questions_per_minute
        if amount > most:
            raise TooLarge(f"{amount} questions at once are more than {most}. Ask fewer at once.")
        with self._lock:
            now = self._clock()
            tokens, before = self._buckets.get(user, (float(most), now))
            tokens = min(float(most), tokens + (now - before) * most / 60)
            if tokens < amount:
                wait_s = (amount - tokens) * 60 / most
                raise TooMany(
                    f"You asked {most} questions in a minute. Go on in {_in_words(wait_s)}.", wait_s
                )
            if user not in self._buckets and len(self._buckets) >= _MOST_BUCKETS:
                self._forget(now)
            self._buckets[user] = (tokens - amount, now)

    def _forget(self, now: float) -> None:
        """Drop the buckets that are full again."""
        rate = self.settings.questions_per_minute / 60
        most = self.settings.questions_per_minute
        self._buckets = {
            user: (tokens, at)
            for user, (tokens, at) in self._buckets.items()
            if tokens + (now - at) * rate < most
        }

    def _take_uploads(self, user: str, files: int, size: int) -> None:
        most, most_size = self.settings.uploads_per_day, self.settings.upload_mb_per_day * _MB
        if files > most or size > most_size:
            raise TooLarge(
                f"{files:,} files of {size / _MB:,.1f} MB are more than a user may upload a day "
                f"({most:,} files, {self.settings.upload_mb_per_day:,} MB). Upload fewer."
            )
        today = self._today()
        day = today.date().isoformat()
        mine = (table.c.user == user) & (table.c.day == day)
        with writing(self._engine) as connection:
            oldest = (today - timedelta(days=_KEPT_DAYS)).date().isoformat()
            connection.execute(table.delete().where(table.c.day < oldest))
            row = connection.execute(sa.select(table.c.files, table.c.size).where(mine)).first()
            have, have_size = (row.files, row.size) if row else (0, 0)
            if have + files > most or have_size + size > most_size:
                wait_s = _until_midnight(today)
                raise TooMany(
                    f"You uploaded {have:,} files of {have_size / _MB:,.1f} MB today; a user may "
                    f"upload {most:,} files and {self.settings.upload_mb_per_day:,} MB a day. Go "
                    f"on in {_in_words(wait_s)}.",
                    wait_s,
                )
            values = {"files": have + files, "size": have_size + size}
            if row is None:
                connection.execute(table.insert().values(user=user, day=day, **values))
            else:
                connection.execute(table.update().where(mine).values(values))


def _until_midnight(today: datetime) -> float:
    tomorrow = (today + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return (tomorrow - today).total_seconds()


def _in_words(seconds: float) -> str:
    if seconds < 60:
        return f"{max(1, round(seconds + 0.5))} s"
    if seconds < 3600:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
