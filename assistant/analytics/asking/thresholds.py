"""Numbers that are compared: older than, more than, not within (pure)."""

from __future__ import annotations

from assistant.analytics.asking.pieces import Piece
from assistant.analytics.asking.reading import Reading, Unclear

_DAY = 1440.0
_MISSED = ("missed", "overrun", "late", "behind", "overdue")


def take_acknowledged(reading: Reading) -> None:
    """Tickets by how long they waited for somebody to take them on."""
    asked = reading.free("acknowledged unacknowledged mtta")
    amounts = [p for p in reading.pieces if p.kind == "amount" and not p.used and p.unit in "mh"]
    if not asked or not amounts:
        return
    amount = amounts[0]
    compared = [
        near for way in (-1, 1)
        if (near := reading.near(amount, way)) is not None and not near.used
        and near.has("more less within at_most at_least after")
    ]  # fmt: skip
    refused = reading.free("unacknowledged") or [
        piece for piece in reading.free("not") if _is_of(reading, piece, asked)
    ]
    refused = refused or [piece for piece in reading.free("overdue") if piece.text in _MISSED]
    if compared and compared[0].has("more", "at_least") and not compared[0].has("within"):
        op = "ge" if compared[0].has("at_least") and not compared[0].has("more") else "gt"
    elif refused:
        op = "gt"
    elif compared:
        op = "le" if compared[0].has("within", "at_most") else "lt"
    else:
        raise Unclear("which_side", amount.text)
    reading.add("response_min", op, _plain(amount.minutes))
    for piece in (*asked, *compared, *refused, amount):
        piece.used = True
    reading.use("wait")


def _is_of(reading: Reading, refusal: Piece, asked: list[Piece]) -> bool:
    """Whether a negation stands before one of the pieces, with nothing of weight between."""
    for piece in asked:
        if refusal.start < piece.start:
            between = [
                other for other in reading.pieces
                if refusal.end <= other.start < piece.start and other.kind not in ("sign", "amount")
            ]  # fmt: skip
            if all(other.has("within more times by top after") for other in between):
                return True
    return False


def take_thresholds(reading: Reading) -> None:
    """More than, at least, less than, at most a number or an amount of time."""
    _no_cost(reading)
    for piece in [p for p in reading.pieces if p.kind in ("amount", "number") and not p.used]:
        side = _side(reading, piece)
        if side is None:
            continue
        op, marks = side
        if piece.kind == "amount":
            if reading.has("repeat") and op in ("le", "lt"):
                continue  # the window of repeats
            name, value = _of_amount(reading, piece)
        else:
            if (found := _of_number(reading, piece)) is None:
                continue
            name, value = found
        if name == "age_d" and op in ("ge", "gt"):
            reading.add("is_open", "eq", True)
            reading.use("open age")
        reading.add(name, op, _plain(value))
        piece.used = True
        _use_subject(reading, name)
        for mark in marks:
            mark.used = True


def _no_cost(reading: Reading) -> None:
    """A cost of zero."""
    for piece in reading.pieces:
        before = reading.near(piece, -1) if piece.text in ("0", "zero") else None
        if before is not None and before.has("cost") and reading.has("ticket"):
            reading.add("cost_total", "eq", 0)
            piece.used = before.used = True


def _use_subject(reading: Reading, name: str) -> None:
    """The word for what is compared is used where something else is counted or listed."""
    subject = {"downtime_min": "downtime stop", "cost_total": "cost", "labor_h": "labor"}.get(name)
    if subject is not None and reading.has("failure failure_count ticket"):
        reading.use(subject)


_OPS = (
    ("at_least", "ge"), ("at_most", "le"), ("more", "gt"), ("less", "lt"), ("within", "le"),
    ("equal", "eq"),
)  # fmt: skip


def _side(reading: Reading, piece: Piece) -> tuple[str, list[Piece]] | None:
    """How a number is compared, and the words that say so."""
    marks: list[Piece] = []
    op: str | None = None
    if piece.has("more"):
        op = "gt"
    for way in (-1, 1):
        beside = reading.near(piece, way)
        if way == 1 and beside is not None and beside.has("or_word"):
            marks.append(beside)
            beside = reading.near(beside, 1)
        if beside is None or (beside.used and not beside.has("more")):
            continue
        if way == -1 and beside.has("after") and (reading.has("open") or _is_open(reading)):
            op = "gt"
            marks.append(beside)
        for concept, sign in _OPS:
            if beside.has(concept):
                is_soft = beside.has("due") or (beside.has("by") and concept == "within")
                if op is None and not is_soft:
                    op = sign
                    marks.append(beside)
                elif op is not None and concept in ("more", "at_least"):
                    marks.append(beside)
                break
    if op is None:
        return None
    refusal = reading.near(marks[0], -1) if marks else None
    if refusal is not None and not refusal.used and refusal.has("not"):
        raise Unclear("negated_number", piece.text)
    return op, marks


def _of_amount(reading: Reading, piece: Piece) -> tuple[str, float]:
    if reading.has("overdue"):
        return "days_overdue", piece.minutes / _DAY
    if piece.unit in "dwMy" and (reading.has("open age ticket backlog") or _is_open(reading)):
        return "age_d", piece.minutes / _DAY
    if piece.unit in "mh":
        if reading.has("downtime stop"):
            return "downtime_min", piece.minutes
        if reading.has("labor") or (reading.has("repair") and not reading.has("failure")):
            return "labor_h", piece.minutes / 60
    raise Unclear("which_number", piece.text)


def _is_open(reading: Reading) -> bool:
    return any(made.field == "is_open" for made in reading.filters)


def _of_number(reading: Reading, piece: Piece) -> tuple[str, float] | None:
    if reading.has("priority high"):
        beside = reading.near(piece, -1, over=frozenset({"more", "less", "at_least", "at_most"}))
        if beside is not None and beside.has("priority"):
            beside.used = True
            return "priority", piece.number
    if reading.has("cost"):
        return "cost_total", piece.number
    if reading.has("ticket description") or reading.has("count times"):
        return "ticket_count", piece.number
    return None


def _plain(value: float) -> float | int:
    return int(value) if value == int(value) else round(value, 3)
