"""The times of a ticket as moments in UTC and as days and hours at its site (pure).

Stored times have no offset: they are UTC where the ticket names the plant's zone, else local times
of its site. A date without a time of day is the day at the site either way.
"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from index.facts.plant import Plant, Site

_NO_TIME = "T00:00:00"


class SiteClock:
    """Reads the times of the tickets of one site that were stored in one way."""

    def __init__(self, site: Site, zone: ZoneInfo, *, is_utc: bool) -> None:
        self.site = site
        self.zone = zone
        self._is_utc = is_utc

    def epoch(
        self, text: str | None, *, is_day: bool | None = None, after: int | None = None
    ) -> int | None:
        """The seconds since 1970 of a stored time; None where it is none.

        ``is_day`` says whether it is a date only; None where that is to be seen from it. A local
        time in the hour that a clock shows twice is the first one, unless that lies before
        ``after``.
        """
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return None
        if moment.tzinfo is not None:
            return int(moment.timestamp())
        if is_day is None:
            is_day = text.endswith(_NO_TIME)
        if self._is_utc and not is_day:
            return int(moment.replace(tzinfo=UTC).timestamp())
        found = int(moment.replace(tzinfo=self.zone).timestamp())
        if after is not None and found < after:
            again = int(moment.replace(tzinfo=self.zone, fold=1).timestamp())
            return again if again >= after else found
        return found

    def local(self, epoch: int) -> datetime:
        """A moment on the clock of the site."""
        return datetime.fromtimestamp(epoch, self.zone)


def is_day_only(text: str | None) -> bool:
    """Tell whether a stored time has no time of day, as far as can be seen from it."""
    return bool(text) and str(text).endswith(_NO_TIME)


class SiteClocks:
    """The clocks of a plant, each made once."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        self._made: dict[tuple[str | None, str], SiteClock] = {}

    def of(self, site: str | None, stored_zone: str) -> SiteClock:
        """The clock for tickets of a site that were stored with the name of a zone.

        A site that the plant does not know lives in that zone, without one in UTC.
        """
        found = self._made.get((site, stored_zone))
        if found is None:
            known = self._plant.find_site(site)
            zone = known.time_zone if known else _zone(stored_zone)
            found = SiteClock(known or Site(site or ""), zone, is_utc=bool(stored_zone))
            self._made[site, stored_zone] = found
        return found


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name) if name else ZoneInfo("UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
