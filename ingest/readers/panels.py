"""Find safety panels whose signal word stands beside its message, or above it in a grid (pure).

A signal word with the message below it in one frame needs nothing of this. A list that explains
several signal words is a table, and so is a row of more than one cell beside a word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from ingest.readers.page_content import Line, Run
from ingest.signal_words import leads, stands_alone

_SAME_LINE = 0.35  # type sizes between baselines
_MOST_GAP = 1.0  # type sizes of white between two lines of one message
_COLUMN_GAP = 2.5  # type sizes of white between two columns
_FAR = 16.0  # type sizes from the word to its message
_CENTRED = 1.0  # type sizes between the middles of a word and of the message beside it
_MOST_LINES = 20
_LARGER = 1.1  # times the size of the message: the word is set off
# What a sign is recognised as: the exclamation mark, the triangle around it.
_SIGN = re.compile(r"[!！AaΔ△▲⚠⚡/\\|Ili<>.·。]{1,3}")

Row = list[Run]


def split_message(rows: Sequence[Sequence[Sequence[Run]]]) -> tuple[Row, list[Row]] | None:
    """Part a framed grid into a signal word and its message, if it is a panel.

    Args:
        rows: from the top; each a list of cells, each with its runs.

    Returns:
        The runs of the word and those of the message part by part; None for a table, and for a
        frame without a signal word that stands alone.
    """
    filled = [
        (at, column, list(runs))
        for at, row in enumerate(rows)
        for column, runs in enumerate(row)
        if runs
    ]
    lines = [_text(line) for _, _, runs in filled for line in _lines(runs)]
    if sum(stands_alone(line) is not None for line in lines) != 1:
        return None
    kept = [cell for cell in filled if not _is_sign(cell[2])]
    if len(kept) == 1:
        return _in_one_cell(kept[0][2])
    if len(kept) < 2:
        return None
    word = kept[0]
    first_column = min(column for _, column, _ in kept)
    in_first = [cell for cell in kept if cell[1] == first_column]
    others = {column for _, column, _ in kept if column != first_column}
    if len(in_first) == 1 and len(others) == 1 and _is_word(in_first[0][2]):
        word = in_first[0]
        return word[2], [runs for at, column, runs in kept if (at, column) != word[:2]]
    below = kept[1:]
    is_above = all(at > word[0] for at, _, _ in below)
    if is_above and len({column for _, column, _ in below}) == 1 and _is_led(word[2]):
        head, *rest = _lines(word[2])
        return head, [*rest, *(runs for _, _, runs in below)]
    return None


def _in_one_cell(runs: Sequence[Run]) -> tuple[Row, list[Row]] | None:
    """A frame in which only a sign, or space, parts the word from its message."""
    first, *rest = _lines(runs)
    if stands_alone(_text(first)) and rest:
        return first, rest
    for run in runs:
        if stands_alone(run.text) and (found := message_beside(run, runs, ())):
            signs = {id(other) for other in runs if _is_sign([other])}
            if len(found) + len(signs) + 1 == len(runs):
                return [run], [[other] for other in found]
    return None


def message_beside(word: Run, runs: Sequence[Run], rules: Sequence[Line]) -> Row | None:
    """The lines that stand right of a signal word and belong to it.

    They begin at its height, or their middle is at its height, in one column; nothing but a sign
    stands left of them.

    Args:
        word: a run that is a signal word.
        runs: of the page or the frame, the word among them.
        rules: horizontal lines, which part a message from the text below it.
    """
    others = [run for run in runs if run is not word and not _is_sign([run])]
    size = min(word.size, word.box.top - word.box.bottom)
    rows: list[Row] = []
    for row in _lines(others):
        left = [run for run in row if run.box.left <= word.box.right]
        right = [run for run in row if run.box.left > word.box.right + 0.2 * size]
        rows.append([] if left or not right else right)
    middle = (word.box.top + word.box.bottom) / 2
    near = [i for i, row in enumerate(rows) if row and abs(_middle(row) - middle) < 1.3 * size]
    if not near:
        return None
    at = min(near, key=lambda i: abs(_middle(rows[i]) - middle))
    if rows[at][0].box.left - word.box.right > _FAR * size:
        return None
    first = _reach(rows, at, -1, rules)
    last = _reach(rows, at, 1, rules)
    block = rows[first : last + 1]
    if len(block) > _MOST_LINES or any(_is_parted(row) for row in block):
        return None
    if any(stands_alone(_text(row)) for row in block):
        return None
    top, bottom = max(r.box.top for r in block[0]), min(r.box.bottom for r in block[-1])
    is_centred = abs((top + bottom) / 2 - middle) <= _CENTRED * size
    is_level = abs(block[0][0].baseline - word.baseline) <= _SAME_LINE * word.size
    if not (is_centred or is_level) or _has_text_below(word, others, min(bottom, word.box.bottom)):
        return None
    return [run for row in block for run in row]


def is_set_off(word: Run, message: Sequence[Run], rules: Sequence[Line]) -> bool:
    """Whether a word without a frame is printed as a signal, not as a cell of a table."""
    if word.text.upper() != word.text:
        return False
    usual = max(message, key=lambda run: len(run.text))
    top, bottom = max(run.box.top for run in message), min(run.box.bottom for run in message)
    high = top - bottom + 2 * word.size
    across = [rule for rule in rules if rule.start <= word.box.left and rule.end >= usual.box.left]
    is_between = any(0 < rule.at - top < high for rule in across) and any(
        0 < bottom - rule.at < high for rule in across
    )
    is_larger = word.size >= _LARGER * usual.size
    return is_between or is_larger or (word.is_bold and not usual.is_bold)


def _reach(rows: Sequence[Row], at: int, step: int, rules: Sequence[Line]) -> int:
    """The index of the last row, up or down, that goes on with the message."""
    while 0 <= at + step < len(rows) and rows[at + step]:
        upper, lower = (at, at + step) if step > 0 else (at + step, at)
        above, below = rows[upper], rows[lower]
        size = max(above[0].size, below[0].size)
        foot, head = min(r.box.bottom for r in above), max(r.box.top for r in below)
        is_ruled = any(
            head - 2 <= rule.at <= foot + 2 and rule.start < below[0].box.right
            and rule.end > below[0].box.left
            for rule in rules
        )  # fmt: skip
        aside = abs(above[0].box.left - below[0].box.left)
        if is_ruled or foot - head > _MOST_GAP * size or aside > 2 * size:
            break
        at += step
    return at


def _has_text_below(word: Run, others: Sequence[Run], bottom: float) -> bool:
    """A message below the word stands nearer than one beside it."""
    limit = bottom - 0.8 * word.size
    return any(
        run.box.left < word.box.right
        and run.box.right > word.box.left
        and limit < run.box.top <= word.box.bottom + 1
        for run in others
    )


def _is_parted(row: Sequence[Run]) -> bool:
    return any(
        after.box.left - before.box.right > _COLUMN_GAP * after.size
        for before, after in pairwise(row)
    )


def _is_word(runs: Sequence[Run]) -> bool:
    return stands_alone(" ".join(_text(line) for line in _lines(runs))) is not None


def _is_led(runs: Sequence[Run]) -> bool:
    first = _text(_lines(runs)[0])
    return bool(stands_alone(first) or leads(first))


def _is_sign(runs: Sequence[Run]) -> bool:
    """A warning sign, of which the recogniser makes a letter or two."""
    return bool(_SIGN.fullmatch("".join(run.text for run in runs).replace(" ", "")))


def _lines(runs: Sequence[Run]) -> list[Row]:
    """Runs by baseline, from the top, each line from left to right."""
    ordered = sorted(runs, key=lambda run: -run.baseline)
    rows: list[Row] = []
    for run in ordered:
        last = rows[-1][0] if rows else None
        if last and last.baseline - run.baseline <= _SAME_LINE * max(last.size, run.size):
            rows[-1].append(run)
        else:
            rows.append([run])
    return [sorted(row, key=lambda run: run.box.left) for row in rows]


def _middle(row: Sequence[Run]) -> float:
    return (max(r.box.top for r in row) + min(r.box.bottom for r in row)) / 2


def _text(runs: Sequence[Run]) -> str:
    return " ".join(run.text.strip() for run in runs).strip()
