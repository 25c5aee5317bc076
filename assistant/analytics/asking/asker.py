"""The asker: a supervisor's question becomes a query, or is asked back with choices."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Protocol

from pydantic import ValidationError

from assistant.analytics.asking import sayings
from assistant.analytics.asking.almanac import Almanac
from assistant.analytics.asking.around import FindEvent
from assistant.analytics.asking.asked import AskBack, Asked, Choice, Understood
from assistant.analytics.asking.editing import edited
from assistant.analytics.asking.events import overhauls
from assistant.analytics.asking.names import NameBook, NameBooks
from assistant.analytics.asking.reading import Forced, Reading, Unclear
from assistant.analytics.asking.understanding import read, understand
from assistant.analytics.catalogue import check
from assistant.analytics.errors import CannotAnswer
from assistant.analytics.query import Query
from index.access import Principal
from index.facts.record import Record


class SecondReader(Protocol):
    """Reads what the rules did not understand."""

    def read(self, text: str, book: NameBook, principal: Principal) -> Query | None:
        """A query, or None where it has none that holds."""
        ...


class Asker:
    """Reads questions over a record."""

    def __init__(self, record: Record, model: SecondReader | None = None) -> None:
        """Use a record, and a second reader for what the rules do not understand."""
        self._record = record
        self._books = NameBooks(record)
        self._model = model

    def ask(self, text: str, principal: Principal) -> Asked:
        """What a question asks for, or what is asked back."""
        return self._asked(text, principal, None)

    def edit(self, query: Query, text: str, principal: Principal) -> Asked:
        """What a query becomes by a few words more: "by shift", "only line 3", "last year"."""
        return self._asked(text, principal, query)

    def _asked(self, text: str, principal: Principal, before: Query | None) -> Asked:
        book = self._books.get(principal)
        one = _Question(text, book, self._almanac(principal), self._events(principal), before)
        try:
            return one.understood(Forced())
        except Unclear as unclear:
            if self._model is not None and before is None and unclear.code not in _ALONE:
                query = self._model.read(text, book, principal)
                if query is not None:
                    said = sayings.say("notes", ("read_by_model",), chinese=one.is_chinese)
                    return Understood(query=query, assumptions=(said,), read_by="model")
            return one.asked_back(unclear)

    def _events(self, principal: Principal) -> FindEvent:
        return lambda assets, within: overhauls(self._record, principal, assets, within)

    def _almanac(self, principal: Principal) -> Almanac:
        """The calendar of the first site that the principal sees."""
        plant = self._record.plant
        seen = [s for s in plant.sites if principal.sites is None or s.name in principal.sites]
        site = seen[0] if seen else plant.site(None)
        today = self._record.as_of().astimezone(site.time_zone).date()
        return Almanac(today, site.fiscal_month, site.week_start)


_INSTEAD = re.compile(r"\b(?:instead of|rather than|in place of) [^,.?]*|而不是[^,。？]*", re.I)
"""What an edit does not want any more; the rest says what it wants."""
_ALONE = frozenset({"future", "too_long", "empty", "unknown_name", "which_asset"})
"""Why a question is asked back that no other reader can know better."""


class _Question:
    """One question, which may be read several times: as it stands, and as each choice means it."""

    def __init__(
        self,
        text: str,
        book: NameBook,
        almanac: Almanac,
        find_event: FindEvent,
        before: Query | None,
    ) -> None:
        self._text = text
        self._book = book
        self._almanac = almanac
        self._find_event = find_event
        self._before = before
        self.is_chinese = sayings.is_chinese(text)

    def understood(self, forced: Forced) -> Understood:
        """The query of the question.

        Raises:
            Unclear: it cannot be told for sure.
        """
        text = self._text if self._before is None else _INSTEAD.sub(" ", self._text)
        reading = read(text, self._book, self._almanac, forced)
        try:
            if self._before is None:
                query = understand(reading, self._find_event)
            else:
                query = edited(reading, self._before, self._find_event)
            check(query)
        except (ValidationError, CannotAnswer) as error:
            raise Unclear("does_not_fit", _reason(error)) from error
        notes = [sayings.say("notes", note, chinese=self.is_chinese) for note in reading.notes]
        others = () if forced != Forced() else self._others(reading, query)
        return Understood(query=query, assumptions=tuple(dict.fromkeys(notes)), others=others)

    def asked_back(self, unclear: Unclear) -> AskBack:
        """The question back, with the choices that can be carried out."""
        forced = Forced()
        choices = []
        for label, change in unclear.choices:
            said = sayings.say("labels", label, chinese=self.is_chinese)
            choices.append(Choice(label=said, query=self._chosen(forced.with_change(change))))
        if unclear.code == "not_understood":
            word = unclear.values[0]
            query = self._chosen(forced.with_change({"dropped": word}))
            if query is not None:
                said = sayings.say("labels", ("left_out", word), chinese=self.is_chinese)
                choices.append(Choice(label=said, query=query))
        return AskBack(
            question=sayings.say(
                "questions", (unclear.code, *unclear.values), chinese=self.is_chinese
            ),
            choices=tuple(choices),
            reason=unclear.code,
            word=unclear.values[0] if unclear.values else "",
        )

    def _chosen(self, forced: Forced) -> Query | None:
        try:
            return self.understood(forced).query
        except Unclear:
            return None

    def _others(self, reading: Reading, query: Query) -> tuple[Choice, ...]:
        """Readings that stand beside the one that was taken."""
        found: list[Choice] = []
        for piece in reading.pieces:
            span = piece.span
            for other in (
                span.others if span is not None and span.written == query.time.range else ()
            ):
                changed = query.time.model_copy(update={"range": other})
                label = sayings.say("labels", ("range", other), chinese=self.is_chinese)
                found.append(Choice(label=label, query=_changed(query, {"time": changed})))
        if query.metrics[0] == "mttr_restore_h" and ("mttr",) in reading.notes:
            rest = ("mttr_repair_h", *query.metrics[1:])
            label = sayings.say("labels", ("metric", rest[0]), chinese=self.is_chinese)
            found.append(Choice(label=label, query=_changed(query, {"metrics": rest})))
        return tuple(found)


def _changed(query: Query, update: Mapping[str, Any]) -> Query:
    return query.model_copy(update=dict(update))


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(str(each["msg"]) for each in error.errors())
    return str(error)
