"""Turn the rows of a planned table into packed tickets, here or in a process of its own.

Reading a row costs more than storing it, so a large table is read by one process while another one
stores what is ready.
"""

from __future__ import annotations

import gc
import marshal
import multiprocessing
from collections.abc import Callable, Generator
from itertools import islice
from multiprocessing.connection import Connection
from typing import Any

from index.assets import AssetMatcher
from index.ticket_rows import Packed, Text, pack
from ingest.delimited import Delimited
from ingest.errors import IngestError, UnreadableTable
from ingest.long_texts import joined
from ingest.spool import Spool
from ingest.ticket_plan import Plan
from ingest.ticket_reader import Origin, TicketReader

_ROWS, _END, _ERROR = 0, 1, 2


def read_here(
    plan: Plan, matcher: AssetMatcher, origin: Origin, size: int
) -> Generator[list[Packed], None, None]:
    """Yield the tickets of a table, so many at once; ``plan.table.skipped`` is then known."""
    reader = TicketReader(plan, matcher, origin)
    mend = plan.kinds.mend if plan.kinds is not None else None
    named = _named(plan)
    rows = joined(
        plan.table.rows(mend and (lambda cells, raw: named(mend(cells, raw)))),
        plan.position("source_id"),
        plan.position("description"),
    )
    while lines := list(islice(rows, size)):
        yield [pack(reader.read(line)) for line in lines]


def read_apart(
    plan: Plan, matcher: AssetMatcher, origin: Origin, size: int
) -> Generator[list[Packed], None, None]:
    """Do what :func:`read_here` does in a process of its own, one batch ahead.

    Raises:
        UnreadableTable: the table fails on the way, or the process dies.
    """
    # A new process: a copy of this one would have its threads half done.
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(
        target=_work, args=(sending, plan, matcher, origin, size), name="ticket rows", daemon=True
    )
    process.start()
    sending.close()
    try:
        while True:
            try:
                kind, found = marshal.loads(receiving.recv_bytes())  # noqa: S302 - our own
            except EOFError as error:
                process.join()
                raise UnreadableTable(
                    f"{plan.table.name} was not read to its end: the process that read it ended "
                    f"with exit code {process.exitcode}. Check the memory of the machine, and "
                    "import it again; what is in stays."
                ) from error
            if kind == _ERROR:
                raise UnreadableTable(found)
            if kind == _END:
                plan.table.skipped = found
                return
            yield [Packed._make((*row[:6], Text._make(row[6]), *row[7:])) for row in found]
    finally:
        receiving.close()
        process.terminate()
        process.join()


def can_be_read_apart(plan: Plan) -> bool:
    """Whether another process can open the records of a table."""
    source = plan.table.source
    return isinstance(source, Delimited) or (isinstance(source, Spool) and source.kept is not None)


def _work(
    sending: Connection, plan: Plan, matcher: AssetMatcher, origin: Origin, size: int
) -> None:
    def send(kind: int, what: Any) -> None:
        sending.send_bytes(marshal.dumps((kind, what)))

    gc.disable()  # rows form no cycles, and looking for some costs a tenth of the time
    try:
        for rows in read_here(plan, matcher, origin, size):
            send(_ROWS, [(*row[:6], tuple(row.text), *row[7:]) for row in rows])
        send(_END, plan.table.skipped)
    except IngestError as error:
        send(_ERROR, str(error))
    except BrokenPipeError:
        pass  # whoever asked for the rows is gone


def _named(plan: Plan) -> Callable[[tuple[list[str], str]], tuple[list[str], str]]:
    header = [repr(name) for name in plan.table.header]

    def named(mended: tuple[list[str], str]) -> tuple[list[str], str]:
        cells, done = mended
        return cells, done.format(*header) if done else done

    return named
