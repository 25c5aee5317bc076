"""A page of a document with what was made of it, as HTML (pure).

A script joins the two halves: a tap on a box opens its chunk, and the other way round.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from index.corpus import PageSize, SafetyMessage
from index.page_chunks import InspectedChunk

_COLOURS = 4
_MOST_START = 90  # characters of a chunk that is closed
_KINDS = {
    "fault": "fault table",
    "part": "parts",
    "table": "table",
    "steps": "steps",
    "text": "text",
}


def page_view_html(
    content_hash: str, page: int, size: PageSize | None, chunks: Sequence[InspectedChunk]
) -> str:
    """The picture of a page with the boxes of its chunks, and the chunks as a list.

    Args:
        content_hash: of the file.
        page: counts from 1.
        size: of the page; None where there is no picture of it.
        chunks: what was made of the page, in reading order.
    """
    picture = ""
    if size is not None:
        boxes = "".join(
            _boxes_html(chunk, number, page, size) for number, chunk in enumerate(chunks)
        )
        picture = (
            f'<div class="fb-page"><img src="/pages/{escape(content_hash)}/{page}.png" '
            f'alt="Page {page}">{boxes}</div>'
        )
    rows = "".join(_chunk_html(chunk, number) for number, chunk in enumerate(chunks))
    if not chunks:
        rows = '<p class="fb-where">Nothing searchable was read from here.</p>'
    return f'<div class="fb-page-view">{picture}<div class="fb-chunks">{rows}</div></div>'


def _boxes_html(chunk: InspectedChunk, number: int, page: int, size: PageSize) -> str:
    label = escape(f"Piece {number + 1}")
    return "".join(
        f'<i class="fb-box fb-colour-{number % _COLOURS}" data-chunk="{chunk.chunk.chunk_id}" '
        f'title="{label}" style="left:{100 * box.left / size.width:.2f}%;'
        f"top:{100 * (1 - box.top / size.height):.2f}%;"
        f"width:{100 * (box.right - box.left) / size.width:.2f}%;"
        f'height:{100 * (box.top - box.bottom) / size.height:.2f}%"></i>'
        for box in chunk.boxes_on(page)
    )


def _chunk_html(inspected: InspectedChunk, number: int) -> str:
    chunk = inspected.chunk
    first = chunk.sentences[0]
    start = " ".join(f"{first.number} {first.text}".split())
    start = f"{start[:_MOST_START]}…" if len(start) > _MOST_START else start
    marks = "".join(
        f'<span class="fb-tag">{escape(code)}</span>' for code, _ in inspected.codes[:3]
    )
    guards = (
        f'<span class="fb-guards" title="safety messages">⚠ {len(inspected.safety)}</span>'
        if inspected.safety
        else ""
    )
    summary = (
        f'<summary class="fb-colour-{number % _COLOURS}"><b>{number + 1}</b> '
        f'<span class="fb-start">{escape(start)}</span>{marks}{guards}</summary>'
    )
    return (
        f'<details class="fb-chunk" data-chunk="{chunk.chunk_id}">{summary}'
        f'<div class="fb-chunk-body">{_body_html(inspected)}</div></details>'
    )


def _body_html(inspected: InspectedChunk) -> str:
    chunk = inspected.chunk
    path = " › ".join(chunk.heading_path)
    where = f'<div class="fb-where">{escape(path)} · {_KINDS[inspected.kind]}</div>'
    text = ""
    header: tuple[str, ...] = ()
    for sentence in chunk.sentences:
        if sentence.header and sentence.header != header:
            text += f'<p class="fb-label">{escape(" | ".join(sentence.header))}</p>'
        header = sentence.header
        shown = f"{sentence.number} {sentence.text}" if sentence.number else sentence.text
        text += f"<p>{'<br>'.join(escape(line) for line in shown.splitlines())}</p>"
    codes = "".join(
        f"<li><code>{escape(code)}</code> {escape(meaning)}</li>"
        for code, meaning in inspected.codes
    )
    codes = f'<div class="fb-label">Codes and parts</div><ul>{codes}</ul>' if codes else ""
    guards = "".join(_guard_html(message) for message in inspected.safety)
    guards = guards or '<p class="fb-where">No safety message guards it.</p>'
    return f'{where}{text}{codes}<div class="fb-label">Safety messages</div>{guards}'


def _guard_html(message: SafetyMessage) -> str:
    first, _, rest = message.text.partition("\n")
    word, text = (message.signal.upper(), message.text) if not rest else (first, rest)
    lines = "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip())
    return (
        f'<div class="fb-notice fb-signal-{message.signal}"><b>{escape(word)}</b>{lines}'
        f'<p class="fb-where">page {message.page}</p></div>'
    )
