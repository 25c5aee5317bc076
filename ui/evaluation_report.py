"""The report of an evaluation as one HTML page: the sums, and every miss with what was shown.

Everything in it is escaped, and the page loads nothing: its policy forbids it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from assistant.evaluation_sums import Scores, is_miss
from assistant.screen_measures import cited_places, screen_text
from ui.evaluation_running import Asked, Run

SHARES = (
    "facts_shown",
    "facts_in_diagnosis",
    "page_right",
    "citation_recall",
    "citation_precision",
    "warnings_shown",
    "number_errors",
    "unsupported_numbers",
    "refused_rightly",
    "refused_wrongly",
    "guard_words_shown",
    "evidence_median_s",
    "evidence_p95_s",
    "first_item_median_s",
    "total_median_s",
    "structure_asked",
    "structure_valid",
)
"""The sums that are shown, in this order."""

_STYLE = (
    "body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;"
    "color:#1b1b1b;background:#fff}table{border-collapse:collapse;margin:1rem 0}"
    "th,td{border:1px solid #999;padding:.25rem .6rem;text-align:left;vertical-align:top}"
    "td.n{text-align:right;font-variant-numeric:tabular-nums}"
    "section{border-top:1px solid #999;margin-top:1.2rem}dt{font-weight:600}dd{margin:0 0 .4rem}"
    "pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f3f3f3;padding:.6rem}"
)


def report_html(runs: Sequence[Run]) -> str:
    """The page for one or more runs."""
    body = "".join((_sums(runs), _refusals(runs), *(part for run in runs for part in _misses(run))))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Evaluation of answers</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>Evaluation of answers</h1>\n{body}</body>\n</html>\n"
    )


def value_text(scores: Scores, name: str) -> str:
    """A sum as it is printed: shares and seconds with three places, counts as they are."""
    value = getattr(scores, name)
    if name.startswith("structure") and not scores.structure_asked:
        return "none asked"
    return f"{value:.3f}" if isinstance(value, float) else "none" if value is None else str(value)


def run_name(scores: Scores) -> str:
    """A run in words."""
    return f"{scores.file}, model: {scores.model}"


def _sums(runs: Sequence[Run]) -> str:
    head = "".join(f"<th>{escape(run_name(run.scores))}</th>" for run in runs)
    counts = "".join(
        f'<td class="n">{run.scores.questions} ({run.scores.answerable})</td>' for run in runs
    )
    rows = "".join(
        f"<tr><th>{name}</th>"
        + "".join(f'<td class="n">{value_text(run.scores, name)}</td>' for run in runs)
        + "</tr>\n"
        for name in SHARES
    )
    return (
        f"<table>\n<tr><th></th>{head}</tr>\n<tr><th>questions (answerable)</th>{counts}</tr>\n"
        f"{rows}</table>\n"
    )


def _refusals(runs: Sequence[Run]) -> str:
    rows = "".join(
        f"<tr><td>{escape(run_name(run.scores))}</td><td>{escape(refusal.kind)}</td>"
        f'<td class="n">{refusal.refused} of {refusal.questions}</td></tr>\n'
        for run in runs
        for refusal in run.scores.refusals
    )
    return (
        "<h2>Refusals</h2>\n<table>\n<tr><th>run</th><th>must be refused</th><th>refused</th></tr>"
        f"\n{rows}</table>\n"
        if rows
        else ""
    )


def _misses(run: Run) -> Iterator[str]:
    missed = [asked for asked in run.asked if is_miss(asked.score)]
    yield f"<h2>{escape(run_name(run.scores))}: {len(missed)} misses</h2>\n"
    for asked in missed:
        yield _miss(asked)


def _miss(asked: Asked) -> str:
    golden, score = asked.golden, asked.score
    wanted = [f"{golden.document} p. {page}" for page in golden.pages] if golden.pages else []
    cited = [f"{number} p. {page}" for number, page in cited_places(asked.answer)]
    facts = (
        ("question", golden.question),
        ("asset", golden.asset or "none"),
        ("kind", golden.kind),
        ("status", score.status),
        ("wanted places", _listed(wanted) or f"refusal: {score.refusal}"),
        ("cited places", _listed(cited)),
        ("facts missing", _listed(score.facts_missing)),
        ("warnings missing", _listed(score.warnings_missing)),
        ("numbers that no citation holds", _listed(score.number_errors)),
        ("unsupported in what the model wrote", _listed(score.unsupported_numbers)),
    )
    listed = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>\n" for name, value in facts if value
    )
    return (
        f"<section>\n<h3>{escape(golden.id)}</h3>\n<dl>\n{listed}</dl>\n"
        f"<details><summary>shown</summary><pre>{escape(screen_text(asked.answer))}</pre>"
        "</details>\n</section>\n"
    )


def _listed(values: Iterable[str]) -> str:
    return "; ".join(values)
