"""The report of an evaluation as a page."""

from __future__ import annotations

import re

from assistant.evaluation import GoldenQuestion, score
from assistant.evaluation_sums import summarise
from assistant.messages import Answer, Citation, Quote, Timings
from ui.evaluation_report import report_html
from ui.evaluation_running import Asked, Run

EVIL = '<script>alert(1)</script><img src="http://evil.example/x.png">'


def asked(name: str, text: str, fact: str) -> Asked:
    golden = GoldenQuestion(
        id=name,
        kind="code",
        question=f"E-1 {EVIL}",
        asset=None,
        document="M",
        pages=(1,),
        facts=(fact,),
        warnings=(),
        answerable=True,
    )
    cited = Citation(
        marker=1,
        chunk_id=1,
        revision_id=1,
        document="M",
        document_number="M",
        kind="manual",
        revision="A",
        page=1,
        locator="p. 1",
        section="",
        quote=text,
    )
    answer = Answer(
        question=golden.question,
        status="grounded",
        code_status="known",
        asset=None,
        message="",
        is_degraded=False,
        quotes=(Quote(text=text, section="", marker=1),),
        citations=(cited,),
        timings=Timings(evidence_s=0.1, total_s=0.1),
    )
    return Asked(golden, answer, score(golden, answer))


def page() -> str:
    both = (asked("right", "Fan stands", "fan stands"), asked("lost", EVIL, "Belt torn"))
    sums = summarise(
        [a.score for a in both], [a.golden for a in both], model="none", file="<file>.jsonl"
    )
    return report_html([Run(sums, both)])


def test_every_miss_is_listed_with_what_was_shown_and_nothing_else_is() -> None:
    html = page()
    assert re.findall(r"<h3>(\w+)</h3>", html) == ["lost"]
    assert "Belt torn" in html
    assert "&lt;file&gt;.jsonl, model: none: 1 misses" in html
    assert '<th>facts_shown</th><td class="n">0.500</td>' in html


def test_what_documents_and_questions_hold_is_escaped_and_nothing_is_loaded() -> None:
    html = page()
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;" in html
    assert not re.search(r"<(?:link|iframe|object|embed|form|a)\b", html)
    assert "default-src 'none'" in html
