"""Run turns as jobs of the server: the screen only follows their log, so it may come and go."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy.exc import OperationalError

from assistant.answering import Assistant
from assistant.condensing import condense
from assistant.errors import AssistantError
from assistant.fault_sessions.checks import Checks
from assistant.fault_sessions.going_on import GoingOn, NextStep
from assistant.messages import AnswerEvent, AnswerReady, TurnFailed
from assistant.question import Ask
from assistant.records import Records
from assistant.redaction import remove_secrets
from assistant.stopping import Stop, stopped_by
from assistant.turn_queue import TurnQueue
from index.access import Principal
from index.errors import KnowledgeError

logger = logging.getLogger(__name__)

_POLL_S = 0.25  # how often a follower looks for events that another process may have written
_RETRY_PAUSES_S = (0.2, 1.0)  # before an event that could not be written is tried again
_INTERNAL = "Something went wrong inside Faultbook; the log has the details. Ask again."
_NOT_BEGUN = "You stopped the question before it was looked at. Ask again when you like."


@dataclass(frozen=True, slots=True)
class Seen:
    """Events of a turn with their numbers; ``is_over`` tells that no others will come."""

    events: tuple[tuple[int, AnswerEvent], ...]
    is_over: bool


class TurnJobs:
    """Starts turns in threads and lets screens follow them."""

    def __init__(
        self,
        assistant: Assistant,
        records: Records,
        turns: TurnQueue | None = None,
        going_on: GoingOn | None = None,
    ) -> None:
        self._assistant = assistant
        self._records = records
        self._turns = turns or TurnQueue()
        self._going_on = going_on or GoingOn(Checks(records.engine, records.audit))
        self._news = threading.Condition()
        self._stops: dict[str, Stop] = {}
        # How turns of this process ended that the records still have as running.
        self._unrecorded: dict[str, tuple[int, TurnFailed]] = {}

    def start(
        self,
        principal: Principal,
        conversation_id: str,
        question: str,
        asset: str | None,
        *,
        use_model: bool = True,
        turn_id: str | None = None,
    ) -> str:
        """Record the question, start its turn, and return the turn's id.

        A caller that may ask twice for the same turn names it by a ``turn_id`` of its own.

        Raises:
            RecordNotFound: the principal has no such conversation.
            IntegrityError: there is a turn of this id already.
            TooMany: too many questions of this user wait for their answers.
        """
        question = remove_secrets(question)
        self._turns.check(principal.user)
        earlier = list(self._records.turns(principal, conversation_id))
        step = self._going_on.read(principal, question, asset, earlier)
        turn_id = self._records.start_turn(principal, conversation_id, question, asset, turn_id)
        standalone = condense(question, asset, earlier)
        ask = Ask(
            standalone.question,
            standalone.asset,
            use_model,
            asset_in_mind=standalone.asset_in_mind,
        )
        if step is not None:
            ask = step.ask
        ask = replace(ask, conversation=conversation_id)
        stop = Stop()
        with self._news:
            self._stops[turn_id] = stop
        self._turns.put(
            principal.user,
            _job_name(turn_id),
            lambda: self._run_stoppable(turn_id, ask, principal, step, stop),
        )
        return turn_id

    def stop(self, principal: Principal, turn_id: str) -> None:
        """Stop a turn: its evidence stays, or it ends if it was not begun. One that is over stays.

        Raises:
            RecordNotFound: the principal has no such turn.
        """
        self._records.turn(principal, turn_id)
        with self._news:
            stop = self._stops.get(turn_id)
        if stop is None:
            return
        if self._turns.remove(principal.user, _job_name(turn_id)):
            self._end(turn_id, 1, TurnFailed(message=_NOT_BEGUN))
        stop.set()

    def ahead(self, turn_id: str) -> int:
        """How many questions are looked at before this one; 0 once it is looked at itself.

        Whose turn it is, the caller has found out before.
        """
        return self._turns.ahead(_job_name(turn_id))

    def places(self, principal: Principal, turn_id: str) -> Iterator[int]:
        """Yield how many questions come before a turn, whenever that changes, until it begins.

        Raises:
            RecordNotFound: the principal has no such turn.
        """
        self._records.turn(principal, turn_id)
        told = 0
        while ahead := self.ahead(turn_id):
            if ahead != told:
                yield ahead
                told = ahead
            with self._news:
                self._news.wait(_POLL_S)

    def _run_stoppable(
        self, turn_id: str, ask: Ask, principal: Principal, step: NextStep | None, stop: Stop
    ) -> None:
        with stopped_by(stop):
            self._run(turn_id, ask, principal, step)
        with self._news:
            self._stops.pop(turn_id, None)

    def _run(self, turn_id: str, ask: Ask, principal: Principal, step: NextStep | None) -> None:
        sequence = 0
        failed = TurnFailed(message=_INTERNAL)
        try:
            events = self._assistant.stream(ask, principal)
            events = step.events(events) if step is not None else events
            for sequence, event in enumerate(events, start=1):
                self._add(turn_id, sequence, event)
                if isinstance(event, AnswerReady | TurnFailed):
                    return
        except (AssistantError, KnowledgeError) as error:
            failed = TurnFailed(message=str(error))
        except Exception:  # the border of a job: the screen must learn that it ended
            logger.exception("turn %s", turn_id)
        self._end(turn_id, sequence + 1, failed)

    def _end(self, turn_id: str, sequence: int, failed: TurnFailed) -> None:
        with self._news:
            self._stops.pop(turn_id, None)
        try:
            self._add(turn_id, sequence, failed)
        except Exception:  # the border again: without the records, followers learn it from here
            logger.exception("the end of turn %s is not recorded", turn_id)
            with self._news:
                self._unrecorded[turn_id] = (sequence, failed)
                self._news.notify_all()

    def _add(self, turn_id: str, sequence: int, event: AnswerEvent) -> None:
        for pause in _RETRY_PAUSES_S:
            try:
                self._records.add_event(turn_id, sequence, event)
                break
            except OperationalError as error:  # locked, or the disk is full
                logger.warning("turn %s: event %d is tried again: %s", turn_id, sequence, error)
                time.sleep(pause)
        else:
            self._records.add_event(turn_id, sequence, event)
        with self._news:
            self._news.notify_all()

    def follow(self, principal: Principal, turn_id: str, after: int = 0) -> Iterator[AnswerEvent]:
        """Yield the events of a turn after a sequence number, until its last.

        Raises:
            RecordNotFound: the principal has no such turn.
        """
        while True:
            seen = self.look(principal, turn_id, after)
            for sequence, event in seen.events:
                after = sequence
                yield event
            if seen.is_over:
                return
            with self._news:
                self._news.wait(_POLL_S)

    def look(self, principal: Principal, turn_id: str, after: int = 0) -> Seen:
        """Return the events of a turn after a sequence number that are there now.

        Raises:
            RecordNotFound: the principal has no such turn.
        """
        # Asked before the events are read: whatever ended the turn is then among them.
        unrecorded = self._unrecorded.get(turn_id)
        is_over = self._records.turn(principal, turn_id).status != "running"
        events = self._records.events_after(principal, turn_id, after)
        if any(isinstance(event, AnswerReady | TurnFailed) for _, event in events):
            is_over = True
        elif not is_over and unrecorded is not None:
            is_over = True
            if unrecorded[0] > after:
                events.append(unrecorded)
        return Seen(tuple(events), is_over)


def _job_name(turn_id: str) -> str:
    return f"turn-{turn_id}"
