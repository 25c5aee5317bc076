"""Answers as HTML: everything is escaped, on one line, and leads nowhere else."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any, get_args
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.messages import (
    Answer,
    AnswerStatus,
    Cause,
    Citation,
    CodeCard,
    PageBox,
    PartNeeded,
    Quote,
    Removed,
    SafetyNotice,
    Sent,
    SimilarTicket,
    Step,
    Timings,
)
from tests.ui_services import HOSTILE
from ui.rendering import answer_html, banner_html, failure_html, page_url

_TAGS = set(
    "div span p strong b button section details summary h4 ol ul li dl dt dd code br".split()
)
_ATTRIBUTES = {
    "class", "type", "lang", "open", "title",
    "data-figure", "data-src", "data-place", "data-section", "data-quote", "data-top",
}  # fmt: skip
_VOID = {"br"}


class _Page(HTMLParser):
    """Checks that tags are of the few that we write and are closed in order; keeps the text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.buttons: list[dict[str, str]] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert not self._open, f"never closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in _TAGS, tag
        for name, value in attrs:
            assert name in _ATTRIBUTES, name
            self.attributes.append((name, value or ""))
        if tag == "button":
            self.buttons.append({name: value or "" for name, value in attrs})
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def _citation(text: str, marker: int = 1, **changes: Any) -> Citation:
    facts = {
        "marker": marker,
        "chunk_id": 1,
        "revision_id": 3,
        "content_hash": "c0ffee",
        "document": text,
        "document_number": text,
        "kind": "manual",
        "revision": text,
        "page": 7,
        "locator": text,
        "section": text,
        "quote": text,
    }
    return Citation(**facts | changes)


def _full(text: str, *, status: AnswerStatus = "grounded", **changes: Any) -> Answer:
    """An answer in which every text is the same."""
    facts: dict[str, Any] = {
        "question": text,
        "status": status,
        "code_status": "known",
        "asset": text,
        "message": text,
        "is_degraded": True,
        "degraded_reason": text,
        "code_cards": [
            CodeCard(
                code=text,
                kind="alarm",
                device=text,
                component=text,
                meaning=text,
                causes=(text,),
                remedies=(text,),
                is_exact=True,
                marker=1,
            )
        ],
        "safety": [
            SafetyNotice(signal=signal, text=f"{text}\n{text}", language=text, marker=1)
            for signal in ("danger", "lockout")
        ],
        "causes": [Cause(text=text, remedy=text, symptom=text, marker=1, note=text)],
        "first_check": text,
        "procedure": text,
        "steps": [Step(number=text, text=text, marker=1)],
        "parts": [PartNeeded(part_no=text, name=text, marker=1)],
        "quotes": [
            Quote(text=text, section=text, marker=2),
            Quote(text=text, header=(text,), cells=(text,), section=text, marker=1),
        ],
        "missing": text,
        "similar_tickets": [
            SimilarTicket(
                ticket_id=text,
                asset=text,
                reported_at=text,
                title=text,
                cause=text,
                resolution=text,
                downtime_min=30.0,
                parts=(text,),
            )
        ],
        "citations": [_citation(text), _citation(text, 2, kind="history")],
        "removed": [Removed(text=text, reason=text)],
        "model": text,
        "timings": Timings(evidence_s=0.1, total_s=1.0),
    }
    return Answer.model_validate(facts | changes)


def _check(html: str) -> _Page:
    assert len(html.splitlines()) == 1, "a blank line would start Markdown"
    page = _Page(html)
    for name, value in page.attributes:
        if name == "data-src":
            assert value == "" or value.startswith("/pages/"), value
    return page


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("status", get_args(AnswerStatus))
@pytest.mark.parametrize("code_status", ["known", "ambiguous"])
def test_hostile_text_anywhere_is_shown_and_never_obeyed(
    text: str, status: AnswerStatus, code_status: str
) -> None:
    page = _check(answer_html(_full(text, status=status, code_status=code_status)))
    assert " ".join(text.split()) in page.text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_in_a_failure_is_shown_and_never_obeyed(text: str) -> None:
    assert " ".join(text.split()) in _check(failure_html(text)).text


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
@settings(max_examples=60, deadline=None)
def test_any_text_at_all_leaves_the_page_well_formed(text: str) -> None:
    _check(answer_html(_full(text)))
    _check(answer_html(_full(text), is_ranking=True))
    _check(failure_html(text))


def _answer(**changes: Any) -> Answer:
    """An answer without any evidence, changed."""
    facts: dict[str, Any] = {
        "question": "E-217",
        "status": "unsupported",
        "code_status": "none",
        "asset": None,
        "message": "",
        "is_degraded": False,
        "timings": Timings(evidence_s=0.04, total_s=2.0),
        "citations": [_citation("HP40", document_number="", revision="")],
    }
    return Answer.model_validate(facts | changes)


def test_an_answer_without_evidence_says_so_and_shows_no_empty_section() -> None:
    html = answer_html(_answer(message="The code E-9 is not in the documents."))
    page = _check(html)
    assert "Not in your documents" in page.text
    assert "The code E-9 is not in the documents." in page.text
    assert "<section" not in html
    assert "<details" not in html
    assert page.buttons == []
    assert "no language model used" in page.text


def test_what_stands_on_evidence_alone_says_why() -> None:
    degraded = _answer(is_degraded=True, degraded_reason="the model is still loading")
    assert "Evidence only: the model is still loading" in _check(answer_html(degraded)).text
    assert "Evidence only" not in _check(answer_html(_answer())).text


def test_the_time_of_the_whole_answer_is_shown_when_it_is_whole() -> None:
    assert "evidence 0.04 s · whole answer 2.0 s" in _check(answer_html(_answer())).text
    assert "whole answer" not in _check(answer_html(_answer(), is_ranking=True)).text


def test_safety_comes_before_causes_and_steps_in_the_order_given() -> None:
    answer = _answer(
        safety=[
            SafetyNotice(signal="danger", text="DANGER\nHigh voltage", language="en", marker=1),
            SafetyNotice(signal="notice", text="NOTICE\nUse oil", language="de", marker=1),
        ],
        causes=[Cause(text="Fuse blown", remedy="Replace it", symptom="dark", marker=1)],
        steps=[Step(number="1.", text="Switch off", marker=1)],
    )
    html = answer_html(answer)
    places = [html.index(t) for t in ("High voltage", "Use oil", "Fuse blown", "Switch off")]
    assert places == sorted(places)
    assert 'fb-signal-danger" lang="en"' in html
    assert 'fb-signal-notice" lang="de"' in html


def test_a_lockout_procedure_is_folded_under_its_title_and_shown_whole() -> None:
    text = "Lockout of the press\n1. Switch off\n2. Hang up the tag"
    notice = SafetyNotice(signal="lockout", text=text, language="en", marker=1)
    html = answer_html(_answer(safety=[notice]))
    summary, rest = html.split("</summary>")
    assert "<b>LOCKOUT</b> Lockout of the press" in summary
    assert rest.count("Lockout of the press") == 0
    assert rest.index("1. Switch off") < rest.index("2. Hang up the tag")


def test_quotes_are_open_where_they_are_the_answer_and_folded_where_they_are_not() -> None:
    quotes = [Quote(text="Oil ISO VG 46", section="Oil", marker=1)]
    assert '<details class="fb-quotes" open>' in answer_html(_answer(quotes=quotes))
    step = Step(number="1.", text="Fill", marker=1)
    assert '<details class="fb-quotes" >' in answer_html(_answer(quotes=quotes, steps=[step]))


def test_a_table_row_is_quoted_with_its_header_and_without_empty_cells() -> None:
    quote = Quote(
        text="M8 | 25 | ",
        header=("Bolt", "N·m", "Note"),
        cells=("M8", "25", ""),
        section="Torques",
        marker=1,
    )
    html = answer_html(_answer(quotes=[quote]))
    assert "<dt>Bolt</dt><dd>M8</dd>" in html
    assert "<dt>N·m</dt><dd>25</dd>" in html
    assert "Note" not in html


def test_a_citation_opens_its_page_at_the_passage() -> None:
    boxes = (
        PageBox(page=7, left=10.4, bottom=20.6, right=100.0, top=30.0),
        PageBox(page=8, left=1, bottom=2, right=3, top=4),
    )
    citation = _citation("HP40-MM-EN", revision="C", locator="p. 7", section="Oil", boxes=boxes)
    quote = Quote(text="ISO VG 46", section="Oil", marker=1)
    (button,) = _check(answer_html(_answer(quotes=[quote], citations=[citation]))).buttons
    address = urlsplit(button["data-src"])
    assert address.path == "/pages/c0ffee/7.png"
    assert parse_qs(address.query) == {"marks": ["10,21,100,30"]}
    assert button["data-place"] == "HP40-MM-EN C · p. 7"
    assert button["data-section"] == "Oil"
    assert button["type"] == "button"
    assert button["data-top"] == "30"  # points from the foot of the page


def test_a_citation_without_boxes_opens_the_bare_page() -> None:
    assert page_url(_citation("x")) == "/pages/c0ffee/7.png"


def test_a_citation_of_an_unknown_file_has_no_page() -> None:
    assert page_url(_citation("x", content_hash="")) == ""


def test_a_ticket_has_no_page_and_is_named_by_its_number() -> None:
    citation = _citation("Tickets", kind="history", locator="T-17")
    assert page_url(citation) == ""
    quote = Quote(text="Fan replaced", section="", marker=1)
    page = _check(answer_html(_answer(quotes=[quote], citations=[citation])))
    assert page.buttons[0]["data-src"] == ""
    assert "T-17" in page.text


def test_the_address_of_a_page_stays_short_however_many_boxes_are_cited() -> None:
    box = PageBox(page=7, left=1000, bottom=1000, right=1000, top=1000)
    assert len(page_url(_citation("x", boxes=[box] * 500))) < 4000


def test_the_components_of_an_ambiguous_code_each_show_causes_and_remedies() -> None:
    cards = [
        CodeCard(
            code="E-1",
            kind="alarm",
            device="Robot",
            component=name,
            meaning=f"{name} failed",
            causes=(f"{name} wet",),
            remedies=(f"dry {name}",),
            is_exact=True,
            marker=1,
        )
        for name in ("arm", "hand")
    ]
    answer = _answer(code_status="ambiguous", status="needs_clarification", code_cards=cards)
    text = _check(answer_html(answer)).text
    for name in ("arm", "hand"):
        assert f"Robot · {name} Cause {name} wet Remedy dry {name}" in text


def test_remarks_that_verification_removed_are_counted_with_the_reasons() -> None:
    removed = [Removed(text="tea", reason="not in the passage: tea"), Removed(text="", reason="x")]
    html = answer_html(_answer(removed=removed))
    assert '<span title="not in the passage: tea; x">2 remarks removed' in html


@pytest.mark.parametrize("text", HOSTILE)
def test_what_was_recalled_stands_above_everything_as_text(text: str) -> None:
    html = banner_html((text, "Do not work from it."), "An answer here")
    assert len(html.splitlines()) == 1
    assert html.startswith('<div class="fb-recall" role="alert">')
    assert "STOP. An answer here cites a document that has changed." in html
    for tag in ("<script", "<img", "<iframe", "<h1"):
        assert tag not in html
    assert "Do not work from it." in html


def test_nothing_is_said_where_nothing_was_recalled() -> None:
    assert banner_html(()) == ""


@pytest.mark.parametrize(
    ("model", "sent", "shown"),
    [
        ("qwen", Sent(), "qwen · on this machine"),
        ("gpt", Sent(host="llm.example", passages=4), "gpt · sent to llm.example"),
        (
            "gpt",
            Sent(host="llm.example", passages=3, withheld=2, withheld_from="llm.example"),
            "gpt · sent to llm.example · 2 of 5 passages were not sent to llm.example",
        ),
        (None, Sent(host="llm.example"), "no language model used · sent to llm.example"),
        (None, Sent(), "no language model used"),
        ("old", None, "old"),
    ],
)
def test_where_the_answer_shows_its_model_it_shows_where_the_text_went(
    model: str | None, sent: Sent | None, shown: str
) -> None:
    text = _check(answer_html(_answer(model=model, sent=sent))).text
    foot = text[text.index("searched") :]
    assert f"searched · {shown}" in foot
    assert foot.count("sent to") == shown.count("sent to")


@pytest.mark.parametrize("host", HOSTILE)
def test_the_name_of_a_host_is_text(host: str) -> None:
    sent = Sent(host=host, passages=1, withheld=1, withheld_from=host)
    _check(answer_html(_answer(model="m", sent=sent)))
